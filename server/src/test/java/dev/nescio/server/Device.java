package dev.nescio.server;

import com.eatthepath.otp.HmacOneTimePasswordGenerator;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.DomainKeys;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.KeyPair;
import dev.nescio.protocol.MailedCodes;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.SlotKind;
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Transport;
import dev.nescio.protocol.Versioned;
import dev.nescio.server.http.Caller;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;

/// Stands in for a client: random bytes of the right sizes, since a server cannot tell them from envelopes.
final class Device {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int WRAPPED_KEY = 137;

    final SignUp.Start start;
    Bytes totpSecret;
    SignIn.SessionOpened session;

    private Device(SignUp.Start start) {
        this.start = start;
    }

    static Device fresh() {
        return fresh(bytes(32), null);
    }

    /// @param mailedCode null where mail is off
    static Device fresh(Bytes hashedEmail, MailedCodes.Proof mailedCode) {
        return fresh(hashedEmail, keyPair(), mailedCode);
    }

    private static Device fresh(Bytes hashedEmail, KeyPair pair, MailedCodes.Proof mailedCode) {
        return new Device(new SignUp.Start(
                AccountId.generate(RANDOM),
                hashedEmail,
                passwordSlot(),
                recoverySlot(),
                new DomainKeys(
                        bytes(WRAPPED_KEY),
                        bytes(WRAPPED_KEY),
                        bytes(WRAPPED_KEY),
                        bytes(WRAPPED_KEY),
                        bytes(WRAPPED_KEY)),
                pair,
                bytes(201),
                bytes(473),
                Stream.generate(() -> bytes(32)).limit(10).toList(),
                mailedCode));
    }

    static KeyPair keyPair() {
        return new KeyPair(bytes(32), bytes(WRAPPED_KEY));
    }

    static SignUp.NewSlot passwordSlot() {
        return new SignUp.NewSlot(
                SlotId.generate(RANDOM), SlotKind.PASSWORD, bytes(16), 65536, 3, 1, bytes(32), bytes(WRAPPED_KEY));
    }

    static SignUp.NewSlot recoverySlot() {
        return SignUp.NewSlot.of(SignIn.Slot.recovery(SlotId.generate(RANDOM), bytes(WRAPPED_KEY)), bytes(32));
    }

    /// Of an access key that does not end, unless there is an end.
    static SignUp.NewSlot accessSlot(String scope, Long expiresAt) {
        int length = scope.equals("all") ? WRAPPED_KEY : 201;
        return SignUp.NewSlot.of(
                SignIn.Slot.access(SlotId.generate(RANDOM), Scope.parse(scope), expiresAt, null, null, bytes(length)),
                bytes(32));
    }

    /// A device that has signed up.
    static Device signedUp(TestServer server) {
        return signedUp(server.client(), server.time());
    }

    static Device signedUp(Client client, Clock clock) {
        return signedUp(client, clock, keyPair());
    }

    static Device signedUp(Client client, Clock clock, KeyPair pair) {
        return fresh(bytes(32), pair, null).signUp(client, clock);
    }

    static Device signedUp(Client client, Clock clock, SignUp.Start start) {
        return new Device(start).signUp(client, clock);
    }

    Device signUp(Client client, Clock clock) {
        SignUp.Started started = client.post("/v1/signup/start", start).as(SignUp.Started.class);
        totpSecret = started.totpSecret();
        session = client.post(
                        "/v1/signup/confirm",
                        new SignUp.Confirm(started.signup(), code(clock), Transport.BEARER, false))
                .as(SignIn.SessionOpened.class);
        return this;
    }

    Client on(TestServer server) {
        return server.client().as(session.token());
    }

    String code(Clock clock) {
        return code(totpSecret, clock.millis() / 30_000);
    }

    static String code(Bytes secret, long step) {
        try {
            return new HmacOneTimePasswordGenerator(6)
                    .generateOneTimePasswordString(new SecretKeySpec(secret.toArray(), "HmacSHA1"), step, Locale.ROOT);
        } catch (InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }

    /// A code that none of the accepted steps has.
    static String wrongCode(Bytes secret, Clock clock) {
        long now = clock.millis() / 30_000;
        for (int i = 0; ; i++) {
            String code = String.format(Locale.ROOT, "%06d", i);
            if (Stream.of(now - 1, now, now + 1)
                    .noneMatch(step -> code(secret, step).equals(code))) {
                return code;
            }
        }
    }

    SignIn.Attempt attempt(String code) {
        return new SignIn.Attempt(start.hashedEmail(), start.slot().lookupHash(), code, null, Transport.BEARER, false);
    }

    SignIn.Attempt attempt(SignUp.NewSlot slot, String code) {
        return new SignIn.Attempt(start.hashedEmail(), slot.lookupHash(), code, null, Transport.BEARER, false);
    }

    SignIn.Attempt attemptWithBackupCode(int index) {
        return attemptWithBackupCode(start.slot(), index);
    }

    SignIn.Attempt attemptWithBackupCode(SignUp.NewSlot slot, int index) {
        return new SignIn.Attempt(
                start.hashedEmail(),
                slot.lookupHash(),
                null,
                start.backupCodeHashes().get(index),
                Transport.BEARER,
                false);
    }

    static Caller caller() {
        return new Caller(AccountId.generate(RANDOM), SessionId.generate(RANDOM), 1, 2, false, null);
    }

    static Bytes sha256(Bytes bytes) {
        try {
            return Bytes.copyOf(MessageDigest.getInstance("SHA-256").digest(bytes.toArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static Bytes bytes(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return Bytes.copyOf(bytes);
    }

    static Sync.NewContainer container(long listCounter) {
        return new Sync.NewContainer(
                ContainerId.generate(RANDOM),
                bytes(WRAPPED_KEY),
                bytes(200),
                bytes(217),
                new Counted(listCounter, bytes(185)));
    }

    static Sync.ItemWrite item() {
        return item(ItemId.generate(RANDOM), 1);
    }

    static Sync.ItemWrite item(ItemId id, long version) {
        return new Sync.ItemWrite(id, version, bytes(300));
    }

    static Sync.Commit commit(long counter, Sync.ItemWrite... items) {
        return new Sync.Commit(new Counted(counter, bytes(217)), List.of(items), null);
    }

    static Sync.Commit metadata(long counter, long version) {
        return new Sync.Commit(new Counted(counter, bytes(217)), List.of(), new Versioned(version, bytes(200)));
    }
}
