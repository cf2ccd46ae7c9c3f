package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// The kind of credential that a key slot belongs to (spec, section 9.1).
public enum SlotKind {
    PASSWORD;

    @JsonCreator
    public static SlotKind parse(String text) {
        if (text.equals("password")) {
            return PASSWORD;
        }
        throw new InvalidField("kind must be password");
    }

    @JsonValue
    public String text() {
        return "password";
    }
}
