package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.cli.Nescio;
import dev.nescio.cli.demo.Holdings;
import dev.nescio.cli.demo.Narrator;
import dev.nescio.cli.demo.Story;
import dev.nescio.cli.proof.DatabaseDump;
import dev.nescio.cli.proof.DatabaseDump.Row;
import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.protocol.Json;
import dev.nescio.server.config.DatabaseSetting;
import dev.nescio.server.db.Dump;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// The demo checks what it says: a step that does not do it fails, and so does the command.
class FailingDemoTest {

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private World world;
    private HostileProxy proxy;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        world = new World(folder);
        proxy = new HostileProxy(world.uri());
    }

    @AfterEach
    void stop() {
        proxy.close();
        world.close();
    }

    @Test
    void aMessageThatTheServerLeavesOutFailsTheStep() {
        proxy.mutate("/v1/containers/", answer -> {
            if (answer.has("items")) {
                ((ArrayNode) answer.get("items")).remove(0);
            }
            return answer;
        });
        fails("read", proxy.uri(), List.of());
    }

    @Test
    void aRowBeforeTheFirstRightCodeFailsTheStep() {
        for (String table : List.of("account", "spent_token", "some_new_table")) {
            out.reset();
            fails("second-factor-required", world.uri(), List.of(new Row(table, Map.of("account", "AAAA"))));
        }
    }

    @Test
    void aDatabaseWithoutTheAccountFailsTheStep() {
        fails("compare", world.uri(), List.of());
    }

    /// The database is as it is, and beside it lies a file with what somebody wrote.
    @Test
    void aTextInAFileOfTheServerFailsTheStep() throws IOException {
        Path leak = Files.writeString(folder.resolve("leak.txt"), "Shall we meet at the old lighthouse on Sunday?");
        fails("breach-check", world.uri(), new Holdings() {
            @Override
            public List<Row> rows() throws IOException {
                Path printed = folder.resolve("dump.jsonl");
                try (PrintStream out = new PrintStream(printed.toFile(), StandardCharsets.UTF_8)) {
                    Dump.print(new DatabaseSetting.Sqlite(folder.resolve("data").resolve("nescio.db")), out);
                }
                return DatabaseDump.read(printed).rows();
            }

            @Override
            public List<Path> files() {
                return List.of(leak);
            }
        });
        assertEquals(
                "The server holds what it must not: a message in leak.txt",
                lines().getLast().get("message").asString());
    }

    private void fails(String step, URI server, List<Row> rows) {
        fails(step, server, new Holdings() {
            @Override
            public List<Row> rows() {
                return rows;
            }

            @Override
            public List<Path> files() {
                return List.of();
            }
        });
    }

    /// Tells the story until this step, which must fail.
    private void fails(String step, URI server, Holdings holdings) {
        try (Story story = new Story(new Narrator(terminal(out)), server, holdings)) {
            assertThrows(Exception.class, story::tell);
        }
        List<JsonNode> lines = lines();
        lines.subList(0, lines.size() - 1)
                .forEach(line -> assertTrue(line.get("ok").asBoolean(), line::toString));
        assertEquals(step, lines.getLast().get("step").asString());
        assertFalse(lines.getLast().get("ok").asBoolean());
    }

    /// The server of the demo dies when the chat is written.
    @Test
    void theCommandFailsWithTheStep() {
        OutputStream killing = new OutputStream() {
            @Override
            public void write(int octet) {
                write(new byte[] {(byte) octet}, 0, 1);
            }

            @Override
            public void write(byte[] octets, int from, int length) {
                out.write(octets, from, length);
                if (new String(octets, from, length, StandardCharsets.UTF_8).contains("\"step\":\"chat\"")) {
                    assertEquals(1, killServersOfDemos());
                }
            }
        };
        assertEquals(Exit.FAILED, Nescio.run(terminal(killing), "demo", "--json"));
        List<JsonNode> failed =
                lines().stream().filter(line -> !line.get("ok").asBoolean()).toList();
        assertEquals(2, failed.size(), out::toString);
        assertEquals("signin", failed.getFirst().get("step").asString());
        assertEquals("step-failed", failed.getLast().get("problem").asString());
        assertEquals(failed.getLast(), lines().getLast());
    }

    private static long killServersOfDemos() {
        List<ProcessHandle> servers = ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").contains("nescio-demo-"))
                .toList();
        servers.forEach(server -> {
            server.destroyForcibly();
            server.onExit().join();
        });
        return servers.size();
    }

    private static Terminal terminal(OutputStream into) {
        PrintStream out = new PrintStream(into, true, StandardCharsets.UTF_8);
        return new Terminal(InputStream.nullInputStream(), out, out, Map.of(), Optional.empty(), true);
    }

    private List<JsonNode> lines() {
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(Json.LENIENT::readTree)
                .toList();
    }
}
