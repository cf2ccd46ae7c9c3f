package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A fuzz target without inputs to begin with finds next to nothing, and as a test it tests nothing.
class FuzzSeedsTest {

    private static final Path ROOT = Path.of(System.getProperty("nescio.spec")).getParent();
    private static final Pattern ANNOTATION = Pattern.compile("^\\s*@FuzzTest\\b", Pattern.MULTILINE);

    /// Other annotations, comments and modifiers may stand between.
    private static final Pattern TARGET =
            Pattern.compile("^\\s*@FuzzTest\\b[^{;]*?\\bvoid\\s+(\\w+)\\s*\\(", Pattern.MULTILINE);

    @Test
    void everyTargetHasInputsToBeginWith() throws IOException {
        for (String module : List.of("protocol", "sealing", "keys", "client", "server")) {
            Path sources = ROOT.resolve(module).resolve("src/test/java");
            int targets = 0;
            for (Path source : files(sources, "FuzzTest.java")) {
                Path inputs = ROOT.resolve(module)
                        .resolve("src/test/resources")
                        .resolve(sources.relativize(source).toString().replace(".java", "Inputs"));
                for (String target : targets(Files.readString(source))) {
                    Path folder = inputs.resolve(target);
                    assertTrue(Files.isDirectory(folder), folder + " is missing");
                    assertFalse(files(folder, "").isEmpty(), folder + " is empty");
                    targets++;
                }
            }
            assertTrue(targets > 0, "there is no fuzz target in " + module);
        }
    }

    private static List<String> targets(String source) {
        List<String> targets =
                TARGET.matcher(source).results().map(found -> found.group(1)).toList();
        assertEquals(ANNOTATION.matcher(source).results().count(), targets.size(), "a target that is not understood");
        return targets;
    }

    @Test
    void aTargetIsSeenWhateverStandsBetween() {
        assertEquals(List.of("one", "two", "three", "four"), targets("""
                    @FuzzTest(maxDuration = "30s")
                    void one(byte[] octets) {
                    }

                    @FuzzTest
                    @SuppressWarnings("unused")
                    void two(byte[] octets) throws IOException {
                    }

                    @FuzzTest(
                            maxDuration = "30s")
                    // For a reason.
                    public void three(
                            byte[] octets) {
                    }

                    @Tag("deep")
                    @FuzzTest(maxDuration = "30s") void four(byte[] octets) {
                    }
                """));
    }

    private static List<Path> files(Path folder, String suffix) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().endsWith(suffix))
                    .toList();
        }
    }
}
