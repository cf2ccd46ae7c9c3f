package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.Json;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Takes each of the client's checks out, one at a time, and sees the test of the attack that it stops turn red. A
/// test that stays green without the check would prove nothing; nor would one that is always red, so all of them are
/// seen green first.
///
/// The list is `mutations.json`. A mutated source is compiled by itself and put before the others on the class path
/// of a JVM of its own, which runs the test against the real server. Three run always, all under
/// `./nescio test --deep`.
class MutationRunTest {

    private static final Path ROOT =
            Path.of(System.getProperty("nescio.spec")).toAbsolutePath().getParent();
    private static final Set<String> ALWAYS = Set.of(
            "the root of the manifest", "the commitment to the key", "that keys which do not open end the sign-in");
    private static final long MOST_MINUTES = 10;

    @TempDir
    static Path folder;

    private record Mutation(String row, String check, String file, String find, String replace, String test) {

        String name() {
            return row + ": " + check + " (" + test + ")";
        }
    }

    private static List<Mutation> mutations() throws IOException {
        try (InputStream in = MutationRunTest.class.getResourceAsStream("/mutations.json")) {
            return List.of(Json.STRICT.readValue(in, Mutation[].class));
        }
    }

    /// Runs always: a list that no longer fits the sources would be found only when somebody runs the deep tests.
    @Test
    void everyMutationStillFitsTheSourcesAndNamesATest() throws Exception {
        assertFalse(mutations().isEmpty());
        for (Mutation mutation : mutations()) {
            String source = Files.readString(ROOT.resolve(mutation.file));
            assertTrue(source.contains(mutation.find), mutation.name());
            assertFalse(RunTests.methods(mutation.test).isEmpty(), mutation.name());
        }
    }

    @TestFactory
    Stream<DynamicTest> aFewTestsTurnRedWithoutTheirCheck() throws IOException {
        List<Mutation> few = mutations().stream()
                .filter(mutation -> ALWAYS.contains(mutation.check))
                .toList();
        assertEquals(ALWAYS.size(), few.size());
        return runs(few);
    }

    @Tag("deep")
    @TestFactory
    Stream<DynamicTest> theTestTurnsRedWithoutTheCheck() throws IOException {
        return runs(mutations());
    }

    private static Stream<DynamicTest> runs(List<Mutation> mutations) {
        DynamicTest green =
                DynamicTest.dynamicTest("with every check, all of them are green", () -> areGreen(mutations));
        return Stream.concat(
                Stream.of(green),
                mutations.stream().map(mutation -> DynamicTest.dynamicTest(mutation.name(), () -> turnsRed(mutation))));
    }

    private static void areGreen(List<Mutation> mutations) throws IOException, InterruptedException {
        List<String> tests = mutations.stream().map(Mutation::test).distinct().toList();
        Result result = run(Files.createTempDirectory(folder, "unchanged"), tests);
        assertEquals(RunTests.GREEN, result.exit, result.output);
    }

    private static void turnsRed(Mutation mutation) throws IOException, InterruptedException {
        Path mutant = Files.createTempDirectory(folder, "mutant");
        Path original = ROOT.resolve(mutation.file);
        Path source = mutant.resolve(original.getFileName());
        Files.writeString(source, Files.readString(original).replace(mutation.find, mutation.replace));
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-nowarn",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        mutant.toString(),
                        source.toString());
        assertEquals(0, compiled, "it does not compile");
        Result result = run(mutant, List.of(mutation.test));
        assertEquals(RunTests.RED, result.exit, result.output);
    }

    private record Result(int exit, String output) {}

    /// @param first goes before all else on the class path
    private static Result run(Path first, List<String> tests) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dnescio.spec=" + System.getProperty("nescio.spec"),
                "-Dnescio.server.dist=" + System.getProperty("nescio.server.dist"),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                first + File.pathSeparator + System.getProperty("java.class.path"),
                RunTests.class.getName()));
        command.addAll(tests);
        Path output = Files.createTempFile(folder, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertTrue(process.waitFor(MOST_MINUTES, TimeUnit.MINUTES), "it did not end");
        } finally {
            process.destroyForcibly();
        }
        return new Result(process.exitValue(), Files.readString(output));
    }
}
