package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.client.Account;
import dev.nescio.client.Finding;
import dev.nescio.client.Nescio;
import dev.nescio.client.NescioException;
import dev.nescio.client.StoredRow;
import dev.nescio.client.StoredRows;
import dev.nescio.protocol.Json;
import dev.nescio.systemtests.World.Person;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What the server stores of an account, shown to its own devices (spec, section 10.15).
class ExportRawTest extends AgainstHostileServer {

    private static StoredRows.Page page(Account account, long from) {
        return assertInstanceOf(StoredRows.Page.class, account.storedRows(from));
    }

    @Test
    void aDeviceSeesWhatIsStoredOfItsAccount() {
        try (Nescio laptop = Nescio.connect(world.uri())) {
            World.Joined joined = World.join(laptop);
            try (Account account = joined.account()) {
                account.chats().create("Plans").send("hello");
                StoredRows.Page page = page(account, 0);
                assertFalse(page.more());
                Set<String> tables = page.rows().stream().map(StoredRow::table).collect(Collectors.toSet());
                assertTrue(tables.containsAll(Set.of("account", "password_slot", "item", "session")), tables::toString);
                for (StoredRow row : page.rows()) {
                    assertEquals(account.id().bytes(), row.columns().get("account"), row.table());
                    assertFalse(row.columns().toString().contains("hello"));
                    assertFalse(row.columns().toString().contains(joined.person().address));
                }
                assertEquals(page.rows().size() - 1, page(account, 1).rows().size());
            }
        }
    }

    @Test
    void h20AServerThatNeverComesToAnEndIsRefused() {
        try (Nescio laptop = World.connect(proxy);
                Account account = World.join(laptop).account()) {
            proxy.mutate("/v1/account/rows", answer -> {
                ((ArrayNode) answer.get("rows")).removeAll();
                return ((ObjectNode) answer).put("more", true);
            });
            assertEquals(
                    Finding.BAD_ANSWER,
                    assertThrows(NescioException.Distrust.class, () -> account.storedRows(0))
                            .finding());
            proxy.mutate("/v1/account/rows", answer -> {
                ((ObjectNode) answer.get("rows").get(0)).put("table", "\u001b[2J");
                return answer;
            });
            assertEquals(
                    Finding.BAD_ANSWER,
                    assertThrows(NescioException.Distrust.class, () -> account.storedRows(0))
                            .finding());
        }
    }

    private static CommandRun run(int exitCode, List<String> answers, String... arguments) {
        String home = folder.resolve("command").toString();
        CommandRun run = CommandRun.of(
                Map.of(
                        "NESCIO_HOME",
                        home,
                        "HOME",
                        home,
                        "NESCIO_SERVER",
                        world.uri().toString()),
                answers.stream()
                        .map(answer -> (UnaryOperator<String>) before -> answer)
                        .toList(),
                arguments);
        assertEquals(exitCode, run.exitCode(), run::toString);
        return run;
    }

    @Test
    void theCommandWritesThemToAFileOrPrintsThem() throws IOException {
        Person person = world.signUp();
        run(Exit.OK, List.of(person.recoveryKey), "signin", "--json", "--recovery-key-stdin", "--unsealed-profile");
        Path file = folder.resolve("everything.jsonl");
        CommandRun written = run(Exit.OK, List.of(), "account", "export-raw", "--json", "--output", file.toString());
        long rows = written.last().get("rows").asLong();
        List<JsonNode> lines =
                Files.readAllLines(file).stream().map(Json.LENIENT::readTree).toList();
        assertEquals(rows, lines.size());
        assertTrue(lines.stream()
                .anyMatch(line -> line.get("table").asString().equals("password_slot")
                        && line.get("row").get("memory_kib").asInt() == 65536
                        && line.get("row").get("totp_secret").isString()));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        run(Exit.USAGE, List.of(), "account", "export-raw", "--output", file.toString());

        CommandRun printed = run(Exit.OK, List.of(), "account", "export-raw", "--json");
        // Each time the session has another token, and the one before is stored as spent.
        assertTrue(printed.last().get("rows").asLong() > rows);
        assertEquals(printed.last().get("rows").asLong() + 1, printed.lines().size());
        CommandRun shown = run(Exit.OK, List.of(), "account", "export-raw");
        long count = shown.out().lines().map(Json.LENIENT::readTree).count();
        assertTrue(count > rows);
        assertEquals(count + " rows.", shown.err().strip());
    }
}
