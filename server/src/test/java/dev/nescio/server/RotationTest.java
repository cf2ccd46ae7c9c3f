package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.DomainKeys;
import dev.nescio.protocol.RotationId;
import dev.nescio.protocol.Rotations;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Transport;
import dev.nescio.protocol.Versioned;
import dev.nescio.server.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Rotation of the master key (spec, section 10.13).
@ParameterizedClass
@EnumSource(Backend.class)
class RotationTest {

    private static final int WRAPPED_KEY = 137;
    private static final Duration SWEEP = Duration.ofMillis(10);
    private static final String STAGED = "SELECT COUNT(*) FROM rotated_container";

    private static TestServer server;

    @Parameter
    Backend backend;

    private Device device;
    private final List<ContainerId> containers = new ArrayList<>();
    private final RotationId rotation = new RotationId(Device.bytes(16));

    @BeforeParameterizedClassInvocation
    static void start(Backend backend) {
        server = TestServer.start(backend, false);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    /// Somebody with two chats, of which the first has an item.
    @BeforeEach
    void signUp() {
        device = Device.signedUp(server);
        for (long counter = 1; counter <= 2; counter++) {
            Sync.NewContainer chat = Device.container(counter);
            assertEquals(
                    201,
                    device.on(server).post("/v1/domains/chats/containers", chat).status());
            containers.add(chat.id());
        }
        assertEquals(
                200,
                commit(containers.getFirst(), Device.commit(2, Device.item())).status());
    }

    private Client.Answer commit(ContainerId container, Sync.Commit commit) {
        return device.on(server).post("/v1/containers/" + container.hex() + "/commits", commit);
    }

    private static Rotations.Container rotated(ContainerId container, long manifestCounter) {
        return new Rotations.Container(
                container,
                Device.bytes(WRAPPED_KEY),
                Device.bytes(WRAPPED_KEY),
                new Counted(manifestCounter, Device.bytes(217)));
    }

    private Client.Answer stage(RotationId id, Rotations.Container... some) {
        return device.on(server).put("/v1/rotations/" + id.hex() + "/containers", new Rotations.Stage(List.of(some)));
    }

    private void stageBoth() {
        assertEquals(
                204,
                stage(rotation, rotated(containers.getFirst(), 3), rotated(containers.getLast(), 2))
                        .status());
    }

    private static Rotations.Lists lists(long chats, long others) {
        return new Rotations.Lists(list(chats), list(others), list(others), list(others));
    }

    private static Counted list(long counter) {
        return new Counted(counter, Device.bytes(185));
    }

    private static DomainKeys keys() {
        return new DomainKeys(
                Device.bytes(WRAPPED_KEY),
                Device.bytes(WRAPPED_KEY),
                Device.bytes(WRAPPED_KEY),
                Device.bytes(WRAPPED_KEY),
                Device.bytes(WRAPPED_KEY));
    }

    private Rotations.Complete completion() {
        return completion(device.start.slot().id(), lists(3, 1), 1, 2);
    }

    private static Rotations.Complete completion(SlotId kept, Rotations.Lists lists, long devices, long profile) {
        return new Rotations.Complete(
                List.of(new Rotations.KeptSlot(kept, Device.bytes(WRAPPED_KEY))),
                Device.recoverySlot(),
                null,
                keys(),
                Device.keyPair(),
                new Versioned(profile, Device.bytes(201)),
                lists,
                list(devices),
                new Counted(2, Device.bytes(473)));
    }

    private Client.Answer complete(Rotations.Complete request) {
        return device.on(server).post("/v1/rotations/" + rotation.hex(), request);
    }

    private SignIn.Account account() {
        return device.on(server).get("/v1/account").as(SignIn.Account.class);
    }

    private Sync.ContainerPage page() {
        return device.on(server).get("/v1/domains/chats/containers").as(Sync.ContainerPage.class);
    }

    private SignIn.SessionOpened signIn() {
        server.time().pass(Duration.ofSeconds(30));
        return server.client()
                .post("/v1/signin", device.attempt(device.code(server.time())))
                .as(SignIn.SessionOpened.class);
    }

    private static Client.Answer signIn(SignUp.NewSlot recovery) {
        return server.client()
                .post(
                        "/v1/signin/key",
                        new SignIn.KeyAttempt(recovery.id(), recovery.lookupHash(), Transport.BEARER, false));
    }

    /// Everything that a rotation changes, as it is served, without the length of the log, which each sign-in makes
    /// longer.
    private List<Object> state() {
        SignIn.Account account = account();
        SignIn.Account apart = new SignIn.Account(
                account.account(),
                account.slots(),
                account.directory(),
                account.domainKeys(),
                account.keyPair(),
                account.profile(),
                0,
                account.resetUntil());
        return List.of(apart, page(), device.on(server).get("/v1/changes").as(Sync.Changes.class));
    }

    @Test
    void everythingChangesAtOnce() {
        Rotations.Container first = rotated(containers.getFirst(), 3);
        Rotations.Container second = rotated(containers.getLast(), 2);
        List<Object> before = state();
        assertEquals(204, stage(rotation, first).status());
        assertEquals(204, stage(rotation, second).status());
        assertEquals(before, state(), "nothing changes before the end");
        Bytes other = signIn().token();
        Rotations.Complete request = completion();
        assertEquals(204, complete(request).status());

        SignIn.Account account = account();
        assertEquals(request.directory(), account.directory());
        assertEquals(request.domainKeys(), account.domainKeys());
        assertEquals(request.profile(), account.profile());
        Sync.ContainerPage page = page();
        assertEquals(request.lists().chats(), page.list());
        assertEquals(
                List.of(first.wrappedKey(), second.wrappedKey()),
                page.containers().stream().map(Sync.Container::wrappedKey).toList());
        assertEquals(
                List.of(first.earlierKeys(), second.earlierKeys()),
                page.containers().stream().map(Sync.Container::earlierKeys).toList());
        assertEquals(
                List.of(first.manifest(), second.manifest()),
                page.containers().stream().map(Sync.Container::manifest).toList());
        assertEquals(401, server.client().as(other).get("/v1/session").status());
        SignIn.SessionOpened opened = signIn();
        SignIn.Slot password = opened.slots().stream()
                .filter(slot -> slot.id().equals(device.start.slot().id()))
                .findFirst()
                .orElseThrow();
        assertEquals(request.slots().getFirst().wrappedMasterKey(), password.wrappedMasterKey());
        assertEquals("401 sign-in-failed", signIn(device.start.recovery()).problemName());
        assertEquals(200, signIn(request.recovery()).status());
    }

    /// A client that polls learns of every container; commits go on after them.
    @Test
    void eachContainerHasChangedSince() {
        long before =
                device.on(server).get("/v1/changes").as(Sync.Changes.class).sequence();
        stageBoth();
        assertEquals(204, complete(completion()).status());
        Sync.Changes changes =
                device.on(server).get("/v1/changes?after=" + before).as(Sync.Changes.class);
        assertEquals(
                Set.copyOf(containers),
                changes.changes().stream().map(Sync.Container::id).collect(Collectors.toSet()));
        assertEquals(before + 2, changes.sequence());
        long next = commit(containers.getLast(), Device.commit(3, Device.item()))
                .as(Sync.Committed.class)
                .sequence();
        assertEquals(before + 3, next);
    }

    @Test
    void anAccountWithoutContainersIsRotatedAsWell() {
        device = Device.signedUp(server);
        assertEquals(
                204,
                complete(completion(device.start.slot().id(), lists(1, 1), 1, 2))
                        .status());
        assertEquals(
                0, device.on(server).get("/v1/changes").as(Sync.Changes.class).sequence());
        // Whoever still has the old keys cannot begin the domain.
        assertEquals(
                "409 list-conflict",
                device.on(server)
                        .post("/v1/domains/chats/containers", Device.container(1))
                        .problemName());
        Sync.NewContainer chat = Device.container(2);
        assertEquals(
                201,
                device.on(server).post("/v1/domains/chats/containers", chat).status());
        assertEquals(0, page().containers().getFirst().position());
        assertNull(page().containers().getFirst().earlierKeys());
    }

    @Test
    void theSameCompletionTwiceIsDoneOnce() {
        stageBoth();
        Rotations.Complete request = completion();
        assertEquals(204, complete(request).status());
        Bytes since = signIn().token();
        List<Object> after = state();
        assertEquals(204, complete(request).status());
        assertEquals(after, state());
        assertEquals(200, server.client().as(since).get("/v1/session").status());
    }

    @Test
    void nothingIsLeftBehindOrTakenFromAnother() {
        long before = staged();
        Device stranger = Device.signedUp(server);
        Client.Answer taken = stranger.on(server)
                .put(
                        "/v1/rotations/" + rotation.hex() + "/containers",
                        new Rotations.Stage(List.of(rotated(containers.getFirst(), 3))));
        assertEquals("404 not-found", taken.problemName());
        stageBoth();
        assertEquals(204, complete(completion()).status());
        assertEquals(before, staged());
    }

    private static long staged() {
        return server.number(STAGED);
    }

    @Test
    void whatIsMissingOrHasChangedKeepsEverythingAsItIs() {
        List<Object> before = state();
        assertConflict(before, completion(), "nothing is staged");
        assertEquals(204, stage(rotation, rotated(containers.getFirst(), 3)).status());
        assertConflict(before, completion(), "one of two is staged");
        RotationId another = new RotationId(Device.bytes(16));
        assertEquals(204, stage(another, rotated(containers.getLast(), 2)).status());
        assertConflict(before, completion(), "the other one by another rotation");
        assertEquals(204, stage(rotation, rotated(containers.getLast(), 3)).status());
        assertConflict(before, completion(), "a manifest that does not follow");
        stageBoth();
        SlotId slot = device.start.slot().id();
        assertConflict(before, completion(slot, lists(2, 1), 1, 2), "a list that does not follow");
        assertConflict(before, completion(slot, lists(3, 2), 1, 2), "a list of an empty domain that is not the first");
        assertConflict(before, completion(slot, lists(3, 1), 2, 2), "a device list that does not follow");
        assertConflict(before, completion(slot, lists(3, 1), 1, 3), "a profile that does not follow");
        assertEquals(
                200,
                commit(containers.getLast(), Device.commit(2, Device.item())).status());
        assertConflict(state(), completion(), "a commit since");
        assertEquals(204, stage(rotation, rotated(containers.getLast(), 3)).status());
        assertEquals(204, complete(completion()).status());
    }

    private void assertConflict(List<Object> before, Rotations.Complete request, String why) {
        assertEquals("409 rotation-conflict", complete(request).problemName(), why);
        assertEquals(before, state(), why);
        assertEquals(200, signIn(device.start.recovery()).status(), why);
    }

    @Test
    void twoSessionsRotateBesideEachOther() {
        Client other = server.client().as(signIn().token());
        Rotations.Container first = rotated(containers.getFirst(), 3);
        Rotations.Container second = rotated(containers.getLast(), 2);
        assertEquals(204, stage(rotation, first, second).status());
        for (RotationId id : List.of(new RotationId(Device.bytes(16)), rotation)) {
            assertEquals(
                    204,
                    other.put(
                                    "/v1/rotations/" + id.hex() + "/containers",
                                    new Rotations.Stage(List.of(
                                            rotated(containers.getFirst(), 3), rotated(containers.getLast(), 2))))
                            .status());
        }
        assertEquals(204, complete(completion()).status());
        assertEquals(
                List.of(first.wrappedKey(), second.wrappedKey()),
                page().containers().stream().map(Sync.Container::wrappedKey).toList());
        assertEquals(401, other.get("/v1/session").status());
    }

    @Test
    void whatAnotherSessionHasStagedIsNotCompleted() {
        Client other = server.client().as(signIn().token());
        stageBoth();
        List<Object> before = state();
        assertEquals(
                "409 rotation-conflict",
                other.post("/v1/rotations/" + rotation.hex(), completion()).problemName());
        assertEquals(before, state());
    }

    @Test
    void aDirectoryThatDoesNotFollowChangesNothing() {
        stageBoth();
        List<Object> before = state();
        Rotations.Complete sound = completion();
        Client.Answer answer = complete(new Rotations.Complete(
                sound.slots(),
                sound.recovery(),
                null,
                sound.domainKeys(),
                sound.keyPair(),
                sound.profile(),
                sound.lists(),
                sound.devices(),
                new Counted(3, sound.directory().sealed())));
        assertEquals("409 directory-conflict", answer.problemName());
        assertEquals(1, answer.problem().directoryCounter());
        assertEquals(before, state());
    }

    private static Rotations.Complete with(Rotations.Complete sound, SignUp.NewSlot password) {
        return new Rotations.Complete(
                List.of(),
                sound.recovery(),
                password,
                sound.domainKeys(),
                sound.keyPair(),
                sound.profile(),
                sound.lists(),
                sound.devices(),
                sound.directory());
    }

    /// The authenticator stays, and so do the backup codes.
    @Test
    void anotherPasswordComesInTheSameStep() {
        SignUp.NewSlot next = Device.passwordSlot();
        stageBoth();
        Rotations.Complete request = with(completion(), next);
        List<Object> before = state();
        assertConflict(
                before, with(completion(device.start.slot().id(), lists(2, 1), 1, 2), next), "nothing by itself");
        assertEquals(204, complete(request).status());
        assertEquals(204, complete(request).status(), "the same again");
        server.time().pass(Duration.ofSeconds(30));
        String code = device.code(server.time());
        assertEquals(
                "401 sign-in-failed",
                server.client().post("/v1/signin", device.attempt(code)).problemName());
        SignIn.SessionOpened opened =
                server.client().post("/v1/signin", device.attempt(next, code)).as(SignIn.SessionOpened.class);
        SignIn.Slot slot = opened.slots().stream()
                .filter(each -> each.id().equals(opened.slot()))
                .findFirst()
                .orElseThrow();
        assertEquals(next.wrappedMasterKey(), slot.wrappedMasterKey());
        assertEquals(next.salt(), slot.salt());
        assertEquals(2, opened.slots().size(), "it, and the recovery key");
        assertEquals(
                200,
                server.client()
                        .post("/v1/signin", device.attemptWithBackupCode(next, 0))
                        .status());
    }

    @Test
    void anotherPasswordHasAnIdOfItsOwn() {
        stageBoth();
        List<Object> before = state();
        SignUp.NewSlot next = Device.passwordSlot();
        SignUp.NewSlot taken = SignUp.NewSlot.of(
                SignIn.Slot.password(
                        device.start.recovery().id(),
                        next.salt(),
                        new Argon2Parameters(next.memoryKiB(), next.passes(), next.lanes()),
                        next.wrappedMasterKey()),
                next.lookupHash());
        assertEquals("400 bad-request", complete(with(completion(), taken)).problemName());
        assertEquals(before, state());
    }

    @Test
    void onlyPasswordsAndPasskeysOfTheAccountCanStay() {
        stageBoth();
        List<Object> before = state();
        for (SlotId slot : List.of(
                new SlotId(Device.bytes(16)),
                device.start.recovery().id(),
                Device.signedUp(server).start.slot().id())) {
            assertEquals(
                    "400 bad-request",
                    complete(completion(slot, lists(3, 1), 1, 2)).problemName());
            assertEquals(before, state());
        }
    }

    @Test
    void whatWaitsIsGoneAfterAnHour(@TempDir Path folder) throws Exception {
        TestTime time = new TestTime();
        Settings settings = TestServer.settings(folder, backend.fresh(folder), false);
        try (Server sweeping = Server.start(settings, time, time.ticker(), SWEEP);
                Client client = new Client(sweeping.port())) {
            Device other = Device.signedUp(client, time);
            Client signedIn = client.as(other.session.token());
            Sync.NewContainer chat = Device.container(1);
            assertEquals(
                    201, signedIn.post("/v1/domains/chats/containers", chat).status());
            assertEquals(
                    204,
                    signedIn.put(
                                    "/v1/rotations/" + rotation.hex() + "/containers",
                                    new Rotations.Stage(List.of(rotated(chat.id(), 2))))
                            .status());
            time.pass(Duration.ofMinutes(59));
            Thread.sleep(SWEEP.multipliedBy(10));
            assertEquals(1, TestServer.number(settings, STAGED));
            time.pass(Duration.ofMinutes(1));
            Patience.until(() -> TestServer.number(settings, STAGED) == 0);
        }
    }

    /// SQLite's own files: what a rotation replaces is written over where it stands, and the log is cut.
    @Test
    void theFilesHoldNothingOfWhatWasReplaced(@TempDir Path folder) throws Exception {
        if (backend != Backend.SQLITE) {
            return;
        }
        TestTime time = new TestTime();
        Settings settings = TestServer.settings(folder, backend.fresh(folder), false);
        try (Server tidying = Server.start(settings, time, time.ticker(), SWEEP);
                Client client = new Client(tidying.port())) {
            Device person = Device.signedUp(client, time);
            Client signedIn = client.as(person.session.token());
            Sync.NewContainer chat = Device.container(1);
            assertEquals(
                    201, signedIn.post("/v1/domains/chats/containers", chat).status());
            List<Bytes> replaced = new ArrayList<>(List.of(
                    person.start.domainKeys().chats(),
                    person.start.domainKeys().profile(),
                    person.start.keyPair().privateKey(),
                    person.start.profile(),
                    person.start.directory(),
                    chat.wrappedKey(),
                    chat.manifest(),
                    chat.list().sealed()));
            replaced.addAll(octets(settings, "SELECT wrapped_master_key FROM password_slot"));
            replaced.addAll(octets(settings, "SELECT wrapped_master_key FROM recovery_slot"));
            assertEquals(10, replaced.size());
            // The log may be moved into the file between reading the one and the other.
            Patience.until(() -> replaced.stream().allMatch(each -> isInFiles(folder, each)));
            assertEquals(
                    204,
                    signedIn.put(
                                    "/v1/rotations/" + rotation.hex() + "/containers",
                                    new Rotations.Stage(List.of(rotated(chat.id(), 2))))
                            .status());
            assertEquals(
                    204,
                    signedIn.post(
                                    "/v1/rotations/" + rotation.hex(),
                                    completion(person.start.slot().id(), lists(2, 1), 1, 2))
                            .status());
            Patience.until(() -> replaced.stream().noneMatch(each -> isInFiles(folder, each)));
            assertEquals(200, signedIn.get("/v1/account").status());
        }
    }

    private static List<Bytes> octets(Settings settings, String query) throws SQLException {
        List<Bytes> found = new ArrayList<>();
        try (Connection connection = Backend.connect(settings.database());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                found.add(Bytes.copyOf(rows.getBytes(1)));
            }
        }
        return found;
    }

