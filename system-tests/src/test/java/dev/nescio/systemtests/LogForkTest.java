package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.client.Account;
import dev.nescio.client.DeviceMemory;
import dev.nescio.client.Finding;
import dev.nescio.client.FromServer;
import dev.nescio.client.LogReading;
import dev.nescio.client.Nescio;
import dev.nescio.client.SignInNews;
import dev.nescio.client.SignInResult;
import dev.nescio.client.ThisDevice;
import dev.nescio.protocol.AccountLog;
import dev.nescio.protocol.AccountLog.Entry;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.LogKind;
import dev.nescio.sealing.v1.LogEntryHash;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// One log for each device: what the devices of an account tell each other of what they have seen of
/// it (spec, section 9.5), and who has signed in while one of them was off (10.20).
class LogForkTest extends AgainstHostileServer {

    private static final String LOG = "/v1/account/log";

    private Nescio laptop;
    private Nescio phone;
    private World.Person person;
    private Account onLaptop;

    @BeforeEach
    void begin() {
        laptop = device("laptop");
        phone = device("phone");
        World.Joined joined = World.join(laptop);
        person = joined.person();
        onLaptop = joined.account();
    }

    @AfterEach
    void end() {
        onLaptop.close();
        phone.close();
        laptop.close();
    }

    private static Nescio device(String name) {
        return Nescio.connect(proxy.uri(), DeviceMemory.inMemory(), () -> new ThisDevice(name, "test"));
    }

    private Account signIn(Nescio on) {
        return assertInstanceOf(SignInResult.SignedIn.class, on.signInWithRecoveryKey(person.recoveryKey, false))
                .account();
    }

    private Finding finding() {
        return assertInstanceOf(LogReading.Tampered.class, onLaptop.log()).finding();
    }

    private void assertComplete(Account account) {
        assertInstanceOf(LogReading.Complete.class, account.log());
    }

    /// Another whole chain in place of the one that the server keeps.
    private void serve(UnaryOperator<List<Entry>> change) {
        proxy.mutate((request, answer) -> {
            if (!request.path().startsWith(LOG)) {
                return answer;
            }
            long after = Long.parseLong(request.path().substring(request.path().indexOf('=') + 1));
            List<Entry> all = change.apply(stored());
            return Json.LENIENT.readTree(Json.LENIENT.writeValueAsBytes(new AccountLog.Page(
                    all.stream().filter(entry -> entry.number() > after).toList(), false)));
        });
    }

    private List<Entry> stored() {
        try (Nescio direct = Nescio.connect(world.uri());
                Account own = World.resumedAt(direct, world.uri(), proxy.uri(), onLaptop)) {
            List<Entry> entries = own.log().events().stream()
                    .map(event -> new Entry(
                            event.number(),
                            LogEntryHash.NONE,
                            event.time().toEpochMilli(),
                            event.kindText(),
                            event.session().orElse(null),
                            event.other().orElse(null),
                            event.slot().orElse(null),
                            null))
                    .toList();
            return chained(1, LogEntryHash.NONE, entries);
        }
    }

    private List<Entry> chained(long from, Bytes before, List<Entry> entries) {
        List<Entry> chain = new ArrayList<>();
        Bytes previous = before;
        long number = from;
        for (Entry entry : entries) {
            Entry next = new Entry(
                    number++, previous, entry.time(), entry.kind(), entry.session(), entry.other(), entry.slot(), null);
            chain.add(next);
            previous = LogEntryHash.of(onLaptop.id(), next);
        }
        return chain;
    }

    private static Entry renamed(Entry entry) {
        return new Entry(
                entry.number(),
                entry.previous(),
                entry.time(),
                LogKind.NAMES_CHANGED.text(),
                entry.session(),
                entry.other(),
                entry.slot(),
                null);
    }

    @Test
    void devicesThatAreShownOneLogSayNothing() {
        try (Account onPhone = signIn(phone)) {
            assertEquals(Optional.empty(), onPhone.logFinding());
            assertComplete(onLaptop);
            assertComplete(onPhone);
            try (Account again = signIn(laptop)) {
                assertEquals(Optional.empty(), again.logFinding());
                assertComplete(onPhone);
            }
        }
    }

    /// A whole chain, with the phone's own sign-in in it, of another past than the one that the
    /// laptop was shown.
    @Test
    void h8ANewDeviceNoticesALogThatIsNotTheOneOfTheOthers() {
        try (Nescio tablet = device("tablet")) {
            signIn(tablet).close();
        }
        assertComplete(onLaptop);
        serve(all -> {
            List<Entry> other = new ArrayList<>(all);
            other.set(1, renamed(all.get(1)));
            return chained(1, LogEntryHash.NONE, other);
        });
        try (Account onPhone = signIn(phone)) {
            assertEquals(Optional.of(Finding.LOG_DIFFERS), onPhone.logFinding());
            assertEquals(Optional.of(Finding.LOG_DIFFERS), onPhone.signInNews().finding());
            proxy.behave();
            assertComplete(onPhone);
        }
    }

    /// The laptop is shown a log that goes on from what it has seen, and leaves out what the phone has.
    @Test
    void h8ADeviceNoticesThatItsLogGoesOnOtherwiseThanThatOfAnother() {
        assertComplete(onLaptop);
        try (Account _ = signIn(phone)) {
            serve(all -> {
                List<Entry> other = new ArrayList<>(all);
                other.set(all.size() - 1, renamed(all.getLast()));
                return chained(1, LogEntryHash.NONE, other);
            });
            assertEquals(Finding.LOG_DIFFERS, finding());
            assertEquals(Optional.of(Finding.LOG_DIFFERS), onLaptop.signInNews().finding());
            assertEquals(Finding.LOG_DIFFERS, finding(), "it has taken nothing of it up");
            proxy.behave();
            assertComplete(onLaptop);
        }
    }

