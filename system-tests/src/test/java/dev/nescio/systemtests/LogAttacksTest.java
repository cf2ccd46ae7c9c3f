package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.client.Account;
import dev.nescio.client.DeviceMemory;
import dev.nescio.client.Finding;
import dev.nescio.client.LogEvent;
import dev.nescio.client.LogReading;
import dev.nescio.client.Nescio;
import dev.nescio.client.NescioException;
import dev.nescio.client.ProfileProtection;
import dev.nescio.client.SignInResult;
import dev.nescio.client.SlotChange;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.AccountLog;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.LogKind;
import dev.nescio.sealing.v1.LogEntryHash;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The log of an account, and what a server can make devices believe of it (spec, section 9.5).
class LogAttacksTest extends AgainstHostileServer {

    private static final String LOG = "/v1/account/log";
    private static final Bytes ZEROS = Bytes.copyOf(new byte[32]);

    private final DeviceMemory memory = DeviceMemory.inMemory();
    private Nescio nescio;
    private World.Person person;
    private Account account;

    /// Somebody who signed up on one device, and has signed in three times since on another: five
    /// entries each with a backup code before it.
    @BeforeEach
    void begin() {
        nescio = Nescio.connect(proxy.uri(), memory);
        person = world.signUp();
        for (int i = 0; i < 2; i++) {
            World.signIn(nescio, person).close();
        }
        account = signIn(nescio);
    }

    @AfterEach
    void end() {
        account.close();
        nescio.close();
    }

    private Account signIn(Nescio on) {
        return assertInstanceOf(SignInResult.SignedIn.class, on.signInWithRecoveryKey(person.recoveryKey, false))
                .account();
    }

    private List<LogEvent> complete() {
        return assertInstanceOf(LogReading.Complete.class, account.log()).events();
    }

    private Finding finding() {
        return assertInstanceOf(LogReading.Tampered.class, account.log()).finding();
    }

    /// The log as the server keeps it, whichever pages are asked for.
    private void serve(UnaryOperator<List<AccountLog.Entry>> change) {
        List<AccountLog.Entry> all;
        try (Nescio direct = Nescio.connect(world.uri());
                Account own = direct.resume(saved(), ProfileProtection.insecureInClear())) {
            all = change.apply(entries(own));
        }
        proxy.mutate((request, answer) -> {
            if (!request.path().startsWith(LOG)) {
                return answer;
            }
            long after = Long.parseLong(request.path().substring(request.path().indexOf('=') + 1));
            return json(new AccountLog.Page(
                    all.stream().filter(entry -> entry.number() > after).toList(), false));
        });
    }

