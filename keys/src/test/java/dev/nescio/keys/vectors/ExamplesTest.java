package dev.nescio.keys.vectors;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The examples in `spec/protocol.md` are what the vectors that they name say.
class ExamplesTest {

    private static final Set<String> KINDS = Set.of(
            "address",
            "backup-code",
            "recovery-key",
            "reset-code",
            "pairing-code",
            "pairing",
            "passkey",
            "access-key",
            "scope-record",
            "derive",
            "merkle",
            "profile",
            "wrap",
            "password",
            "associated-data",
            "envelope",
            "padding",
            "stream",
            "manifest",
            "container-list",
            "earlier-keys",
            "slot-directory",
            "device-list",
            "log-entry",
            "account-key-pair",
            "log-note");

    /// `Example (`kind`, "name"):` and the indented block below it.
    private static final Pattern EXAMPLE =
            Pattern.compile("^Example \\(`([a-z-]+)`, \"([^\"]+)\"\\):\n\n((?: {4}.*\n)+)", Pattern.MULTILINE);

    /// `    label  value`; more of the value may follow, indented further.
    private static final Pattern ENTRY =
            Pattern.compile("^ {4}(\\S+(?: \\S+)*) {2,}(\\S.*\n(?: {5,}\\S.*\n)*)", Pattern.MULTILINE);

    /// Where a vector holds what an example shows: a field, a field of a field, or some octets of its hex.
    ///
    /// @param octets null for all; `{from, to}`
    private record Place(String field, List<Integer> octets) {

        static Place of(String field) {
            return new Place(field, null);
        }

        static Place of(String field, int from, int to) {
            return new Place(field, List.of(from, to));
        }

        String in(JsonNode vector) {
            JsonNode node = vector.at("/" + field);
            String text = bare(node.isMissingNode() ? "" : node.asString());
            return octets == null ? text : text.substring(2 * octets.get(0), 2 * octets.get(1));
        }
    }

    /// By label, or by kind and label. Any other label is the field's name, in words.
    private static final Map<String, Place> PLACES = Map.ofEntries(
            entry("K", Place.of("key")),
            entry("derive result", Place.of("output")),
            entry("password password", Place.of("typed")),
            entry("password slot salt", Place.of("salt")),
            entry("recovery-key recovery key", Place.of("key")),
            entry("passkey rpId", Place.of("rpId")),
            entry("passkey prf_input", Place.of("prfInput")),
            entry("passkey PRF output", Place.of("prfOutput")),
            entry("passkey credential id", Place.of("credentialId")),
            entry("recovery-key slot id", Place.of("slot")),
            entry("access-key access key", Place.of("key")),
            entry("access-key slot id", Place.of("slot")),
            entry("pairing-code pairing id", Place.of("pairing")),
            entry("pairing pkN", Place.of("publicKey")),
            entry("pairing nonceN", Place.of("nonce")),
            entry("pairing pkS", Place.of("answerPublicKey")),
            entry("pairing nonceS", Place.of("answerNonce")),
            entry("wrap master key", Place.of("wrappingKey")),
            entry("wrap account", Place.of("associatedData/account")),
            entry("wrap chats key", Place.of("key")),
            entry("associated-data prefix", Place.of("output", 0, 12)),
            entry("associated-data purpose", Place.of("output", 12, 20)),
            entry("associated-data account", Place.of("output", 20, 40)),
            entry("associated-data domain", Place.of("output", 40, 49)),
            entry("associated-data container", Place.of("output", 49, 69)),
            entry("associated-data item", Place.of("output", 69, 89)),
            entry("associated-data field", Place.of("output", 89, 100)),
            entry("associated-data version", Place.of("output", 100, 112)),
            entry("envelope version", Place.of("envelope", 0, 1)),
            entry("envelope commitment", Place.of("envelope", 1, 33)),
            entry("envelope ciphertext", Place.of("envelope", 57, 121)),
            entry("envelope tag", Place.of("envelope", 121, 137)),
            entry("envelope container", Place.of("associatedData/container")),
            entry("envelope item", Place.of("associatedData/item")),
            entry("envelope plaintext", Place.of("text")),
            entry("envelope sealed", Place.of("envelope")),
            entry("padding x", Place.of("content")),
            entry("padding pad(x)", Place.of("padded")),
            entry("stream chunk 0", Place.of("stream", 57, 137)),
            entry("merkle entry", Place.of("entries/0")),
            entry("version", Place.of("encoded", 0, 1)),
            entry("counter", Place.of("encoded", 1, 9)),
            entry("manifest item count", Place.of("encoded", 9, 17)),
            entry("container-list container count", Place.of("encoded", 9, 17)),
            entry("earlier-keys earlier key", Place.of("earlierKeys/0")),
            entry("manifest metadata version", Place.of("encoded", 81, 89)));

    /// Of these an example shows a part of the field.
    private static final Map<String, Place> PARTS = Map.of("slot-directory as JSON", Place.of("plaintext"));

    private record Entry(String label, String value) {}

    private record Example(String kind, String name, List<Entry> entries) {

        void check(JsonNode vector) {
            for (Entry entry : entries) {
                String where = kind + " " + entry.label();
                if (PARTS.containsKey(where)) {
                    assertTrue(PARTS.get(where).in(vector).contains(entry.value()), () -> name + ": " + where);
                } else {
                    Place place = PLACES.getOrDefault(
                            where, PLACES.getOrDefault(entry.label(), Place.of(camelCase(entry.label()))));
                    assertEquals(place.in(vector), entry.value(), () -> name + ": " + where);
                }
            }
        }
    }

    private static String camelCase(String label) {
        String[] words = label.split("[ _]", -1);
        StringBuilder name = new StringBuilder(words[0].toLowerCase(Locale.ROOT));
        for (int i = 1; i < words.length; i++) {
            name.append(words[i].substring(0, 1).toUpperCase(Locale.ROOT)).append(words[i].substring(1));
        }
        return name.toString();
    }

    @Test
    void everyExampleStandsInItsVector() throws IOException {
        List<Example> examples = examples();
        TreeSet<String> kinds = new TreeSet<>();
        for (Example example : examples) {
            kinds.add(example.kind());
            Vector vector = Vector.all(example.kind()).stream()
                    .filter(candidate -> candidate.name().equals(example.name()))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no vector: " + example));
            example.check(vector.node());
        }
        assertEquals(new TreeSet<>(KINDS), kinds);
    }

    private static List<Example> examples() throws IOException {
        String spec = Files.readString(Path.of(System.getProperty("nescio.spec"), "protocol.md"));
        List<Example> examples = new ArrayList<>();
        Matcher found = EXAMPLE.matcher(spec);
        while (found.find()) {
            List<Entry> entries = new ArrayList<>();
            Matcher entry = ENTRY.matcher(found.group(3));
            long lines = 0;
            while (entry.find()) {
                entries.add(new Entry(entry.group(1), bare(entry.group(2))));
                lines += entry.group().lines().count();
            }
            assertEquals(found.group(3).lines().count(), lines, () -> "every line is checked: " + found.group());
            examples.add(new Example(found.group(1), found.group(2), entries));
        }
        return examples;
    }

    /// Without white space.
    private static String bare(String text) {
        return text.replaceAll("\\s", "");
    }
}