    private static boolean isInFiles(Path folder, Bytes sought) {
        String text = new String(sought.toArray(), StandardCharsets.ISO_8859_1);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// An account so large that to prepare it takes longer than what is staged may wait.
    @Test
    void whatWaitsIsKeptAsLongAsItsRotationGoesOn(@TempDir Path folder) throws InterruptedException {
        TestTime time = new TestTime();
        Settings settings = TestServer.settings(folder, backend.fresh(folder), false);
        try (Server sweeping = Server.start(settings, time, time.ticker(), SWEEP);
                Client client = new Client(sweeping.port())) {
            Device large = Device.signedUp(client, time);
            Client signedIn = client.as(large.session.token());
            List<ContainerId> all = new ArrayList<>();
            for (long counter = 1; counter <= 3; counter++) {
                Sync.NewContainer chat = Device.container(counter);
                assertEquals(
                        201, signedIn.post("/v1/domains/chats/containers", chat).status());
                all.add(chat.id());
            }
            for (ContainerId container : all) {
                prove(signedIn, large);
                assertEquals(
                        204,
                        signedIn.put(
                                        "/v1/rotations/" + rotation.hex() + "/containers",
                                        new Rotations.Stage(List.of(rotated(container, 2))))
                                .status());
                time.pass(Duration.ofMinutes(40));
                Thread.sleep(SWEEP.multipliedBy(10));
            }
            assertEquals(3, TestServer.number(settings, STAGED));
            prove(signedIn, large);
            assertEquals(
                    204,
                    signedIn.post(
                                    "/v1/rotations/" + rotation.hex(),
                                    completion(large.start.slot().id(), lists(4, 1), 1, 2))
                            .status());
        }
    }

    private static void prove(Client signedIn, Device device) {
        SignUp.NewSlot key = device.start.recovery();
        assertEquals(
                204,
                signedIn.post("/v1/session/proof", new SignIn.Proof(key.lookupHash(), null, null, key.id()))
                        .status());
    }

    @Test
    void needsAFreshProof() {
        stageBoth();
        server.time().pass(Duration.ofMinutes(5));
        assertEquals(
                "403 proof-required",
                stage(rotation, rotated(containers.getFirst(), 3)).problemName());
        List<Object> before = state();
        assertEquals("403 proof-required", complete(completion()).problemName());
        assertEquals(before, state());
    }

    @Test
    void theBoundsOfARequestAreChecked() {
        assertEquals(
                "400 bad-request",
                device.on(server)
                        .put(
                                "/v1/rotations/" + rotation.hex() + "/containers",
                                Map.of(
                                        "containers",
                                        Stream.generate(() -> rotated(new ContainerId(Device.bytes(16)), 2))
                                                .limit(Rotations.MOST_AT_ONCE + 1)
                                                .toList()))
                        .problemName());
    }
}
