package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Takes each of the client's checks out, one at a time, in a copy of the sources, and sees the test of the attack
/// that it stops turn red. A test that stays green without the check would prove nothing.
///
/// The list is `mutations.json`. Each takes about a minute, so they run under `./nescio test --deep`.
class MutationRunTest {

    private static final Path ROOT =
            Path.of(System.getProperty("nescio.spec")).toAbsolutePath().getParent();

    @TempDir
    static Path folder;

    private record Mutation(String row, String check, String file, String find, String replace, String test) {}

    private static List<Mutation> mutations() throws IOException {
        try (InputStream in = MutationRunTest.class.getResourceAsStream("/mutations.json")) {
            return List.of(Json.STRICT.readValue(in, Mutation[].class));
        }
    }

    /// Runs always: a list that no longer fits the sources would be found only when somebody runs the deep tests.
    @Test
    void everyMutationStillFitsTheSourcesAndNamesATest() throws IOException {
        assertFalse(mutations().isEmpty());
        for (Mutation mutation : mutations()) {
            String source = Files.readString(ROOT.resolve(mutation.file));
            assertTrue(source.contains(mutation.find), mutation.row + ": " + mutation.find);
            for (String method : mutation.test.replaceFirst(".*#", "").split("\\+", -1)) {
                assertTrue(
                        Stream.of(HostileServerTest.class.getDeclaredMethods())
                                .anyMatch(declared -> declared.getName().equals(method)),
                        method);
            }
        }
    }

    @Tag("deep")
    @TestFactory
    Stream<DynamicTest> theTestTurnsRedWithoutTheCheck() throws IOException, InterruptedException {
        Path copy = folder.resolve("copy");
        run(ROOT, "git", "clone", "--quiet", "--no-hardlinks", ".", copy.toString());
        return mutations().stream()
                .map(mutation ->
                        DynamicTest.dynamicTest(mutation.row + ": " + mutation.check, () -> turnsRed(copy, mutation)));
    }

    private static void turnsRed(Path copy, Mutation mutation) throws IOException, InterruptedException {
        Path file = copy.resolve(mutation.file);
        String source = Files.readString(file);
        assertTrue(source.contains(mutation.find), "commit first: the copy is of the last commit");
        try {
            Files.writeString(file, source.replace(mutation.find, mutation.replace));
            Result result = run(
                    copy,
                    "./nescio",
                    "mvn",
                    "-o",
                    "-q",
                    "verify",
                    "-pl",
                    "system-tests",
                    "-am",
                    "-Dspotless.check.skip",
                    "-Dsurefire.failIfNoSpecifiedTests=false",
                    "-Dtest=" + mutation.test);
            assertNotEquals(0, result.exit, "stayed green");
            assertTrue(result.output.contains("There are test failures"), "failed otherwise:\n" + result.output);
        } finally {
            Files.writeString(file, source);
        }
    }

    private record Result(int exit, String output) {}

    private static Result run(Path where, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(where.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int exit = process.waitFor();
        String text = Files.readString(output);
        if (command[0].equals("git")) {
            assertEquals(0, exit, text);
        }
        return new Result(exit, text);
    }
}
