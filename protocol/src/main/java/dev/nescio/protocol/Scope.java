package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What an access key opens (spec, section 3.12): the whole account, or named domains, each to read or
/// to write. It has one spelling, on the wire, in sealed JSON and in the database.
///
/// @param domains empty for the whole account
public record Scope(Map<Domain, Right> domains) {

    /// The whole account.
    public static final Scope ALL = new Scope(Map.of());

    private static final String ALL_TEXT = "all";

    /// What may be done in a domain.
    public enum Right {
        READ,

        /// Includes reading.
        WRITE;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Scope {
        // In the order of the domains, as the text has them.
        EnumMap<Domain, Right> ordered = new EnumMap<>(Domain.class);
        ordered.putAll(domains);
        if (ordered.keySet().stream().anyMatch(domain -> !domain.holdsContainers())) {
            throw refused();
        }
        domains = Collections.unmodifiableMap(ordered);
    }

    @JsonCreator
    public static Scope parse(String text) {
        if (text.equals(ALL_TEXT)) {
            return ALL;
        }
        EnumMap<Domain, Right> domains = new EnumMap<>(Domain.class);
        for (String part : text.split(",", -1)) {
            String[] pair = part.split(":", -1);
            if (pair.length != 2) {
                throw refused();
            }
            domains.put(Domain.parse(pair[0]), right(pair[1]));
        }
        Scope scope = new Scope(domains);
        // Another order, or a domain twice.
        if (!scope.text().equals(text)) {
            throw refused();
        }
        return scope;
    }

    private static Right right(String text) {
        return switch (text) {
            case "read" -> Right.READ;
            case "write" -> Right.WRITE;
            default -> throw refused();
        };
    }

    private static InvalidField refused() {
        return new InvalidField("scope must be all, or domains with read or write, such as chats:read,apps:write");
    }

    public boolean isAll() {
        return domains.isEmpty();
    }

    public boolean mayRead(Domain domain) {
        return isAll() || domains.containsKey(domain);
    }

    public boolean mayWrite(Domain domain) {
        return isAll() || domains.get(domain) == Right.WRITE;
    }

    @JsonValue
    public String text() {
        return isAll()
                ? ALL_TEXT
                : domains.entrySet().stream()
                        .map(entry ->
                                entry.getKey().text() + ":" + entry.getValue().text())
                        .collect(Collectors.joining(","));
    }

    @Override
    public String toString() {
        return text();
    }
}
