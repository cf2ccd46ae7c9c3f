package dev.nescio.server;

import ch.qos.logback.classic.pattern.ThrowableHandlingConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;

/// `%trace` in `logback.xml`: of what was thrown, the classes and where, and no message, which may hold what was sent
/// to the server.
public final class TraceWithoutMessages extends ThrowableHandlingConverter {

    private static final int MOST_CAUSES = 8;

    @Override
    public String convert(ILoggingEvent event) {
        StringBuilder trace = new StringBuilder();
        IThrowableProxy thrown = event.getThrowableProxy();
        for (int i = 0; thrown != null && i < MOST_CAUSES; i++) {
            trace.append(i == 0 ? "" : "caused by ")
                    .append(thrown.getClassName())
                    .append('\n');
            StackTraceElementProxy[] frames = thrown.getStackTraceElementProxyArray();
            for (int frame = 0; frame < frames.length - thrown.getCommonFrames(); frame++) {
                trace.append('\t').append(frames[frame].getSTEAsString()).append('\n');
            }
            thrown = thrown.getCause();
        }
        return trace.toString();
    }
}
