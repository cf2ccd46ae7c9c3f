package dev.nescio.server;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/// What one logger says while this is open.
final class LoggedLines implements AutoCloseable {

    private final Logger logger;
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    /// @param name that of the class that logs
    LoggedLines(String name) {
        logger = (Logger) LoggerFactory.getLogger(name);
        lines.start();
        logger.addAppender(lines);
    }

    /// Those that contain a phrase, with their level.
    List<String> with(String phrase) {
        synchronized (lines) {
            return lines.list.stream()
                    .map(line -> line.getLevel() + " " + line.getFormattedMessage())
                    .filter(line -> line.contains(phrase))
                    .toList();
        }
    }

    @Override
    public void close() {
        logger.detachAppender(lines);
    }
}