    private byte[] saved() {
        String text =
                new String(account.save(ProfileProtection.insecureInClear()), java.nio.charset.StandardCharsets.UTF_8);
        return text.replace(proxy.uri().toString(), world.uri().toString())
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static List<AccountLog.Entry> entries(Account own) {
        List<AccountLog.Entry> entries = new ArrayList<>();
        Bytes previous = ZEROS;
        for (LogEvent event : own.log().events()) {
            AccountLog.Entry entry = new AccountLog.Entry(
                    event.number(),
                    previous,
                    event.time().toEpochMilli(),
                    event.kindText(),
                    event.session().orElse(null),
                    event.other().orElse(null),
                    event.slot().orElse(null));
            entries.add(entry);
            previous = LogEntryHash.of(own.id(), entry);
        }
        return entries;
    }

    private static JsonNode json(AccountLog.Page page) {
        return Json.LENIENT.readTree(Json.LENIENT.writeValueAsBytes(page));
    }

    /// A chain of the same events from that number on, as a server can always make it.
    private List<AccountLog.Entry> chained(long from, Bytes before, List<AccountLog.Entry> entries) {
        return chained(account.id(), from, before, entries);
    }

    private static List<AccountLog.Entry> chained(
            AccountId account, long from, Bytes before, List<AccountLog.Entry> entries) {
        List<AccountLog.Entry> chain = new ArrayList<>();
        Bytes previous = before;
        long number = from;
        for (AccountLog.Entry entry : entries) {
            AccountLog.Entry next = with(entry, number++, previous, entry.time());
            chain.add(next);
            previous = LogEntryHash.of(account, next);
        }
        return chain;
    }

    private static AccountLog.Entry with(AccountLog.Entry entry, long number, Bytes previous, long time) {
        return new AccountLog.Entry(number, previous, time, entry.kind(), entry.session(), entry.other(), entry.slot());
    }

    private static <T> List<T> without(List<T> all, int index) {
        List<T> rest = new ArrayList<>(all);
        rest.remove(index);
        return rest;
    }

    /// Somebody else's device, which knows nothing of the log yet.
    private void assertNewDeviceFinds(Finding finding) {
        try (Nescio other = World.connect(proxy);
                Account fresh = other.resume(
                        account.save(ProfileProtection.insecureInClear()), ProfileProtection.insecureInClear())) {
            assertEquals(
                    finding,
                    assertInstanceOf(LogReading.Tampered.class, fresh.log()).finding());
        }
    }

    @Test
    void anHonestLogTellsInOrderWhatHasHappened() {
        List<LogEvent> events = complete();
        assertEquals(
                List.of(
                        LogKind.SIGNED_UP,
                        LogKind.BACKUP_CODE_USED,
                        LogKind.SIGNED_IN_WITH_PASSWORD,
                        LogKind.BACKUP_CODE_USED,
                        LogKind.SIGNED_IN_WITH_PASSWORD,
                        LogKind.SIGNED_IN_WITH_RECOVERY_KEY),
                events.stream().map(event -> event.kind().orElseThrow()).toList());
        assertEquals(Optional.of(account.session()), events.getLast().session());
        assertEquals(Optional.empty(), account.logFinding());
    }

    @Test
    void aDeviceIsToldHowMuchIsNewSinceItShowedTheLog() {
        assertEquals(OptionalLong.of(2), account.newLogEvents(), "beside its own sign-in");
        complete();
        try (Account again = signIn(nescio)) {
            assertEquals(OptionalLong.of(0), again.newLogEvents());
        }
        try (Nescio other = World.connect(proxy);
                Account fresh = signIn(other)) {
            assertTrue(fresh.newLogEvents().isEmpty(), "a new device has nothing to count from");
        }
    }

    @Test
    void h8NoticesAnEntryThatIsDroppedFromTheLog() {
        serve(all -> without(all, 2));
        assertEquals(Finding.LOG_BROKEN, finding());
        assertNewDeviceFinds(Finding.LOG_BROKEN);
    }

    /// Every entry has the hash of the one before, and a number is missing.
    @Test
    void h8NoticesANumberThatIsMissingInTheLog() {
        serve(all -> {
            List<AccountLog.Entry> changed = new ArrayList<>(chained(1, ZEROS, all.subList(0, 2)));
            Bytes previous = LogEntryHash.of(account.id(), changed.getLast());
            changed.addAll(chained(4, previous, all.subList(3, all.size())));
            return changed;
        });
        assertNewDeviceFinds(Finding.LOG_BROKEN);
    }

    /// Every number is there, and an entry has not the hash of the one before.
    @Test
    void h8NoticesAnEntryThatIsChangedInTheLog() {
        serve(all -> {
            List<AccountLog.Entry> changed = new ArrayList<>(all);
            AccountLog.Entry entry = all.get(2);
            changed.set(
                    2,
                    new AccountLog.Entry(
                            3, entry.previous(), entry.time(), LogKind.PAIRED.text(), entry.session(), null, null));
            return changed;
        });
        assertNewDeviceFinds(Finding.LOG_BROKEN);
    }

    @Test
    void h8NoticesEntriesThatChangePlacesInTheLog() {
        serve(all -> {
            List<AccountLog.Entry> changed = new ArrayList<>(all);
            changed.set(2, with(all.get(3), 3, all.get(3).previous(), all.get(3).time()));
            changed.set(3, with(all.get(2), 4, all.get(2).previous(), all.get(2).time()));
            return changed;
        });
        assertNewDeviceFinds(Finding.LOG_BROKEN);
    }

    @Test
    void h8NoticesTimeThatGoesBackInTheLog() {
        serve(all -> {
            List<AccountLog.Entry> changed = new ArrayList<>(all);
            AccountLog.Entry last = all.getLast();
            changed.set(all.size() - 1, with(last, last.number(), last.previous(), last.time() - 3_600_000));
            return changed;
        });
        assertNewDeviceFinds(Finding.LOG_BROKEN);
    }

    /// A whole chain, without the entry that a thief would not like to be seen.
    @Test
    void h8NoticesALogThatIsRewritten() {
        complete();
        serve(all ->
                chained(1, ZEROS, List.of(all.get(0), all.get(1), all.get(1), all.get(3), all.get(4), all.get(5))));
        assertEquals(Finding.FORK, finding());
    }

    /// The same, where the device has seen the entry before the first one that is served.
    @Test
    void h8NoticesALogThatIsRewrittenFromTheNextEntryOn() {
        long seen = complete().getLast().number();
        long old = Instant.now().minus(Duration.ofDays(500)).toEpochMilli();
        serve(all -> chained(
                seen + 1,
                ZEROS,
                all.stream().map(entry -> with(entry, 1, ZEROS, old)).toList()));
        assertEquals(Finding.FORK, finding());
    }

    /// That the log is cut must not make a device take up another history.
    @Test
    void h8NoticesALogThatIsRewrittenAlsoWhereItIsCut() {
        complete();
        serve(all -> chained(2, ZEROS, all));
        assertEquals(Finding.FORK, finding());
        assertEquals(Finding.FORK, finding(), "and it is told again");
    }

    @Test
    void h8NoticesALogThatIsRolledBack() {
        complete();
        serve(all -> all.subList(0, 4));
        assertEquals(Finding.ROLLBACK, finding());
        serve(all -> List.of());
        assertEquals(Finding.ROLLBACK, finding());
        proxy.behave();
        complete();
    }

    @Test
    void h8NoticesALogThatBeginsTooLate() {
        complete();
        serve(all -> all.subList(2, all.size()));
        assertEquals(Finding.LOG_CUT, finding());
        assertNewDeviceFinds(Finding.LOG_CUT);
    }

    @Test
    void aLogWhoseFirstEntryIs400DaysOldIsWhole() {
        long old = Instant.now().minus(Duration.ofDays(400)).toEpochMilli();
        serve(all -> chained(
                77,
                Bytes.copyOf(new byte[] {
                    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7
                }),
                all.stream().map(entry -> with(entry, 1, ZEROS, old)).toList()));
        try (Nescio other = World.connect(proxy);
                Account fresh = other.resume(
                        account.save(ProfileProtection.insecureInClear()), ProfileProtection.insecureInClear())) {
            assertEquals(
                    6,
                    assertInstanceOf(LogReading.Complete.class, fresh.log())
                            .events()
                            .size());
        }
    }

    /// Old as its first entry is made out to be, it is not what this device has seen.
    @Test
    void h8NoticesALogThatBeginsAfterWhatWasSeen() {
        long seen = complete().getLast().number();
        long old = Instant.now().minus(Duration.ofDays(500)).toEpochMilli();
        serve(all -> chained(
                seen + 2,
                ZEROS,
                all.stream().map(entry -> with(entry, 1, ZEROS, old)).toList()));
        assertEquals(Finding.LOG_CUT, finding());
    }

    @Test
    void h8NoticesAFirstEntryThatNamesAnotherBefore() {
        Bytes before = LogEntryHash.of(account.id(), new AccountLog.Entry(1, ZEROS, 0, "x", null, null, null));
        serve(all -> chained(1, before, all));
        assertNewDeviceFinds(Finding.LOG_BROKEN);
    }

    /// What no chain shows: the server never wrote it down. A device looks for what it has done itself.
    @Test
    void h8NoticesThatItsOwnSignInIsLeftOut() {
        proxy.mutate(LOG, page -> leftOut(page, LogKind.SIGNED_IN_WITH_RECOVERY_KEY));
        try (Nescio other = World.connect(proxy);
                Account fresh = signIn(other)) {
            assertEquals(Optional.of(Finding.LOG_OMITS), fresh.logFinding());
        }
    }

    @Test
    void h8NoticesThatItsOwnChangeIsLeftOut() {
        assertInstanceOf(
                SlotChange.Changed.class,
                account.changePassword("another horse, another battery".toCharArray(), false));
        assertEquals(Optional.empty(), account.logFinding());
        proxy.mutate(LOG, page -> without(page, 8));
        assertInstanceOf(
                SlotChange.Changed.class,
                account.changePassword("a third horse, a third battery".toCharArray(), false));
        assertEquals(
                Optional.of(Finding.LOG_OMITS), account.logFinding(), "the change before does not pass for this one");
    }

    /// The rest of the chain, as if the entries of this kind had never been written.
    private JsonNode leftOut(JsonNode page, LogKind kind) {
        List<AccountLog.Entry> rest = Json.LENIENT.treeToValue(page, AccountLog.Page.class).entries().stream()
                .filter(entry -> !entry.kind().equals(kind.text()))
                .toList();
        return json(new AccountLog.Page(
                rest.isEmpty()
                        ? rest
                        : chained(rest.getFirst().number(), rest.getFirst().previous(), rest),
                false));
    }

    private JsonNode without(JsonNode page, long number) {
        return json(new AccountLog.Page(
                Json.LENIENT.treeToValue(page, AccountLog.Page.class).entries().stream()
                        .filter(entry -> entry.number() != number)
                        .toList(),
                false));
    }

    @Test
    void h8SaysThatTheLogIsWithheldAndGoesOn() {
        proxy.takeOver((request, exchange) -> {
            boolean log = request.path().startsWith(LOG);
            if (log) {
                exchange.sendResponseHeaders(500, -1);
            }
            return log;
        });
        try (Nescio other = World.connect(proxy);
                Account fresh = signIn(other)) {
            assertEquals(Optional.of(Finding.LOG_WITHHELD), fresh.logFinding());
        }
    }

    @Test
    void h20RefusesALogThatNeverEnds() {
        proxy.mutate(LOG, page -> json(new AccountLog.Page(List.of(), true)));
        assertEquals(
                Finding.BAD_ANSWER,
                assertThrows(NescioException.Distrust.class, account::log).finding());
        AccountLog.Entry first = new AccountLog.Entry(1, ZEROS, 0, "x", null, null, null);
        proxy.mutate(LOG, page -> json(new AccountLog.Page(List.of(first), true)));
        assertEquals(
                Finding.LOG_BROKEN,
                assertThrows(NescioException.Distrust.class, account::log).finding());
        try (Nescio other = World.connect(proxy);
                Account fresh = signIn(other)) {
            assertEquals(Optional.of(Finding.LOG_BROKEN), fresh.logFinding(), "and it keeps nobody out");
        }
    }

    @Test
    void aKindThatIsNotKnownIsShownByItsName() {
        serve(all -> chained(
                1,
                ZEROS,
                all.stream()
                        .map(entry -> new AccountLog.Entry(
                                1, ZEROS, entry.time(), "file-unwrapped", entry.session(), null, null))
                        .toList()));
        try (Nescio other = World.connect(proxy);
                Account fresh = other.resume(
                        account.save(ProfileProtection.insecureInClear()), ProfileProtection.insecureInClear())) {
            LogEvent event = fresh.log().events().getFirst();
            assertEquals("file-unwrapped", event.kindText());
            assertTrue(event.kind().isEmpty());
        }
    }
}
