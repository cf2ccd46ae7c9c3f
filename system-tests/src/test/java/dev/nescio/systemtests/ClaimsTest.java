package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

/// Every claim of `docs/claims.md` names tests, and every test that it names exists.
class ClaimsTest {

    private static final Path ROOT =
            Path.of(System.getProperty("nescio.spec")).toAbsolutePath().getParent();
    private static final Pattern NAMED = Pattern.compile("`([^`]+)`");

    @Test
    void everyNamedTestExists() throws IOException {
        Map<String, String> sources = testSources();
        List<String> missing = new ArrayList<>();
        int claims = 0;
        for (String line : Files.readAllLines(ROOT.resolve("docs/claims.md"))) {
            String[] cells = line.split("\\|", -1);
            if (cells.length != 4 || cells[2].isBlank() || cells[2].strip().matches("-+|tests")) {
                continue;
            }
            claims++;
            List<String> absent = absent(cells[2], sources);
            absent.forEach(name -> missing.add(name + ", for: " + cells[1].strip()));
        }
        assertTrue(claims > 30, "the page was understood: " + claims);
        assertEquals(List.of(), missing);
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