    @Test
    void h8ADeviceNoticesThatItIsShownLessThanAnother() {
        assertComplete(onLaptop);
        try (Account _ = signIn(phone)) {
            serve(all -> all.subList(0, all.size() - 1));
            assertEquals(Finding.LOG_DIFFERS, finding());
            proxy.behave();
            assertComplete(onLaptop);
        }
    }

    /// As if all that the others have seen were too old to be kept.
    @Test
    void h8ADeviceNoticesThatWhatAnotherHasSeenIsLeftOutAsIfItWereOld() {
        long old = Instant.now().minus(Duration.ofDays(500)).toEpochMilli();
        serve(all -> chained(
                100,
                LogEntryHash.of(onLaptop.id(), all.getLast()),
                all.stream()
                        .map(entry -> new Entry(
                                1,
                                entry.previous(),
                                old,
                                entry.kind(),
                                entry.session(),
                                entry.other(),
                                entry.slot(),
                                null))
                        .toList()));
        try (Account onPhone = signIn(phone)) {
            assertEquals(Optional.of(Finding.LOG_CUT), onPhone.logFinding());
        }
    }

    @Test
    void aDeviceThatWasOffLearnsOnceWhoHasSignedIn() {
        assertEquals(List.of(), onLaptop.signInNews().signIns());
        try (Account onPhone = signIn(phone);
                Account taken = World.resumedAt(laptop, proxy.uri(), proxy.uri(), onLaptop)) {
            SignInNews news = taken.signInNews();
            SignInNews.SignIn signIn = news.signIns().getFirst();
            assertEquals(1, news.signIns().size());
            assertEquals(onPhone.session(), signIn.session());
            assertEquals("phone", signIn.device().orElseThrow().name());
            assertTrue(signIn.live());
            assertEquals(Optional.of(new FromServer.Said("127.0.0.0/24")), signIn.origin());
            assertEquals(news, taken.signInNews(), "until a person was told");
            taken.signInNewsWereTold(news);
            proxy.takeSeen();
            assertEquals(List.of(), taken.signInNews().signIns());
            assertEquals(List.of(), proxy.takeSeen(), "where nothing is new nothing is asked");
        }
        try (Account taken = World.resumedAt(laptop, proxy.uri(), proxy.uri(), onLaptop)) {
            proxy.takeSeen();
            assertEquals(List.of(), taken.signInNews().signIns());
            assertEquals(List.of(), proxy.takeSeen());
        }
    }

    /// One that says nothing of itself, and is gone before anybody asks for the sessions.
    @Test
    void aDeviceThatGoesOnLearnsWhoHasSignedInSinceItBegan() {
        try (Account taken = World.resumedAt(laptop, proxy.uri(), proxy.uri(), onLaptop)) {
            taken.signInNewsWereTold(taken.signInNews());
            assertEquals(List.of(), taken.signInNews().signIns());
            proxy.drop(
                    request -> request.method().equals("PUT") && request.path().equals("/v1/devices"), false);
            try (Account onPhone = signIn(phone)) {
                onPhone.signOut();
            }
            proxy.behave();
            taken.logMayHaveGrown();
            SignInNews news = taken.signInNews();
            assertEquals(1, news.signIns().size());
            assertFalse(news.signIns().getFirst().live());
            taken.signInNewsWereTold(news);
            proxy.takeSeen();
            assertEquals(List.of(), taken.signInNews().signIns());
            assertEquals(List.of(), proxy.takeSeen());
        }
    }

    /// Else a server that has shown another log to the phone would keep the two from being compared.
    @Test
    void h8ALogThatCannotBeComparedIsNotCalledWhole() {
        assertComplete(onLaptop);
        proxy.mutate("/v1/sessions", answer -> {
            ObjectNode devices = (ObjectNode) answer.get("devices");
            devices.put("sealed", Bytes.copyOf(new byte[200]).base64url());
            return answer;
        });
        assertEquals(Finding.LOG_UNCOMPARED, finding());
        proxy.takeOver((request, exchange) -> {
            boolean sessions = request.path().equals("/v1/sessions");
            if (sessions) {
                exchange.sendResponseHeaders(500, -1);
            }
            return sessions;
        });
        assertEquals(Finding.LOG_UNCOMPARED, finding());
        proxy.behave();
        assertComplete(onLaptop);
    }

    @Test
    void aDeviceTellsTheOthersOnceHowMuchItHasChecked() {
        try (Account _ = signIn(phone);
                Account taken = World.resumedAt(laptop, proxy.uri(), proxy.uri(), onLaptop)) {
            for (long puts : new long[] {1, 0}) {
                proxy.takeSeen();
                taken.signInNews();
                assertEquals(
                        puts,
                        proxy.takeSeen().stream()
                                .filter(request -> request.path().equals("/v1/devices"))
                                .count());
            }
        }
    }

    @Test
    void whatIsNewMayBeMissedAndIsToldLater() {
        signIn(phone).close();
        try (Account taken = World.resumedAt(laptop, proxy.uri(), proxy.uri(), onLaptop)) {
            proxy.drop(request -> request.path().startsWith("/v1/sessions"), false);
            assertEquals(new SignInNews(Optional.empty(), List.of(), 0), taken.signInNews());
            proxy.behave();
            assertEquals(1, taken.signInNews().signIns().size());
        }
    }
}
