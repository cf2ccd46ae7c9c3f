package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// The kind of credential that a key slot belongs to (spec, section 9.1).
public enum SlotKind {
    PASSWORD,
    RECOVERY,
    PASSKEY,
    ACCESS;

    @JsonCreator
    public static SlotKind parse(String text) {
        for (SlotKind kind : values()) {
            if (kind.text().equals(text)) {
                return kind;
            }
        }
        throw new InvalidField("kind must be password, recovery, passkey or access");
    }

    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
