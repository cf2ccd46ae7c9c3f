package dev.nescio.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/// Times as a person reads them.
final class When {

    private static final DateTimeFormatter MINUTES = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");

    private When() {}

    /// In the time zone of this device. Any instant can be shown: it may come from a hostile sender.
    static String local(Instant instant) {
        return instant.atZone(ZoneId.systemDefault()).format(MINUTES);
    }
}
