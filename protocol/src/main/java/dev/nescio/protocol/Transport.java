package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// How a session's token travels (spec, section 10.4).
public enum Transport {
    BEARER,
    COOKIE;

    @JsonCreator
    public static Transport parse(String text) {
        return switch (text) {
            case "bearer" -> BEARER;
            case "cookie" -> COOKIE;
            default -> throw new InvalidField("transport must be bearer or cookie");
        };
    }

    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
