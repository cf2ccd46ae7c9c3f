package dev.nescio.server.throttle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.nescio.server.account.Pending;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The table of rate limits in `docs/operations.md` is that of the server.
class RateLimitsPageTest {

    private static final String REFUSED = "`too-many-requests`";

    /// What the table says of a limit. That the server counts so is tried in `RateLimitTest`.
    private record Row(Limit limit, String what, String by, String then, String called, Set<Endpoint> endpoints) {

        Row(Limit limit, String what, String by, String then, Endpoint... endpoints) {
            this(limit, what, by, then, RateLimitsPageTest.called(List.of(endpoints)), Set.of(endpoints));
        }

        String cells() {
            return "| " + called + " | " + what + " | " + by + " | " + limit.most() + " in " + words(limit.window())
                    + " | " + then + " |";
        }

        private static String words(Duration window) {
            if (window.toDays() > 0) {
                return window.toDays() + " day";
            }
            return window.toHours() > 0
                    ? window.toHours() + " hour"
                    : window.toMinutes() + (window.toMinutes() == 1 ? " minute" : " minutes");
        }
    }

    private static final Set<Endpoint> FOR_ANYBODY = Arrays.stream(Endpoint.values())
            .filter(endpoint -> endpoint.access() == Endpoint.Access.ANYBODY)
            .collect(Collectors.toSet());

    private static final List<Row> ROWS = List.of(
            new Row(
                    Limit.REQUEST_OF_SESSION,
                    "every call",
                    "session",
                    REFUSED,
                    "every endpoint that needs a session",
                    EnumSet.complementOf(EnumSet.copyOf(FOR_ANYBODY))),
            new Row(
                    Limit.REQUEST_OF_NETWORK,
                    "every call, and those of the others without a session",
                    "network",
                    REFUSED,
                    "every endpoint that needs no session",
                    EnumSet.allOf(Endpoint.class)),
            new Row(Limit.LOOKUP, "every call", "network", REFUSED, Endpoint.LOOK_UP),
            new Row(
                    Limit.FAILED_SIGN_IN,
                    "failures",
                    "network",
                    REFUSED,
                    Endpoint.SIGN_IN,
                    Endpoint.SIGN_IN_WITH_KEY,
                    Endpoint.SIGN_IN_WITH_PASSKEY,
                    Endpoint.SIGN_IN_WITH_ACCESS_KEY,
                    Endpoint.RESET_START),
            new Row(
                    Limit.FAILED_SIGN_IN_OF_ADDRESS,
                    "failures",
                    "address and network",
                    REFUSED,
                    Endpoint.SIGN_IN,
                    Endpoint.RESET_START),
            new Row(Limit.RESET, "right codes", "account", REFUSED, Endpoint.RESET_START),
            new Row(
                    Limit.HALF_RIGHT_SIGN_IN,
                    "failures with one factor right",
                    "address",
                    "`sign-in-failed`",
                    Endpoint.SIGN_IN),
            new Row(Limit.PASSKEY_CHALLENGE, "every call", "network", REFUSED, Endpoint.PASSKEY_CHALLENGE),
            new Row(Limit.FAILED_PROOF, "failures", "account", REFUSED, Endpoint.PROVE),
            new Row(
                    Limit.SIGN_UP,
                    "every call",
                    "network",
                    REFUSED,
                    Endpoint.SIGN_UP_START,
                    Endpoint.SIGN_UP_WITH_PASSKEY),
            new Row(Limit.MAIL, "every call", "network", REFUSED, Endpoint.MAIL_CODE, Endpoint.MAIL_RESET_CODE),
            new Row(
                    Limit.MAIL_TO_ADDRESS,
                    "every call",
                    "address and network",
                    REFUSED,
                    Endpoint.MAIL_CODE,
                    Endpoint.MAIL_RESET_CODE),
            new Row(
                    Limit.MAIL_FROM_SERVER,
                    "every call",
                    "server",
                    REFUSED,
                    Endpoint.MAIL_CODE,
                    Endpoint.MAIL_RESET_CODE),
            new Row(
                    Limit.MAIL_TO_ADDRESS_FROM_ANYWHERE,
                    "every call",
                    "address",
                    "answered as ever; no mail is sent",
                    Endpoint.MAIL_CODE,
                    Endpoint.MAIL_RESET_CODE),
            new Row(
                    Limit.MAIL_ALERT,
                    "mails about sign-ins",
                    "account",
                    "answered as ever; no mail is sent",
                    Endpoint.SIGN_IN,
                    Endpoint.SIGN_IN_WITH_KEY,
                    Endpoint.SIGN_IN_WITH_PASSKEY,
                    Endpoint.COLLECT_PAIRING),
            new Row(
                    Limit.NEW_AUTHENTICATOR,
                    "every call",
                    "account",
                    REFUSED,
                    Endpoint.TOTP_START,
                    Endpoint.START_PASSWORD),
            new Row(Limit.PAIRING, "every call", "network", REFUSED, Endpoint.START_PAIRING));

