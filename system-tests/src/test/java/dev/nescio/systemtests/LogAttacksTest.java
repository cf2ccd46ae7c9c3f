package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.client.Account;
import dev.nescio.client.DeviceMemory;
import dev.nescio.client.Finding;
import dev.nescio.client.FromServer;
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
import dev.nescio.sealing.v1.OriginNote;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The log of an account, and what a server can make devices believe of it (spec, section 9.5).
class LogAttacksTest extends AgainstHostileServer {

    private static final String LOG = "/v1/account/log";
    private static final Bytes ZEROS = Bytes.copyOf(new byte[32]);

    private final DeviceMemory memory = DeviceMemory.inMemory();
    private volatile Bytes lastOfLong = ZEROS;
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

    /// A server that also hides what the devices have told each other of the log, from then on.
    private static void hostile(HostileProxy.Mutation change) {
        proxy.mutate((request, answer) -> {
            if (request.path().equals("/v1/sessions") && answer instanceof ObjectNode sessions) {
                sessions.remove("devices");
            }
            return change.apply(request, answer);
        });
    }

    /// The log as the server keeps it, whichever pages are asked for.
    private void serve(UnaryOperator<List<AccountLog.Entry>> change) {
        List<AccountLog.Entry> all = change.apply(stored());
        hostile((request, answer) -> {
            if (!request.path().startsWith(LOG)) {
                return answer;
            }
            long after = Long.parseLong(request.path().substring(request.path().indexOf('=') + 1));
            return json(new AccountLog.Page(
                    all.stream().filter(entry -> entry.number() > after).toList(), false));
        });
    }

