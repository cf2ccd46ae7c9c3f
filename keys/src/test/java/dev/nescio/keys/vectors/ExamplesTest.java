package dev.nescio.keys.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The examples in `spec/protocol.md` are what the vectors that they name say.
class ExamplesTest {

    private static final Set<String> KINDS = Set.of(
            "address",
            "backup-code",
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
            "slot-directory");

    /// `Example (`kind`, "name"):` and the indented block below it.
    private static final Pattern EXAMPLE =
            Pattern.compile("^Example \\(`([a-z-]+)`, \"([^\"]+)\"\\):\n\n((?: {4}.*\n)+)", Pattern.MULTILINE);

    /// `    label  value`; more of the value may follow, indented further.
    private static final Pattern ENTRY =
            Pattern.compile("^ {4}(\\S+(?: \\S+)*) {2,}(\\S.*\n(?: {5,}\\S.*\n)*)", Pattern.MULTILINE);

    private record Example(String kind, String name, List<String> values) {}

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
            String known =
                    bare(vector.node().valueStream().map(Object::toString).toList());
            for (String value : example.values()) {
                assertTrue(known.contains(value), () -> vector + " does not hold " + value);
            }
        }
        assertEquals(new TreeSet<>(KINDS), kinds);
    }

    private static List<Example> examples() throws IOException {
        String spec = Files.readString(Path.of(System.getProperty("nescio.spec"), "protocol.md"));
        List<Example> examples = new ArrayList<>();
        Matcher found = EXAMPLE.matcher(spec);
        while (found.find()) {
            List<String> values = new ArrayList<>();
            Matcher entry = ENTRY.matcher(found.group(3));
            long lines = 0;
            while (entry.find()) {
                values.add(bare(List.of(entry.group(2))));
                lines += entry.group().lines().count();
            }
            assertEquals(found.group(3).lines().count(), lines, () -> "every line is checked: " + found.group());
            examples.add(new Example(found.group(1), found.group(2), values));
        }
        return examples;
    }

    /// Without white space, and without what JSON puts in front of a quotation mark.
    private static String bare(List<String> text) {
        return String.join("", text).replaceAll("\\s", "").replace("\\", "");
    }
}
