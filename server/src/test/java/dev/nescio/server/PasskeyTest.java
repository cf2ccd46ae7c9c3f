package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccessKeys;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.SecondFactors;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.SlotKind;
import dev.nescio.protocol.Slots;
import dev.nescio.protocol.Transport;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Passkeys (spec, section 10.12), with an authenticator that also makes what no browser would.
@ParameterizedClass
@EnumSource(Backend.class)
class PasskeyTest {

    private static TestServer server;

    @Parameter
    Backend backend;

    private Device device;
    private long counter;

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
        device = Device.signedUp(server);
        counter = 1;
    }

    /// An authenticator whose passkey the account has.
    private record Key(SoftAuthenticator authenticator, SignUp.NewSlot slot) {

        private static Key fresh() {
            return of(new SoftAuthenticator());
        }

        private static Key of(SoftAuthenticator authenticator) {
            return new Key(authenticator, authenticator.slot());
        }

        private Passkeys.Attempt attempt() {
            return attempt(challenge());
        }

        private Passkeys.Attempt attempt(Bytes challenge) {
            return new Passkeys.Attempt(authenticator.prove(challenge), slot.lookupHash(), Transport.BEARER, false);
        }

        private SignIn.Proof proof() {
            return new SignIn.Proof(slot.lookupHash(), null, null, null, authenticator.prove(challenge()));
        }
    }

    private static Bytes challenge() {
        Passkeys.Challenge answer = server.client()
                .send("POST", "/v1/passkeys/challenge", BodyPublishers.noBody())
                .as(Passkeys.Challenge.class);
        assertEquals(TestServer.URL.rpId(), answer.rpId());
        assertEquals(server.time().millis() + Duration.ofMinutes(5).toMillis(), answer.expiresAt());
        return answer.challenge();
    }

    private Client.Answer add(Key key) {
        return add(key, key.authenticator().create(challenge()));
    }

    private Client.Answer add(Key key, Passkeys.Registration registration) {
        return device.on(server)
                .put(
                        "/v1/slots/passkey",
                        new Passkeys.Add(key.slot(), registration, new Counted(counter + 1, Device.bytes(473))));
    }

    private Key added() {
        return added(Key.fresh());
    }

    private Key added(Key key) {
        assertEquals(204, add(key).status());
        counter++;
        return key;
    }

    private Client.Answer remove(SlotId slot) {
        return device.on(server)
                .post(
                        "/v1/slots/" + slot.hex() + "/remove",
                        new Passkeys.Remove(new Counted(counter + 1, Device.bytes(473)), false));
    }

    private static Client.Answer signIn(Passkeys.Attempt attempt) {
        return server.client().post("/v1/signin/passkey", attempt);
    }

    private SignIn.Slot shown(SlotId id) {
        return device.on(server).get("/v1/account").as(SignIn.Account.class).slots().stream()
                .filter(slot -> slot.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(value = SoftAuthenticator.Algorithm.class, names = "RS1", mode = EnumSource.Mode.EXCLUDE)
    void opensASessionWithItsWrappedKey(SoftAuthenticator.Algorithm algorithm) {
        Key key = added(Key.of(new SoftAuthenticator(algorithm)));
        key.authenticator().userHandle = device.start.account().bytes();
        SignIn.SessionOpened opened = signIn(key.attempt()).as(SignIn.SessionOpened.class);
        assertEquals(device.start.account(), opened.account());
        assertEquals(key.slot().id(), opened.slot());
        assertTrue(opened.slots().contains(key.slot().asSlot()));
        assertEquals(3, opened.slots().size());
        assertEquals(200, server.client().as(opened.token()).get("/v1/session").status());
    }

    @Test
    void isListedWithoutItsWrappedKey() {
        Key key = added();
        SignIn.Slot shown = shown(key.slot().id());
        assertEquals(SlotKind.PASSKEY, shown.kind());
        assertEquals(key.authenticator().credentialId, shown.credentialId());
        assertNull(shown.wrappedMasterKey());
        assertNull(shown.cloneRefusedAt());
    }

    @Test
    void severalEachOpenTheAccount() {
        Key one = added();
        Key other = added();
        assertEquals(200, signIn(one.attempt()).status());
        assertEquals(200, signIn(other.attempt()).status());
    }

    @Test
    void whatABrowserWouldNotMakeIsNoPasskey() {
        for (Consumer<SoftAuthenticator> spoil : List.<Consumer<SoftAuthenticator>>of(
                authenticator -> authenticator.origin = "https://nescio.example.com",
                authenticator -> authenticator.origin = "http://nescio.example.org",
                authenticator -> authenticator.origin = "https://nescio.example.org:8443",
                authenticator -> authenticator.rpId = "example.org",
                authenticator -> authenticator.creationType = "webauthn.get",
                authenticator -> authenticator.creationType = "payment.create",
                authenticator -> vouchedFor(authenticator, SoftAuthenticator.Vouching.NONE),
                authenticator -> vouchedFor(authenticator, SoftAuthenticator.Vouching.SELF_FORGED),
                authenticator -> vouchedFor(authenticator, SoftAuthenticator.Vouching.SELF_OTHER_ALGORITHM),
                authenticator -> vouchedFor(authenticator, SoftAuthenticator.Vouching.CERTIFICATE),
                authenticator -> authenticator.format = "no-such-format",
                authenticator -> authenticator.crossOrigin = true,
                authenticator -> authenticator.topOrigin = "https://nescio.example.com",
                authenticator -> authenticator.flags = SoftAuthenticator.PRESENT,
                authenticator -> authenticator.flags = SoftAuthenticator.VERIFIED)) {
            Key key = Key.fresh();
            spoil.accept(key.authenticator());
            assertEquals("422 passkey-refused", add(key).problemName());
        }
        assertEquals(
                "422 passkey-refused",
                add(Key.of(new SoftAuthenticator(SoftAuthenticator.Algorithm.RS1)))
                        .problemName());
        assertEquals(
                2,
                device.on(server)
                        .get("/v1/account")
                        .as(SignIn.Account.class)
                        .slots()
                        .size());
    }

    private static void vouchedFor(SoftAuthenticator authenticator, SoftAuthenticator.Vouching by) {
        authenticator.format = "packed";
        authenticator.vouching = by;
    }

    /// Browsers pass it on where "none" was asked for: it tells nothing of the authenticator (WebAuthn, section 5.1.3).
    @ParameterizedTest
    @EnumSource(value = SoftAuthenticator.Algorithm.class, names = "RS1", mode = EnumSource.Mode.EXCLUDE)
    void anAuthenticatorMayVouchForItself(SoftAuthenticator.Algorithm algorithm) {
        Key key = Key.of(new SoftAuthenticator(algorithm));
        vouchedFor(key.authenticator(), SoftAuthenticator.Vouching.SELF);
        added(key);
        assertEquals(200, signIn(key.attempt()).status());
    }

    @Test
    void theCredentialIdMustBeTheOneThatWasMade() {
        Key key = Key.fresh();
        Passkeys.Registration registration = key.authenticator().create(challenge());
        key.authenticator().credentialId = Device.bytes(32);
        assertEquals(
                "422 passkey-refused",
                add(Key.of(key.authenticator()), registration).problemName());
    }

    @Test
    void damagedEncodingsAreRefused() {
        SoftAuthenticator authenticator = new SoftAuthenticator();
        byte[] whole = authenticator.attestationObject().toArray();
        byte[] deep = new byte[4096];
        Arrays.fill(deep, (byte) 0x81);
        byte[] hugeMap = {(byte) 0xbb, 0x7f, -1, -1, -1, -1, -1, -1, -1};
        byte[] hugeBytes = {(byte) 0xa1, 0x68, 'a', 'u', 't', 'h', 'D', 'a', 't', 'a', 0x5a, 0x7f, -1, -1, -1};
        for (byte[] damaged : new byte[][] {
            Arrays.copyOf(whole, whole.length - 1),
            Arrays.copyOf(whole, 60),
            {0},
            {(byte) 0xa0},
            deep,
            hugeMap,
            hugeBytes
        }) {
            Bytes challenge = challenge();
            Passkeys.Registration good = authenticator.create(challenge);
            assertEquals(
                    "422 passkey-refused",
                    add(
                                    Key.of(authenticator),
                                    new Passkeys.Registration(challenge, good.clientDataJSON(), Bytes.copyOf(damaged)))
                            .problemName());
        }
    }

    @Test
    void damagedClientDataIsRefused() {
        SoftAuthenticator authenticator = new SoftAuthenticator();
        for (String damaged : List.of(
                "{", "null", "[]", "{}", "\"webauthn.create\"", "[".repeat(2048), "{\"type\":\"webauthn.create\"}")) {
            assertEquals(
                    "422 passkey-refused",
                    add(
                                    Key.of(authenticator),
                                    new Passkeys.Registration(
                                            challenge(),
                                            Bytes.copyOf(damaged.getBytes(StandardCharsets.UTF_8)),
                                            authenticator.attestationObject()))
                            .problemName(),
                    damaged);
        }
    }

    @Test
    void aChallengeWorksOnceAndForFiveMinutes() {
        Key key = Key.fresh();
        Bytes challenge = challenge();
        Passkeys.Registration registration = key.authenticator().create(challenge);
        Key wrong = Key.fresh();
        assertEquals("422 passkey-refused", add(wrong, registration).problemName(), "another credential id");
        assertEquals(
                "422 passkey-refused",
                add(key, key.authenticator().create(Device.bytes(32))).problemName(),
                "never drawn");
        assertEquals(204, add(key, registration).status(), "a try that fails uses nothing up");
        counter++;
        assertEquals(204, remove(key.slot().id()).status());
        counter++;
        assertEquals("422 passkey-refused", add(key, registration).problemName(), "used before");
        added(key);

        Passkeys.Attempt attempt = key.attempt();
        Passkeys.Attempt unsigned = new Passkeys.Attempt(
                Key.fresh().authenticator().prove(attempt.passkey().challenge()),
                attempt.lookupHash(),
                Transport.BEARER,
                false);
        assertEquals("401 sign-in-failed", signIn(unsigned).problemName());
        assertEquals(200, signIn(attempt).status(), "a try that fails uses nothing up");
        assertEquals("401 sign-in-failed", signIn(attempt).problemName());
        Bytes early = challenge();
        Bytes late = challenge();
        server.time().pass(Duration.ofMinutes(5).minusSeconds(1));
        assertEquals(200, signIn(key.attempt(early)).status());
        server.time().pass(Duration.ofSeconds(1));
        assertEquals("401 sign-in-failed", signIn(key.attempt(late)).problemName());
    }

    @Test
    void theChallengeThatWasSignedMustBeTheOneThatIsNamed() {
        Key key = added();
        Passkeys.Assertion signed = key.authenticator().prove(Device.bytes(32));
        Passkeys.Assertion named = new Passkeys.Assertion(
                signed.credentialId(),
                challenge(),
                signed.clientDataJSON(),
                signed.authenticatorData(),
                signed.signature(),
                null);
        assertEquals(
                "401 sign-in-failed",
                signIn(new Passkeys.Attempt(named, key.slot().lookupHash(), Transport.BEARER, false))
                        .problemName());
    }

    @Test
    void whatABrowserWouldNotSignOpensNothing() {
        Key key = added();
        for (Consumer<SoftAuthenticator> spoil : List.<Consumer<SoftAuthenticator>>of(
                authenticator -> authenticator.origin = "https://nescio.example.com",
                authenticator -> authenticator.rpId = "example.org",
                authenticator -> authenticator.proofType = "webauthn.create",
                authenticator -> authenticator.crossOrigin = true,
                authenticator -> authenticator.topOrigin = "https://nescio.example.com",
                authenticator -> authenticator.flags = SoftAuthenticator.PRESENT,
                authenticator -> authenticator.flags = SoftAuthenticator.VERIFIED,
                authenticator -> authenticator.userHandle = Device.bytes(16),
                // A credential that nobody has registered, and one whose id is known but whose key is not.
                authenticator -> authenticator.credentialId = Device.bytes(32))) {
            SoftAuthenticator spoilt = key.authenticator();
            Bytes credentialId = spoilt.credentialId;
            spoil.accept(spoilt);
            assertEquals("401 sign-in-failed", signIn(key.attempt()).problemName());
            spoilt.origin = TestServer.URL.origin();
            spoilt.rpId = TestServer.URL.rpId();
            spoilt.proofType = "webauthn.get";
            spoilt.crossOrigin = false;
            spoilt.topOrigin = null;
            spoilt.flags = SoftAuthenticator.PRESENT | SoftAuthenticator.VERIFIED;
            spoilt.userHandle = null;
            spoilt.credentialId = credentialId;
            assertEquals(200, signIn(key.attempt()).status());
        }
        SoftAuthenticator foreign = new SoftAuthenticator();
        foreign.credentialId = key.authenticator().credentialId;
        assertEquals(
                "401 sign-in-failed",
                signIn(new Key(foreign, key.slot()).attempt()).problemName());
    }

    @Test
    void needsTheSignatureAndTheLookupHash() {
        Key key = added();
        Passkeys.Assertion right = key.authenticator().prove(challenge());
        assertEquals(
                "401 sign-in-failed",
                signIn(new Passkeys.Attempt(right, Device.bytes(32), Transport.BEARER, false))
                        .problemName());
        Passkeys.Assertion unsigned = new Passkeys.Assertion(
                right.credentialId(),
                challenge(),
                right.clientDataJSON(),
                right.authenticatorData(),
                Device.bytes(70),
                null);
        assertEquals(
                "401 sign-in-failed",
                signIn(new Passkeys.Attempt(unsigned, key.slot().lookupHash(), Transport.BEARER, false))
                        .problemName());
        // Nor does the lookup hash alone, where a recovery key's would do.
        assertEquals(
                "401 sign-in-failed",
                server.client()
                        .post(
                                "/v1/signin/key",
                                new SignIn.KeyAttempt(
                                        key.slot().id(), key.slot().lookupHash(), Transport.BEARER, false))
                        .problemName());
    }

    @Test
    void aCopyOfTheAuthenticatorIsRefusedAndShown() {
        Key key = Key.fresh();
        key.authenticator().count = 5;
        added(key);
        key.authenticator().count = 6;
        assertEquals(200, signIn(key.attempt()).status());
        for (long copied : new long[] {6, 5, 0}) {
            key.authenticator().count = copied;
            assertEquals("401 sign-in-failed", signIn(key.attempt()).problemName());
        }
        assertEquals(server.time().millis(), shown(key.slot().id()).cloneRefusedAt());
        key.authenticator().count = 7;
        assertEquals(200, signIn(key.attempt()).status(), "the other one goes on");
        assertEquals(server.time().millis(), shown(key.slot().id()).cloneRefusedAt());
    }

    /// As password managers make them; whether one has been copied changes, whether it may be does not.
    @Test
    void oneThatIsCopiedBetweenDevicesWorks() {
        Key key = Key.fresh();
        int flags = SoftAuthenticator.PRESENT | SoftAuthenticator.VERIFIED | SoftAuthenticator.MAY_BE_COPIED;
        for (int copied : new int[] {SoftAuthenticator.COPIED, 0, SoftAuthenticator.COPIED}) {
            key.authenticator().flags = flags | copied;
            if (counter == 1) {
                added(key);
            }
            assertEquals(200, signIn(key.attempt()).status());
        }
    }

    @Test
    void aCountThatIsAlwaysZeroIsNone() {
        Key key = added();
        assertEquals(200, signIn(key.attempt()).status());
        assertEquals(200, signIn(key.attempt()).status());
        assertNull(shown(key.slot().id()).cloneRefusedAt());
    }

    @Test
    void provesForAChange() {
        Key key = added();
        server.time().pass(Duration.ofMinutes(5));
        Slots.Recovery change = new Slots.Recovery(Device.recoverySlot(), new Counted(counter + 1, Device.bytes(473)));
        assertEquals(
                "403 proof-required",
                device.on(server).put("/v1/slots/recovery", change).problemName());
        Client own = device.on(server);
        SignIn.Proof unsigned = key.proof();
        assertEquals(
                "401 sign-in-failed",
                own.post("/v1/session/proof", new SignIn.Proof(Device.bytes(32), null, null, null, unsigned.passkey()))
                        .problemName());
        Device other = Device.signedUp(server);
        assertEquals(
                "401 sign-in-failed",
                other.on(server).post("/v1/session/proof", key.proof()).problemName(),
                "of another account");
        assertEquals(
                "403 proof-required",
                device.on(server).put("/v1/slots/recovery", change).problemName());
        assertEquals(204, own.post("/v1/session/proof", key.proof()).status());
        assertEquals(204, own.put("/v1/slots/recovery", change).status());
    }

    @Test
    void addingNeedsAFreshProofAndTheNextDirectory() {
        Key key = Key.fresh();
        Passkeys.Registration registration = key.authenticator().create(challenge());
        for (long wrong : new long[] {0, 2}) {
            counter = wrong;
            Client.Answer answer = add(key, registration);
            assertEquals("409 directory-conflict", answer.problemName());
            assertEquals(1, answer.problem().directoryCounter());
        }
        counter = 1;
        server.time().pass(Duration.ofMinutes(5));
        assertEquals("403 proof-required", add(key).problemName());
        assertEquals("401 sign-in-failed", signIn(key.attempt()).problemName());
    }

    @Test
    void aConflictUsesNoChallengeUp() {
        Key key = Key.fresh();
        Passkeys.Registration registration = key.authenticator().create(challenge());
        counter = 2;
        assertEquals("409 directory-conflict", add(key, registration).problemName());
        counter = 1;
        assertEquals(204, add(key, registration).status());
    }

    @Test
    void theSameRequestTwiceIsDoneOnce() {
        Key key = Key.fresh();
        Passkeys.Add request = new Passkeys.Add(
                key.slot(), key.authenticator().create(challenge()), new Counted(2, Device.bytes(473)));
        assertEquals(204, device.on(server).put("/v1/slots/passkey", request).status());
        assertEquals(204, device.on(server).put("/v1/slots/passkey", request).status());
        Passkeys.Remove removal = new Passkeys.Remove(new Counted(3, Device.bytes(473)), false);
        String path = "/v1/slots/" + key.slot().id().hex() + "/remove";
        assertEquals(204, device.on(server).post(path, removal).status());
        assertEquals(204, device.on(server).post(path, removal).status());
    }

    @Test
    void aPasskeyIsOfOneAccountAndOneSlot() {
        Key key = added();
        assertEquals("422 passkey-refused", add(Key.of(key.authenticator())).problemName());
        Device first = device;
        device = Device.signedUp(server);
        counter = 1;
        assertEquals("422 passkey-refused", add(Key.of(key.authenticator())).problemName());
        assertEquals(
                1,
                device.on(server)
                        .get("/v1/account")
                        .as(SignIn.Account.class)
                        .directory()
                        .counter());
        device = first;
        assertEquals(200, signIn(key.attempt()).status());
    }

    @Test
    void anAccountHasAtMostThirtyTwo() {
        for (int i = 0; i < 32; i++) {
            added();
        }
        assertEquals("422 passkey-refused", add(Key.fresh()).problemName());
        assertEquals(
                34,
                device.on(server)
                        .get("/v1/account")
                        .as(SignIn.Account.class)
                        .slots()
                        .size());
    }

    @Test
    void aRemovedOneOpensNothing() {
        Key key = added();
        assertEquals(204, remove(key.slot().id()).status());
        counter++;
        assertEquals("401 sign-in-failed", signIn(key.attempt()).problemName());
        assertEquals("404 not-found", remove(key.slot().id()).problemName());
        assertEquals("409 last-way-in", remove(device.start.slot().id()).problemName(), "a password");
        assertEquals("404 not-found", remove(device.start.recovery().id()).problemName(), "a recovery key");
        Key others = added();
        device = Device.signedUp(server);
        counter = 1;
        assertEquals("404 not-found", remove(others.slot().id()).problemName(), "another account's");
        assertEquals(
                1,
                device.on(server)
                        .get("/v1/account")
                        .as(SignIn.Account.class)
                        .directory()
                        .counter());
    }

    private Passkeys.SignUpNow signUp(Key key, Bytes hashedEmail) {
        return key.authenticator().signUp(key.slot(), challenge(), hashedEmail);
    }

    private static Client.Answer signUp(Passkeys.SignUpNow request) {
        return server.client().post("/v1/signup/passkey", request);
    }

    @Test
    void anAccountNeedsNoPassword() {
        Key key = Key.fresh();
        Passkeys.SignUpNow request = signUp(key, Device.bytes(32));
        SignIn.SessionOpened opened = signUp(request).as(SignIn.SessionOpened.class);
        assertEquals(request.account(), opened.account());
        assertEquals(key.slot().id(), opened.slot());
        assertEquals(List.of(key.slot().asSlot(), request.recovery().asSlot()), opened.slots());
        assertEquals(200, server.client().as(opened.token()).get("/v1/session").status());
        assertEquals(200, signIn(key.attempt()).status());
        assertEquals(
                200,
                server.client()
                        .post(
                                "/v1/signin/key",
                                new SignIn.KeyAttempt(
                                        request.recovery().id(),
                                        request.recovery().lookupHash(),
                                        Transport.BEARER,
                                        false))
                        .status());
        // The last way in stays, and so do the recovery key and the session. An access key is no way in.
        Client own = server.client().as(opened.token());
        SignUp.NewSlot access = Device.accessSlot("all", null);
        assertEquals(
                204,
                own.put("/v1/slots/access", new AccessKeys.Add(access, new Counted(2, Device.bytes(473))))
                        .status());
        assertEquals(
                "409 last-way-in",
                own.post(
                                "/v1/slots/" + key.slot().id().hex() + "/remove",
                                new Passkeys.Remove(new Counted(3, Device.bytes(473)), true))
                        .problemName());
        assertEquals(
                2, own.get("/v1/account").as(SignIn.Account.class).directory().counter());
        assertEquals(200, signIn(key.attempt()).status());
    }

    @Test
    void withoutAPasswordThereIsNoSecondFactorToChange() {
        SignIn.SessionOpened opened =
                signUp(signUp(Key.fresh(), Device.bytes(32))).as(SignIn.SessionOpened.class);
        Client own = server.client().as(opened.token());
        long before = server.countAll();
        List<Bytes> codes = Stream.generate(() -> Device.bytes(32)).limit(10).toList();
        Slots.Password password = new Slots.Password(Device.passwordSlot(), new Counted(2, Device.bytes(473)), false);
        assertEquals("404 not-found", own.put("/v1/slots/password", password).problemName());
        assertEquals(
                "404 not-found",
                own.send("POST", "/v1/totp/start", BodyPublishers.noBody()).problemName());
        assertEquals(
                "404 not-found",
                own.put("/v1/backup-codes", new SecondFactors.BackupCodes(codes))
                        .problemName());
        assertEquals(
                "401 sign-in-failed",
                own.post("/v1/session/proof", new SignIn.Proof(Device.bytes(32), "123456", null, null))
                        .problemName());
        assertEquals(before, server.countAll());
        assertEquals(
                1, own.get("/v1/account").as(SignIn.Account.class).directory().counter());
    }

    @Test
    void aDirectoryCanBeReplacedAlone() {
        Key key = added();
        Client own = device.on(server);
        Counted next = new Counted(counter + 1, Device.bytes(473));
        assertEquals(204, own.put("/v1/directory", next).status());
        assertEquals(204, own.put("/v1/directory", next).status(), "the same again");
        SignIn.Account account = own.get("/v1/account").as(SignIn.Account.class);
        assertEquals(next, account.directory());
        assertEquals(3, account.slots().size());
        assertEquals(200, signIn(key.attempt()).status());
        Client.Answer conflict = own.put("/v1/directory", new Counted(counter + 1, Device.bytes(473)));
        assertEquals("409 directory-conflict", conflict.problemName());
        assertEquals(counter + 1, conflict.problem().directoryCounter());
        server.time().pass(Duration.ofMinutes(5));
        assertEquals(
                "403 proof-required",
                own.put("/v1/directory", new Counted(counter + 2, Device.bytes(473)))
                        .problemName());
    }

    @Test
    void aSignUpThatIsRefusedLeavesNothing() {
        long before = server.countAll();
        Key key = Key.fresh();
        assertEquals(
                "409 address-taken",
                signUp(signUp(key, device.start.hashedEmail())).problemName());
        key.authenticator().flags = SoftAuthenticator.PRESENT;
        assertEquals(
                "422 passkey-refused", signUp(signUp(key, Device.bytes(32))).problemName());
        assertEquals(before, server.countAll());
        Key taken = added();
        before = server.countAll();
        assertEquals(
                "422 passkey-refused",
                signUp(signUp(Key.of(taken.authenticator()), Device.bytes(32))).problemName());
        assertEquals(before, server.countAll());
    }

    @Test
    void surviveARestartWithoutAPasswordInTheDatabase() {
        Key key = Key.fresh();
        signUp(signUp(key, Device.bytes(32))).as(SignIn.SessionOpened.class);
        server.restart();
        assertEquals(200, signIn(key.attempt()).status());
    }
}