    private List<AccountLog.Entry> stored() {
        try (Nescio direct = Nescio.connect(world.uri());
                Account own = direct.resume(saved(), ProfileProtection.insecureInClear())) {
            return entries(own);
        }
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
                    event.slot().orElse(null),
                    null);
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
        return new AccountLog.Entry(
                number, previous, time, entry.kind(), entry.session(), entry.other(), entry.slot(), entry.note());
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
            assertEquals(OptionalLong.of(3), again.newLogEvents(), "a program has read it, and shown nobody");
        }
        account.logWasShown(assertInstanceOf(LogReading.Complete.class, account.log()));
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
                            3,
                            entry.previous(),
                            entry.time(),
                            LogKind.PAIRED.text(),
                            entry.session(),
                            null,
                            null,
                            null));
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
        assertEquals(Finding.LOG_BROKEN, finding(), "what came later cannot be older");
        serve(all -> chained(seen + 2, ZEROS, all));
        assertEquals(Finding.LOG_CUT, finding());
        assertEquals(Finding.LOG_CUT, finding(), "it takes nothing of that up");
        proxy.behave();
        complete();
    }

    /// Nothing but its hour tells that what this device has seen was left out: it goes on from there.
    @Test
    void h8NoticesThatAllThatWasSeenIsLeftOut() {
        AtomicReference<Bytes> last = new AtomicReference<>();
        long seen = complete().getLast().number();
        long old = Instant.now().minus(Duration.ofDays(500)).toEpochMilli();
        serve(all -> {
            last.set(LogEntryHash.of(account.id(), all.getLast()));
            return chained(
                    seen + 1,
                    last.get(),
                    all.stream().map(entry -> with(entry, 1, ZEROS, old)).toList());
        });
        assertEquals(Finding.LOG_BROKEN, finding());
        serve(all -> chained(seen + 1, last.get(), all));
        assertEquals(Finding.LOG_CUT, finding());
        assertEquals(Finding.LOG_CUT, finding(), "it is told again");
        proxy.behave();
        complete();
    }

    /// A memory that does not know the hour of the last entry takes it for a young one.
    @Test
    void h8NoticesThatAllThatWasSeenIsLeftOutWithoutItsHour() {
        long old = Instant.now().minus(Duration.ofDays(500)).toEpochMilli();
        serve(all -> chained(
                8, ZEROS, all.stream().map(entry -> with(entry, 1, ZEROS, old)).toList()));
        DeviceMemory without = DeviceMemory.inMemory();
        without.remember(account.id().hex() + "/log", new DeviceMemory.Mark(6, ZEROS));
        try (Nescio other = Nescio.connect(proxy.uri(), without);
                Account fresh = resumed(other)) {
            for (int i = 0; i < 2; i++) {
                assertEquals(
                        Finding.LOG_CUT,
                        assertInstanceOf(LogReading.Tampered.class, fresh.log()).finding());
            }
        }
    }

    private Account resumed(Nescio on) {
        return on.resume(account.save(ProfileProtection.insecureInClear()), ProfileProtection.insecureInClear());
    }

    @Test
    void aDeviceThatWasAwayFor400DaysIsToldOnceThatTheLogDoesNotReachBack() {
        serve(all -> chained(1, ZEROS, dated(all, Duration.ofDays(450))));
        try (Nescio other = World.connect(proxy);
                Account away = resumed(other)) {
            assertInstanceOf(LogReading.Complete.class, away.log());
            serve(all -> chained(100, ZEROS, dated(all, Duration.ofDays(410))));
            assertEquals(
                    Finding.LOG_CUT,
                    assertInstanceOf(LogReading.Tampered.class, away.log()).finding());
            assertInstanceOf(LogReading.Complete.class, away.log());
        }
    }

    private static List<AccountLog.Entry> dated(List<AccountLog.Entry> all, Duration ago) {
        long time = Instant.now().minus(ago).toEpochMilli();
        return all.stream().map(entry -> with(entry, 1, ZEROS, time)).toList();
    }

    /// The entries since the last one are whole, and leave out the sign-in; the whole log has it, and is
    /// another history.
    @Test
    void h8NoticesALogThatIsAnotherOneWhereAllOfItIsAskedFor() {
        hostile((request, answer) -> {
            if (!request.path().startsWith(LOG)) {
                return answer;
            }
            List<AccountLog.Entry> all = new ArrayList<>(
                    Json.LENIENT.treeToValue(answer, AccountLog.Page.class).entries());
            if (!request.path().endsWith("after=0")) {
                return json(new AccountLog.Page(all.subList(0, 1), false));
            }
            all.set(1, all.get(2));
            return json(new AccountLog.Page(chained(1, ZEROS, all), false));
        });
        try (Account again = signIn(nescio)) {
            assertEquals(Optional.of(Finding.FORK), again.logFinding());
        }
    }

    @Test
    void h8NoticesThatItsSignInIsMadeOutToBeAnother() {
        proxy.mutateAndHideDevices(LOG, page -> {
            List<AccountLog.Entry> all = new ArrayList<>(
                    Json.LENIENT.treeToValue(page, AccountLog.Page.class).entries());
            AccountLog.Entry last = all.removeLast();
            all.add(new AccountLog.Entry(
                    last.number(),
                    last.previous(),
                    last.time(),
                    LogKind.SIGNED_IN_WITH_PASSWORD.text(),
                    last.session(),
                    null,
                    last.slot(),
                    null));
            return json(new AccountLog.Page(all, false));
        });
        try (Nescio other = World.connect(proxy);
                Account fresh = signIn(other)) {
            assertEquals(Optional.of(Finding.LOG_OMITS), fresh.logFinding());
        }
    }

    /// The server gives a session the id of an earlier one, whose sign-in this device has seen hours ago.
    @Test
    void h8NoticesThatAnEarlierSignInPassesForThisOne() {
        AtomicReference<String> earlier = new AtomicReference<>();
        AtomicLong shown = new AtomicLong(Long.MAX_VALUE);
        long begin = Instant.now().minus(Duration.ofDays(1)).toEpochMilli();
        hostile((request, answer) -> {
            if (request.path().equals("/v1/signin/key") && earlier.get() != null) {
                ((ObjectNode) answer).put("session", earlier.get());
            }
            if (!request.path().startsWith(LOG)) {
                return answer;
            }
            long after = Long.parseLong(request.path().substring(request.path().indexOf('=') + 1));
            List<AccountLog.Entry> spread = stored().stream()
                    .map(entry -> with(entry, 1, ZEROS, begin + entry.number() * 3_600_000))
                    .toList();
            return json(new AccountLog.Page(
                    chained(1, ZEROS, spread).stream()
                            .filter(entry -> entry.number() > after && entry.number() <= shown.get())
                            .toList(),
                    false));
        });
        try (Nescio other = Nescio.connect(proxy.uri(), DeviceMemory.inMemory());
                Account first = signIn(other);
                Account second = signIn(other)) {
            assertEquals(Optional.empty(), second.logFinding());
            earlier.set(first.session().hex());
            shown.set(8);
            try (Account third = signIn(other)) {
                assertEquals(first.session(), third.session());
                assertEquals(Optional.of(Finding.LOG_OMITS), third.logFinding());
            }
        }
    }

    /// What a device reads of the log while it changes something is no reason to miss its entry.
    @Test
    void aLogThatIsReadWhileAChangeIsUnderWayIsNoAlarm() {
        proxy.takeOver((request, exchange) -> {
            if (!request.path().equals("/v1/slots/password")) {
                return false;
            }
            proxy.passOn(request, exchange);
            account.log();
            exchange.sendResponseHeaders(204, -1);
            return true;
        });
        assertInstanceOf(
                SlotChange.Changed.class,
                account.changePassword("another horse, another battery".toCharArray(), false));
        assertEquals(Optional.empty(), account.logFinding());
    }

    /// The change is made, refused in words, and left out of the log.
    @Test
    void h8NoticesThatAChangeIsLeftOutWhoseAnswerWasExchanged() {
        AtomicBoolean refused = new AtomicBoolean();
        proxy.takeOver((request, exchange) -> {
            if (!request.path().equals("/v1/slots/password") || refused.getAndSet(true)) {
                return false;
            }
            proxy.passOn(request, exchange);
            byte[] conflict = "{\"type\":\"urn:nescio:problem:directory-conflict\",\"status\":409}"
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
            exchange.sendResponseHeaders(409, conflict.length);
            exchange.getResponseBody().write(conflict);
            return true;
        });
        proxy.mutateAndHideDevices(LOG, page -> leftOut(page, LogKind.PASSWORD_CHANGED));
        assertInstanceOf(
                SlotChange.Changed.class,
                account.changePassword("another horse, another battery".toCharArray(), false));
        assertTrue(refused.get());
        assertEquals(Optional.of(Finding.LOG_OMITS), account.logFinding());
    }

    /// Whoever has a session can fill a log, and must not hide by that what was before.
    @Test
    void aLogThatIsLongerThanADeviceReadsIsShownWithAWarning() {
        int page = 500;
        hostile((request, answer) -> answer);
        proxy.takeOver((request, exchange) -> {
            if (!request.path().startsWith(LOG)) {
                return false;
            }
            long after = Long.parseLong(request.path().substring(request.path().indexOf('=') + 1));
            List<AccountLog.Entry> entries = new ArrayList<>();
            for (long number = after + 1; number <= after + page; number++) {
                AccountLog.Entry entry = new AccountLog.Entry(number, lastOfLong, 0, "x", null, null, null, null);
                lastOfLong = LogEntryHash.of(account.id(), entry);
                entries.add(entry);
            }
            byte[] body = Json.STRICT.writeValueAsBytes(new AccountLog.Page(entries, true));
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            return true;
        });
        try (Nescio other = World.connect(proxy);
                Account fresh = resumed(other)) {
            LogReading.Tampered reading = assertInstanceOf(LogReading.Tampered.class, fresh.log());
            assertEquals(Finding.LOG_TOO_LONG, reading.finding());
            assertTrue(reading.events().size() >= 200_000);
        }
    }

    @Test
    void h8NoticesAFirstEntryThatNamesAnotherBefore() {
        Bytes before = LogEntryHash.of(account.id(), new AccountLog.Entry(1, ZEROS, 0, "x", null, null, null, null));
        serve(all -> chained(1, before, all));
        assertNewDeviceFinds(Finding.LOG_BROKEN);
    }

    /// What no chain shows: the server never wrote it down. A device looks for what it has done itself.
    @Test
    void h8NoticesThatItsOwnSignInIsLeftOut() {
        proxy.mutateAndHideDevices(LOG, page -> leftOut(page, LogKind.SIGNED_IN_WITH_RECOVERY_KEY));
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
        proxy.mutateAndHideDevices(LOG, page -> without(page, 8));
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
        proxy.mutateAndHideDevices(LOG, page -> json(new AccountLog.Page(List.of(), true)));
        assertEquals(
                Finding.BAD_ANSWER,
                assertThrows(NescioException.Distrust.class, account::log).finding());
        AccountLog.Entry first = new AccountLog.Entry(1, ZEROS, 0, "x", null, null, null, null);
        proxy.mutateAndHideDevices(LOG, page -> json(new AccountLog.Page(List.of(first), true)));
        assertEquals(
                Finding.LOG_BROKEN,
                assertThrows(NescioException.Distrust.class, account::log).finding());
        try (Nescio other = World.connect(proxy);
                Account fresh = signIn(other)) {
            assertEquals(Optional.of(Finding.LOG_BROKEN), fresh.logFinding(), "and it keeps nobody out");
        }
    }

    @Test
    void aPersonIsToldAsTheServersWordFromWhereSessionsWereOpened() {
        for (LogEvent event : complete()) {
            assertEquals(
                    event.kind().orElseThrow() == LogKind.BACKUP_CODE_USED
                            ? Optional.empty()
                            : Optional.of(new FromServer.Said("127.0.0.0/24")),
                    event.origin());
        }
    }

    /// The log is shown all the same, and nothing in it is taken for what it is not.
    @Test
    void h4ANoteThatIsNotOfThisEntryOfThisAccountOpensNowhere() {
        List<Bytes> foreign = new ArrayList<>();
        foreign.add(Bytes.copyOf(new byte[56]));
        foreign.add(Bytes.copyOf(new byte[0]));
        foreign.add(Bytes.copyOf(new byte[100_000]));
        Bytes ownFirst = note(account, 1);
        foreign.add(ownFirst);
        try (Nescio other = World.connect(proxy);
                Account eve = World.signIn(other, world.signUp())) {
            foreign.add(note(eve, 1));
            foreign.add(note(eve, 3));
        }
        int opened = complete().size();
        for (Bytes note : foreign) {
            proxy.mutate(LOG, page -> replaceNotes(page, number -> note));
            List<LogEvent> events = complete();
            assertEquals(opened, events.size());
            for (LogEvent event : events) {
                boolean own = event.number() == 1 && note.equals(ownFirst);
                assertEquals(
                        own ? new FromServer.Said("127.0.0.0/24") : new FromServer.Unreadable(),
                        event.origin().orElseThrow());
            }
        }
        proxy.mutate(LOG, page -> replaceNotes(page, number -> null));
        assertTrue(complete().stream().allMatch(event -> event.origin().isEmpty()));
    }

    private static Bytes note(Account of, long number) {
        AtomicReference<Bytes> found = new AtomicReference<>();
        proxy.mutate(LOG, page -> {
            page.get("entries").forEach(entry -> {
                if (entry.get("number").asLong() == number) {
                    found.set(Bytes.parse(entry.get("note").asString()));
                }
            });
            return page;
        });
        of.log();
        return found.get();
    }

    /// @param note of the entry of a number; null for none
    private static JsonNode replaceNotes(JsonNode page, LongFunction<Bytes> note) {
        for (JsonNode entry : page.get("entries")) {
            Bytes next = note.apply(entry.get("number").asLong());
            if (next == null) {
                ((ObjectNode) entry).remove("note");
            } else {
                ((ObjectNode) entry).put("note", next.base64url());
            }
        }
        return page;
    }

    private Bytes publicKey() {
        AtomicReference<Bytes> served = new AtomicReference<>();
        proxy.mutate("/v1/account", answer -> {
            if (answer.has("keyPair")) {
                served.set(Bytes.parse(answer.at("/keyPair/publicKey").asString()));
            }
            return answer;
        });
        nescio.resume(account.save(ProfileProtection.insecureInClear()), ProfileProtection.insecureInClear())
                .close();
        return served.get();
    }

    /// That it opens does not mean that it is true.
    @Test
    void h4WhatTheServerMakesUpOpensAsItsWordAlone() {
        Bytes publicKey = publicKey();
        OriginNote invented = new OriginNote(Bytes.parseHex("c63364"));
        proxy.mutate(LOG, page -> replaceNotes(page, number -> invented.seal(publicKey, account.id(), number)));
        for (LogEvent event : complete()) {
            assertEquals(Optional.of(new FromServer.Said("198.51.100.0/24")), event.origin());
        }
    }

    @Test
    void aKindThatIsNotKnownIsShownByItsName() {
        serve(all -> chained(
                1,
                ZEROS,
                all.stream()
                        .map(entry -> new AccountLog.Entry(
                                1, ZEROS, entry.time(), "file-unwrapped", entry.session(), null, null, null))
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
