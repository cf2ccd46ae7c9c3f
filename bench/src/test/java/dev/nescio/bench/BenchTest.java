package dev.nescio.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.bench.Figure.Target;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The benchmarks run and say what they promise. How fast anything is, no test asserts.
class BenchTest {

    private static final Set<String> MEMBERS = Set.of("name", "unit", "value", "limit", "ratio", "target", "met");

    @Test
    void cryptoMeasuresEverySizeBesideBareAesGcm() throws Exception {
        Set<String> names = figures("crypto");
        for (String size : List.of("200 B", "1 KiB", "64 KiB", "stream of 8 MiB")) {
            assertTrue(names.contains("seal " + size), size);
            assertTrue(names.contains("open " + size), size);
        }
    }

    @Test
    void serverMeasuresBothDatabasesBesideBareJdbc() throws Exception {
        Set<String> names = figures("server");
        assertTrue(names.contains("start to first answer"));
        assertTrue(names.contains("the demo, from sign-up to proof"));
        for (String database : List.of("SQLite", "PostgreSQL")) {
            for (String figure : List.of("durable writes, ", "reads, ", "lookup, ", "refused sign-in, ")) {
                assertTrue(names.stream().anyMatch(name -> name.startsWith(figure + database)), figure + database);
            }
        }
    }

    @Test
    void aMissedTargetShows() {
        Figure slow = new Figure("f", "/s", 1, 4, Target.atLeast(0.5));
        assertFalse(slow.isMet());
        assertEquals(0.25, slow.ratio());
        assertTrue(slow.toRow().contains("missed"));
        assertTrue(new Figure("f", "/s", 2, 4, Target.atLeast(0.5)).isMet());
        assertTrue(new Figure("f", "s", 1, 1, Target.atMost(1)).isMet());
        assertFalse(new Figure("f", "s", 1.1, 1, Target.atMost(1)).isMet());
        assertTrue(new Figure("f", "s", 1, 1, null).isMet());
    }

    @Test
    void wrongUsageSaysWhatIsRight() throws Exception {
        for (List<String> wrong : List.of(List.of("cypto"), List.of("crypto", "--fast"))) {
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            assertEquals(Main.WRONG_USAGE, Main.run(wrong, print(new ByteArrayOutputStream()), print(err)));
            assertTrue(err.toString(StandardCharsets.UTF_8).contains("./nescio bench"));
        }
    }

    @Test
    void theHelpNamesEveryExitCodeAndTheTimesOfThePageOnPerformance() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertEquals(0, Main.run(List.of("--help"), print(out), System.err));
        String help = out.toString(StandardCharsets.UTF_8);
        for (int code : List.of(0, Main.WRONG_USAGE, Main.MISSED)) {
            assertTrue(help.contains("\n  " + code + "  "), help);
        }
        Path spec = Path.of(System.getProperty("nescio.spec"));
        String page = Files.readString(spec.resolveSibling("docs/performance.md"));
        for (String bench : List.of("crypto", "server")) {
            assertEquals(minutes(page, bench), minutes(help, bench), bench);
        }
    }

    private static String minutes(String text, String bench) {
        Matcher minutes = Pattern.compile("\\./nescio bench " + bench + " .*about (\\d+) minutes")
                .matcher(text);
        assertTrue(minutes.find(), bench);
        return minutes.group(1);
    }

    private static PrintStream print(ByteArrayOutputStream into) {
        return new PrintStream(into, true, StandardCharsets.UTF_8);
    }

    /// @return the names of all figures of a quick run
    private static Set<String> figures(String bench) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int code = Main.run(List.of(bench, "--quick", "--json"), print(out), System.err);
        Set<String> names = new HashSet<>();
        boolean met = true;
        for (String line : out.toString(StandardCharsets.UTF_8).lines().toList()) {
            JsonNode figure = JsonMapper.shared().readTree(line);
            assertEquals(MEMBERS, new HashSet<>(figure.propertyNames()), line);
            assertTrue(figure.get("value").asDouble() > 0, line);
            assertTrue(figure.get("limit").asDouble() > 0, line);
            assertTrue(names.add(figure.get("name").asString()), line);
            met &= figure.get("met").asBoolean();
        }
        assertEquals(met ? 0 : Main.MISSED, code);
        return names;
    }
}
