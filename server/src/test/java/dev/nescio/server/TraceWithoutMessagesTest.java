package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Through the server's own `logback.xml`.
class TraceWithoutMessagesTest {

    private static String logged(Throwable thrown) throws Exception {
        LoggerContext logs = new LoggerContext();
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(logs);
        configurator.doConfigure(TraceWithoutMessagesTest.class.getResource("/logback.xml"));
        try {
            ConsoleAppender<ILoggingEvent> appender = (ConsoleAppender<ILoggingEvent>)
                    logs.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getAppender("stderr");
            LoggingEvent event = new LoggingEvent(
                    "x", logs.getLogger("dev.nescio.Some"), Level.ERROR, "a request failed", thrown, null);
            return new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);
        } finally {
            logs.stop();
        }
    }

    @Test
    void saysWhereAndNotWhatWasSent() throws Exception {
        Throwable cause = new IllegalArgumentException("ada@example.org");
        String logged = logged(new IllegalStateException("hunter2", cause));
        List<String> lines = logged.lines().toList();
        assertTrue(lines.getFirst().endsWith("ERROR Some: a request failed"), logged);
        assertEquals("java.lang.IllegalStateException", lines.get(1));
        assertTrue(lines.get(2).contains("TraceWithoutMessagesTest.saysWhereAndNotWhatWasSent"), logged);
        assertTrue(lines.contains("caused by java.lang.IllegalArgumentException"), logged);
        assertTrue(!logged.contains("ada@example.org") && !logged.contains("hunter2"), logged);
    }

    @Test
    void withoutAThrowableALineIsALine() throws Exception {
        assertEquals(1, logged(null).lines().count());
    }
}
