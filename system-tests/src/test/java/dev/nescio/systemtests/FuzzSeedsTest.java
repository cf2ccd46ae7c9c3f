package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A fuzz target without inputs to begin with finds next to nothing, and as a test it tests nothing.
class FuzzSeedsTest {

    private static final Path ROOT = Path.of(System.getProperty("nescio.spec")).getParent();
    private static final Pattern TARGET = Pattern.compile("@FuzzTest[^\\n]*\\n\\s+void (\\w+)\\(");

    @Test
    void everyTargetHasInputsToBeginWith() throws IOException {
        for (String module : List.of("protocol", "sealing", "keys", "client", "server")) {
            Path sources = ROOT.resolve(module).resolve("src/test/java");
            int targets = 0;
            for (Path source : files(sources, "FuzzTest.java")) {
                Path inputs = ROOT.resolve(module)
                        .resolve("src/test/resources")
                        .resolve(sources.relativize(source).toString().replace(".java", "Inputs"));
                Matcher target = TARGET.matcher(Files.readString(source));
                while (target.find()) {
                    Path folder = inputs.resolve(target.group(1));
                    assertTrue(Files.isDirectory(folder), folder + " is missing");
                    assertFalse(files(folder, "").isEmpty(), folder + " is empty");
                    targets++;
                }
            }
            assertTrue(targets > 0, "there is no fuzz target in " + module);
        }
    }

    private static List<Path> files(Path folder, String suffix) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().endsWith(suffix))
                    .toList();
        }
    }
}