    /// A code that waits is discarded by so many wrong ones; that the server counts so is tried with each of them.
    private static List<String> tries() {
        return List.of(
                tries("wrong mailed codes", "mailed code", Endpoint.SIGN_UP_START, Endpoint.SIGN_UP_WITH_PASSKEY),
                tries("wrong codes", "reset", Endpoint.RESET_CONFIRM),
                tries("wrong codes", "sign-up", Endpoint.SIGN_UP_CONFIRM),
                tries("wrong codes", "new authenticator", Endpoint.TOTP_CONFIRM, Endpoint.CONFIRM_PASSWORD));
    }

    private static String tries(String what, String by, Endpoint... endpoints) {
        return "| " + called(List.of(endpoints)) + " | " + what + " | " + by + " | " + Pending.TRIES + " | ";
    }

    private static String called(List<Endpoint> endpoints) {
        return endpoints.stream()
                .map(endpoint -> "`" + endpoint.method() + " " + endpoint.path() + "`")
                .collect(Collectors.joining(", "));
    }

    private static List<String> table() throws IOException {
        Path page = Path.of(System.getProperty("nescio.spec")).resolveSibling("docs/operations.md");
        return Files.readString(page)
                .split("\n## Rate limits\n", 2)[1]
                .split("\n## ", 2)[0]
                .lines()
                .filter(line -> line.startsWith("| `") || line.startsWith("| every "))
                .toList();
    }

    @Test
    void everyLimitHasARow() {
        assertEquals(EnumSet.allOf(Limit.class), ROWS.stream().map(Row::limit).collect(Collectors.toSet()));
        assertEquals(Limit.values().length, ROWS.size());
    }

    @Test
    void theTableSaysWhatTheServerDoes() throws IOException {
        List<String> table = table();
        for (Row row : ROWS) {
            List<String> found =
                    table.stream().filter(line -> line.startsWith(row.cells())).toList();
            assertEquals(1, found.size(), () -> row.cells() + " is not in " + String.join("\n", table));
            String stranger = found.getFirst().substring(row.cells().length()).replace("|", "");
            assertFalse(stranger.isBlank(), () -> row.limit() + ": what a stranger can cause");
        }
        for (String row : tries()) {
            assertEquals(1, table.stream().filter(line -> line.startsWith(row)).count(), () -> row);
        }
        // The one that the device counts: the server never learns of a wrong digit.
        String digits =
                "| " + called(List.of(Endpoint.APPROVE_PAIRING)) + " | wrong digits | pairing | 1, on the device |";
        assertEquals(1, table.stream().filter(line -> line.startsWith(digits)).count(), () -> digits);
        assertEquals(ROWS.size() + tries().size() + 1, table.size(), "no row of a limit that there is not");
    }

    /// A refusal that an endpoint does not declare is a mistake of the server's, so what is declared is
    /// what there is.
    @Test
    void everyEndpointThatRefusesTooManyHasALimit() {
        Set<Endpoint> refusing = Arrays.stream(Endpoint.values())
                .filter(endpoint -> endpoint.problems().contains(ProblemType.TOO_MANY_REQUESTS))
                .collect(Collectors.toSet());
        assertEquals(
                refusing,
                ROWS.stream()
                        .filter(row -> row.then().equals(REFUSED))
                        .flatMap(row -> row.endpoints().stream())
                        .collect(Collectors.toSet()));
    }
}
