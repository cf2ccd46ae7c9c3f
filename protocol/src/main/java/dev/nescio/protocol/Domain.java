package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// What a domain key stands for (spec, section 1.7). The first four hold containers; `profile` holds the
/// profile.
public enum Domain {
    CHATS,
    APPS,
    EMAILS,
    EMBEDS,
    PROFILE;

    private final String text = name().toLowerCase(Locale.ROOT);

    @JsonCreator
    public static Domain parse(String text) {
        for (Domain domain : values()) {
            if (domain.text().equals(text)) {
                return domain;
            }
        }
        throw new InvalidField("domain must be one of chats, apps, emails, embeds, profile");
    }

    @JsonValue
    public String text() {
        return text;
    }

    public boolean holdsContainers() {
        return this != PROFILE;
    }
}
