package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The commands that prove something to a person prove it: the demo, and the breach drill, which must also be
/// able to fail.
class ProofTest {

    private static final List<String> STEPS = List.of(
            "server",
            "signup",
            "second-factor-required",
            "confirm",
            "chat",
            "signin",
            "read",
            "answer",
            "pair",
            "remote-logout",
            "recover",
            "compare",
            "breach-check",
            "cleanup");

    @TempDir
    Path home;

    @Test
    void everyStepOfTheDemoDoesWhatItSays() {
        CommandRun demo = CommandRun.of(home, "demo", "--json");
        assertEquals(0, demo.exitCode(), demo::toString);
        assertTrue(demo.last().get("ok").asBoolean(), demo::toString);
        List<JsonNode> steps = demo.lines().subList(0, demo.lines().size() - 1);
        assertEquals(
                STEPS, steps.stream().map(line -> line.get("step").asString()).toList());
        assertEquals(STEPS.size(), demo.last().get("steps").asInt(), demo::toString);
        demo.lines().forEach(line -> assertTrue(line.get("ok").asBoolean(), line::toString));
    }

    @Test
    void theDemoLeavesNothingBehind() {
        CommandRun demo = CommandRun.of(home, "demo");
        assertEquals(0, demo.exitCode(), demo::toString);
        Matcher folder = Pattern.compile("Data folder (\\S+)").matcher(demo.out());
        assertTrue(folder.find(), demo::toString);
        Path data = Path.of(folder.group(1));
        assertFalse(Files.exists(data) || Files.exists(data.getParent()), demo::toString);
        assertEquals(0, home.toFile().list().length, "and no profile");
    }

    @Test
    void theDrillFindsNothing() {
        CommandRun drill = CommandRun.of(home, "breach-drill", "--json");
        assertEquals(0, drill.exitCode(), drill::toString);
        assertEquals(0, drill.last().get("hits").asInt(), drill::toString);
        assertTrue(drill.last().get("searchedBytes").asLong() > 10_000_000, drill::toString);
        assertTrue(drill.last().get("secrets").asInt() > 100, drill::toString);
        assertTrue(drill.last().get("places").asInt() > 10, drill::toString);
        assertTrue(searched(drill, "file", "nescio\\.db") > 0, drill::toString);
        assertTrue(searched(drill, "file", "nescio\\.db-wal") > 0, drill::toString);
        assertTrue(drill.lines().stream()
                .anyMatch(line -> line.path("encodings").asString("").contains("base64")));
        assertEquals(leftOver(drill), drill.last().get("leftOver").asLong(), drill::toString);
        if (OS.LINUX.isCurrentOs()) {
            // The process itself, region by region; its arguments and environment are named otherwise.
            assertTrue(searched(drill, "memory", "[0-9a-f]+-[0-9a-f]+( .*)?") > 10_000_000, drill::toString);
        }
    }

    private static long leftOver(CommandRun drill) {
        return drill.lines().stream()
                .filter(line -> line.has("leftOver") && line.get("leftOver").isObject())
                .mapToLong(line -> line.at("/leftOver/times").asLong())
                .sum();
    }

    /// Bytes of all places of that kind and name.
    private static long searched(CommandRun drill, String kind, String name) {
        return drill.lines().stream()
                .map(line -> line.path("searched"))
                .filter(place -> place.path("kind").asString("").equals(kind))
                .filter(place -> place.get("name").asString().matches(name))
                .mapToLong(place -> place.get("bytes").asLong())
                .sum();
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "table", "log", "memory", "token", "hash"})
    void theDrillFindsALeakThatWasPlanted(String where) {
        CommandRun drill = CommandRun.of(home, "breach-drill", "--json", "--within=0", "--plant=" + where);
        assertEquals(1, drill.exitCode(), drill::toString);
        assertTrue(drill.last().get("plantFound").asBoolean(), drill::toString);
        assertTrue(drill.last().get("hits").asInt() > 0, drill::toString);
    }
}
