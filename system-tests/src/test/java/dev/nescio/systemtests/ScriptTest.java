package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The script `./nescio` on machines that lack something: it says what, and how to install it.
class ScriptTest {

    private static final Path SCRIPT =
            Path.of(System.getProperty("nescio.spec")).toAbsolutePath().resolveSibling("nescio");

    /// What is on every machine.
    private static final List<String> BASICS =
            List.of("bash", "dirname", "sed", "head", "uname", "readlink", "find", "cat", "mkdir");

    @TempDir
    Path folder;

    private Path script;
    private Path tools;

    @BeforeEach
    void copy() throws IOException {
        script = Files.createDirectory(folder.resolve("checkout")).resolve("nescio");
        tools = Files.createDirectory(folder.resolve("bin"));
        Files.writeString(script, withoutUsualFolders(Files.readString(SCRIPT)));
        for (String tool : BASICS) {
            executable(tools.resolve(tool), "exec " + found(tool) + " \"$@\"");
        }
    }

    /// The machine of this test has a JDK, perhaps where the script looks for one.
    private static String withoutUsualFolders(String source) {
        String changed = source;
        for (String usual :
                List.of("/usr/lib/jvm/*", "/opt/*", "/Library/Java/", "/usr/libexec/java_home", "/Applications/")) {
            assertTrue(changed.contains(usual), usual);
            changed = changed.replace(usual, "/nowhere" + usual);
        }
        return changed;
    }

    private static Path found(String tool) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .map(each -> Path.of(each, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("this machine has no " + tool));
    }

    @Test
    void withoutAJdkItSaysWhatToInstall() throws IOException, InterruptedException {
        for (String command : List.of("demo", "test", "bench", "format", "mvn")) {
            String said = fails(Map.of("PATH", tools.toString()), command);
            assertTrue(said.contains("Nescio needs a JDK 25 or newer"), said);
            assertTrue(said.contains("https://adoptium.net/") || said.contains("brew install"), said);
            assertTrue(said.contains("set JAVA_HOME"), said);
            assertFalse(said.contains("not found"), said);
        }
    }

    @Test
    void withAnEmptyPathItSaysSoToo() throws IOException, InterruptedException {
        String said = fails(Map.of("PATH", folder.resolve("checkout").toString()), "demo");
        assertTrue(said.contains("Nescio needs a JDK 25 or newer"), said);
        assertTrue(said.contains("https://adoptium.net/"), said);
    }

    @Test
    void anOlderJdkIsNotEnough() throws IOException, InterruptedException {
        Path old = Files.createDirectories(folder.resolve("jdk-21/bin")).getParent();
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"21.0.2\"\n");
        executable(old.resolve("bin/java"), "exit 99");
        executable(old.resolve("bin/javac"), "exit 99");
        String said = fails(Map.of("PATH", tools.toString(), "JAVA_HOME", old.toString()), "demo");
        assertTrue(said.contains("Nescio needs a JDK 25 or newer"), said);
    }

    @Test
    void withoutMavenItSaysWhatToInstall() throws IOException, InterruptedException {
        String said = fails(Map.of("PATH", tools.toString(), "JAVA_HOME", System.getProperty("java.home")), "format");
        assertTrue(said.contains("Nescio builds with Maven 3.8 or newer; on the PATH there is none"), said);
        assertTrue(said.contains("https://maven.apache.org/") || said.contains("brew install"), said);
    }

    @Test
    void withoutNodeItSaysWhatToInstall() throws IOException, InterruptedException {
        executable(tools.resolve("mvn"), "echo Apache Maven 3.9.9");
        Files.writeString(
                Files.createDirectory(script.resolveSibling("client-ts")).resolve("package.json"), "{}");
        String said = fails(Map.of("PATH", tools.toString(), "JAVA_HOME", System.getProperty("java.home")), "test");
        assertTrue(said.contains("found: none"), said);
        assertTrue(said.contains("nodejs.org") || said.contains("brew install"), said);
    }

    @Test
    void withoutABrowserItSaysWhatToInstall() throws IOException, InterruptedException {
        executable(tools.resolve("mvn"), "echo Apache Maven 3.9.9");
        executable(tools.resolve("node"), "echo v22.12.0");
        executable(tools.resolve("npm"), "exit 99");
        String said = fails(Map.of("PATH", tools.toString(), "JAVA_HOME", System.getProperty("java.home")), "test");
        assertTrue(said.contains("there is no Chromium or Chrome on the PATH"), said);
        assertTrue(said.contains("Install one with"), said);
        assertTrue(said.contains("NESCIO_CHROMIUM"), said);
        assertFalse(said.contains("not found"), said);
    }

    private static void executable(Path file, String line) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + line + "\n");
        assertTrue(file.toFile().setExecutable(true));
    }

    /// @return what it wrote to standard error
    private String fails(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(found("bash").toString(), script.toString()));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("HOME", folder.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertTrue(process.waitFor(5, TimeUnit.MINUTES));
        String said = Files.readString(err, StandardCharsets.UTF_8);
        assertEquals(1, process.exitValue(), said);
        assertEquals("", Files.readString(out));
        return said;
    }
}
