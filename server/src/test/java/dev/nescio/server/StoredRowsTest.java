package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Limits;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.Stored;
import dev.nescio.protocol.Sync;
import java.net.http.HttpRequest.BodyPublishers;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What the server stores of an account, shown to it (spec, section 10.16).
@ParameterizedClass
@EnumSource(Backend.class)
class StoredRowsTest {

    private static final SecureRandom RANDOM = new SecureRandom();

    private static TestServer server;

    @Parameter
    Backend backend;

    private Device device;
    private Sync.NewContainer container;
    private long rows;

    @BeforeParameterizedClassInvocation
    static void start(Backend backend) {
        server = TestServer.start(backend);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @BeforeEach
    void signUp() {
        Device.signedUp(server);
        long before = server.countAll();
        device = Device.signedUp(server);
        Client own = device.on(server);
        SoftAuthenticator authenticator = new SoftAuthenticator();
        Bytes challenge = own.send("POST", "/v1/passkeys/challenge", BodyPublishers.noBody())
                .as(Passkeys.Challenge.class)
                .challenge();
        own.put(
                "/v1/slots/passkey",
                new Passkeys.Add(
                        authenticator.slot(), authenticator.create(challenge), new Counted(2, Device.bytes(473))));
        own.put("/v1/devices", new Counted(1, Device.bytes(300)));
        container = Device.container(1);
        own.post("/v1/domains/chats/containers", container).as(Sync.Committed.class);
        own.post(path(), Device.commit(2, items(7, 300))).as(Sync.Committed.class);
        SignInAlertsTest.keepAddress(server.settings(), device.start.account());
        // And what the log says of the export.
        rows = server.countAll() - before + 1;
    }

    private String path() {
        return "/v1/containers/" + container.id().hex() + "/commits";
    }

    private static Sync.ItemWrite[] items(int count, int length) {
        return Stream.generate(() -> new Sync.ItemWrite(ItemId.generate(RANDOM), 1, Device.bytes(length)))
                .limit(count)
                .toArray(Sync.ItemWrite[]::new);
    }

    private Stored.Page page(long from, int limit) {
        return device.on(server)
                .get("/v1/account/rows?from=" + from + "&limit=" + limit)
                .as(Stored.Page.class);
    }

    private List<Stored.Row> all(int limit) {
        List<Stored.Row> all = new ArrayList<>();
        boolean more = true;
        while (more) {
            Stored.Page page = page(all.size(), limit);
            assertTrue(page.rows().size() <= limit);
            assertTrue(!page.more() || !page.rows().isEmpty());
            all.addAll(page.rows());
            more = page.more();
        }
        return all;
    }

    @Test
    void everyRowOfTheAccountIsThereOnceAndNoOther() {
        List<Stored.Row> all = all(100);
        assertEquals(rows, all.size());
        assertEquals(all.size(), Set.copyOf(all).size());
        for (int limit : new int[] {1, 3, (int) rows}) {
            assertEquals(all, all(limit), "in pages of " + limit);
        }
        for (Stored.Row row : all) {
            assertEquals(device.start.account().bytes(), column(row, "account").bytes(), row.table());
        }
        assertEquals(
                Set.of(
                        "account",
                        "account_sequence",
                        "alert_address",
                        "backup_code",
                        "container",
                        "container_list",
                        "device_list",
                        "item",
                        "log_entry",
                        "passkey_slot",
                        "password_slot",
                        "recovery_slot",
                        "session"),
                all.stream().map(Stored.Row::table).collect(Collectors.toCollection(TreeSet::new)));
        assertFalse(page(rows, 100).more());
        assertEquals(List.of(), page(rows, 100).rows());
    }

    private static Stored.Column column(Stored.Row row, String name) {
        return row.columns().stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theyAreAsTheyAreStored() {
        Stored.Row account = all(100).stream()
                .filter(row -> row.table().equals("account"))
                .findFirst()
                .orElseThrow();
        assertEquals(device.start.profile(), column(account, "profile").bytes());
        assertEquals(2, column(account, "directory_counter").number());
        Stored.Column nothing = column(account, "deleting_since");
        assertTrue(nothing.bytes() == null && nothing.number() == null && nothing.text() == null);
        Stored.Row passkey = all(100).stream()
                .filter(row -> row.table().equals("passkey_slot"))
                .findFirst()
                .orElseThrow();
        assertEquals(TestServer.URL.rpId(), column(passkey, "rp_id").text());
        String everything = all(100).toString();
        for (Bytes sent : List.of(
                device.start.hashedEmail(),
                device.start.slot().lookupHash(),
                device.start.slot().wrappedMasterKey(),
                device.totpSecret,
                device.session.token(),
                device.start.backupCodeHashes().getFirst())) {
            assertFalse(everything.contains(sent.base64url()));
            assertFalse(everything.contains(sent.hex()));
        }
    }

    @Test
    void needsAFreshProofAndChangesNothingButTheLog() {
        long before = server.countAll();
        all(2);
        assertEquals(before + 1, server.countAll());
        server.time().pass(Duration.ofMinutes(5));
        assertEquals(
                "403 proof-required", device.on(server).get("/v1/account/rows").problemName());
        assertEquals(
                "401 session-required", server.client().get("/v1/account/rows").problemName());
    }

    /// Each item is as large as one may be: a page holds about 4 MiB, whatever the limit is.
    @Test
    void aPageIsBounded() {
        for (int i = 0; i < 4; i++) {
            device.on(server)
                    .post(path(), Device.commit(3L + i, items(5, Limits.ITEM)))
                    .as(Sync.Committed.class);
        }
        List<Stored.Row> all = new ArrayList<>();
        boolean more = true;
        int pages = 0;
        while (more) {
            Stored.Page page = page(all.size(), 100);
            int octets = page.rows().stream()
                    .flatMap(row -> row.columns().stream())
                    .mapToInt(column ->
                            column.bytes() == null ? 0 : column.bytes().length())
                    .sum();
            assertTrue(octets < (4 << 20) + Limits.ITEM + 200_000, "a page of " + octets);
            all.addAll(page.rows());
            more = page.more();
            pages++;
        }
        assertEquals(rows + 20, all.size());
        assertEquals(2, pages);
    }
}
