package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every claim of `docs/claims.md` names tests, and every test that it names exists. What the README says that works
/// is quoted there.
class ClaimsTest {

    private static final Path ROOT =
            Path.of(System.getProperty("nescio.spec")).toAbsolutePath().getParent();
    private static final Pattern NAMED = Pattern.compile("`([^`]+)`");

    @Test
    void everyNamedTestExists() throws IOException {
        Map<String, String> sources = testSources();
        List<String> missing = new ArrayList<>();
        List<Row> claims = claims();
        for (Row claim : claims) {
            absent(claim.right, sources).forEach(name -> missing.add(name + ", for: " + claim.left));
        }
        assertTrue(claims.size() > 60, "the page was understood: " + claims.size());
        assertEquals(List.of(), missing);
    }

    @Test
    void everyQuotedClaimStandsInTheReadme() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md")).replaceAll("\\s+", " ");
        List<String> quoted = quoted(claims());
        assertTrue(quoted.size() > 10, quoted.toString());
        assertEquals(
                List.of(),
                quoted.stream().filter(phrase -> !readme.contains(phrase)).toList());
    }

    @Test
    void whatTheReadmeSaysWorksIsClaimed() throws IOException {
        List<String> lines = Files.readAllLines(ROOT.resolve("README.md"));
        int header = lines.indexOf("| works | not there yet |");
        assertTrue(header >= 0, "the README has its table");
        List<String> table = lines.subList(header, lines.size()).stream()
                .takeWhile(line -> line.startsWith("|"))
                .toList();
        List<String> works = rows(table, "works").stream()
                .map(Row::left)
                .filter(left -> !left.isEmpty())
                .toList();
        assertTrue(works.size() > 4, works.toString());
        List<String> quoted = quoted(claims());
        assertEquals(
                List.of(), works.stream().filter(row -> !quoted.contains(row)).toList());
    }

    @Test
    void aRowThatIsNotOfTwoCellsIsNoticed() {
        List<String> header = List.of("| claim | tests |", "|---|---|");
        for (String bad : List.of("| a | `B` | c |", "| a |", "| a `x|y` | `B` |", "| a | `B`", "| a | |")) {
            List<String> lines = Stream.concat(header.stream(), Stream.of(bad)).toList();
            assertThrows(AssertionError.class, () -> rows(lines, "claim"), bad);
        }
        assertEquals(
                1,
                rows(Stream.concat(header.stream(), Stream.of("| a | `B` |")).toList(), "claim")
                        .size());
    }

    private record Row(String left, String right) {}

    private static List<Row> claims() throws IOException {
        return rows(Files.readAllLines(ROOT.resolve("docs/claims.md")), "claim");
    }

    /// The rows of all tables of two columns among these lines; no other row may be there.
    ///
    /// @param first what stands above the first column
    private static List<Row> rows(List<String> lines, String first) {
        List<Row> rows = new ArrayList<>();
        for (String line : lines) {
            if (!line.startsWith("|") || line.equals("|---|---|")) {
                continue;
            }
            String[] cells = line.split("\\|", -1);
            assertTrue(cells.length == 4 && cells[3].isBlank() && !cells[2].isBlank(), "not a row of two: " + line);
            if (!cells[1].strip().equals(first)) {
                rows.add(new Row(cells[1].strip(), cells[2].strip()));
            }
        }
        return rows;
    }

    private static List<String> quoted(List<Row> claims) {
        return claims.stream()
                .map(Row::left)
                .filter(left -> left.startsWith("\"") && left.endsWith("\""))
                .map(left -> left.substring(1, left.length() - 1))
                .toList();
    }

    @Test
    void aTestThatIsNotThereIsNoticed() throws IOException {
        Map<String, String> sources = testSources();
        assertEquals(List.of("NoSuchTest"), absent("`NoSuchTest`", sources));
        assertEquals(List.of("ClaimsTest#gone"), absent("`ClaimsTest`, `#gone`", sources));
        assertEquals(List.of("no test"), absent("somebody looked", sources));
    }

    /// @return the tests that a cell names and that are not there, or that it names none
    private static List<String> absent(String cell, Map<String, String> sources) {
        List<String> absent = new ArrayList<>();
        String type = null;
        int found = 0;
        for (Matcher names = NAMED.matcher(cell); names.find(); ) {
            String name = names.group(1);
            if (name.contains("/")) {
                if (!Files.exists(ROOT.resolve(name))) {
                    absent.add(name);
                }
                continue;
            }
            int hash = name.indexOf('#');
            String method = hash < 0 ? null : name.substring(hash + 1);
            if (hash != 0) {
                type = hash < 0 ? name : name.substring(0, hash);
            }
            String source = sources.get(type);
            if (source == null || (method != null && !source.contains("void " + method + "("))) {
                absent.add(type + (method == null ? "" : "#" + method));
            } else {
                found++;
            }
        }
        if (found == 0 && absent.isEmpty()) {
            absent.add("no test");
        }
        return absent;
    }

    /// The text of each test class in Java, by the class's name, and of each in TypeScript, by the file's.
    private static Map<String, String> testSources() throws IOException {
        Map<String, String> sources = new TreeMap<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.toList()) {
                for (String folder : List.of("src/test/java", "test")) {
                    if (Files.isDirectory(module.resolve(folder))) {
                        try (Stream<Path> files = Files.walk(module.resolve(folder))) {
                            for (Path file : files.filter(Files::isRegularFile).toList()) {
                                String name = file.getFileName().toString();
                                sources.put(name.replaceAll("\\.java$", ""), Files.readString(file));
                            }
                        }
                    }
                }
            }
        }
        return sources;
    }
}
