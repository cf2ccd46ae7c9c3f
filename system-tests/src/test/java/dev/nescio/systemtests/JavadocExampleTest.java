package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.client.Account;
import dev.nescio.client.Message;
import dev.nescio.client.Nescio;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The example in the Javadoc of [Nescio] compiles and does what it says.
class JavadocExampleTest {

    @TempDir
    Path folder;

    @Test
    void theExampleCompilesAndRuns() throws Exception {
        String example = example();
        assertTrue(example.lines().count() <= 12, "about ten lines");
        try (World world = new World(folder)) {
            World.Person person = world.signUp();
            String printed = run(
                    example.replace("\"http://localhost:8300\"", "server")
                            .replace("\"ada@example.org\"", "address")
                            .replace("SecondFactor.totp(\"492039\")", "factor"),
                    world.uri(),
                    person);
            assertEquals("Hello, other device.", printed.strip());
            try (Nescio nescio = Nescio.connect(world.uri());
                    Account account = World.signIn(nescio, person)) {
                List<Message> messages = World.onlyChat(account).messages();
                assertEquals(
                        List.of("Hello, other device."),
                        messages.stream().map(Message::text).toList());
            }
        }
    }

    @Test
    void theReadmeHasTheSameExample() throws IOException {
        String readme = Files.readString(root().resolve("README.md"));
        assertTrue(readme.contains("```java\n" + example().replaceAll("(?m)^ ", "") + "\n```"), "it differs");
    }

    private static Path root() {
        return Path.of(System.getProperty("nescio.spec")).toAbsolutePath().getParent();
    }

    private static String example() throws IOException {
        Path source = root().resolve("client/src/main/java/dev/nescio/client/Nescio.java");
        String comment = Files.readAllLines(source).stream()
                .filter(line -> line.startsWith("///"))
                .map(line -> line.substring(3))
                .collect(Collectors.joining("\n"));
        int start = comment.indexOf("```java") + "```java".length();
        return comment.substring(start, comment.indexOf("```", start)).strip();
    }

    private String run(String example, URI server, World.Person person) throws Exception {
        Path source = folder.resolve("Example.java");
        Files.writeString(source, """
                import dev.nescio.client.*;
                import java.net.URI;
                public class Example {
                    public static void run(String server, String address, char[] password, SecondFactor factor) {
                        %s
                    }
                }
                """.formatted(example));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter problems = new StringWriter();
        List<String> options = List.of("-cp", System.getProperty("java.class.path"), "-d", folder.toString());
        try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            boolean compiled = compiler.getTask(problems, files, null, options, null, files.getJavaFileObjects(source))
                    .call();
            assertTrue(compiled, problems.toString());
        }
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream before = System.out;
        try (URLClassLoader loader =
                new URLClassLoader(new java.net.URL[] {folder.toUri().toURL()})) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            loader.loadClass("Example")
                    .getMethod("run", String.class, String.class, char[].class, dev.nescio.client.SecondFactor.class)
                    .invoke(null, server.toString(), person.address, World.PASSWORD.toCharArray(), person.nextFactor());
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
