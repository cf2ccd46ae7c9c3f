package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.cli.Nescio;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.protocol.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The commands that prove something to a person prove it: the demo, and the breach drill, which must also be
/// able to fail.
class ProofTest {

    @TempDir
    Path home;

    /// @param lines what it printed with `--json`
    private record Run(int exitCode, List<JsonNode> lines, String err) {
        JsonNode last() {
            return lines.getLast();
        }
    }

    private Run run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of("NESCIO_HOME", home.toString(), "HOME", home.toString()),
                Optional.empty(),
                true);
        int exitCode = Nescio.run(terminal, arguments);
        return new Run(
                exitCode,
                out.toString(StandardCharsets.UTF_8)
                        .lines()
                        .map(Json.LENIENT::readTree)
                        .toList(),
                err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void everyStepOfTheDemoDoesWhatItSays() {
        Run demo = run("demo", "--json");
        assertEquals(0, demo.exitCode(), demo::toString);
        assertTrue(demo.last().get("ok").asBoolean(), demo::toString);
        assertEquals(demo.lines().size() - 1, demo.last().get("steps").asInt(), demo::toString);
        demo.lines().forEach(line -> assertTrue(line.get("ok").asBoolean(), line::toString));
    }

    @Test
    void theDrillFindsNothing() {
        Run drill = run("breach-drill", "--json");
        assertEquals(0, drill.exitCode(), drill::toString);
        assertEquals(0, drill.last().get("hits").asInt(), drill::toString);
        assertTrue(drill.last().get("searchedBytes").asLong() > 10_000_000, drill::toString);
        assertTrue(drill.last().get("secrets").asInt() > 100, drill::toString);
        assertTrue(drill.last().get("places").asInt() > 10, drill::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "table", "log", "memory"})
    void theDrillFindsALeakThatWasPlanted(String where) {
        Run drill = run("breach-drill", "--json", "--within=0", "--plant=" + where);
        assertEquals(1, drill.exitCode(), drill::toString);
        assertTrue(drill.last().get("plantFound").asBoolean(), drill::toString);
        assertTrue(drill.last().get("hits").asInt() > 0, drill::toString);
    }
}
