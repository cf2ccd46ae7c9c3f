package dev.nescio.server;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.Passwords;
import dev.nescio.protocol.SecondFactors;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.Transport;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;

/// A client whose account has a passkey and, until it adds one, no password.
final class Keyholder {

    final SoftAuthenticator authenticator;
    final SignUp.NewSlot passkey;
    final Passkeys.SignUpNow request;
    SignIn.SessionOpened session;

    private Client client;
    private final Clock clock;

    private Keyholder(Client client, Clock clock, SoftAuthenticator authenticator) {
        this.client = client;
        this.clock = clock;
        this.authenticator = authenticator;
        this.passkey = authenticator.slot();
        this.request = authenticator.signUp(passkey, challenge(), Device.bytes(32));
        this.session = client.post("/v1/signup/passkey", request).as(SignIn.SessionOpened.class);
    }

    static Keyholder signedUp(TestServer server) {
        return signedUp(server.client(), server.time());
    }

    static Keyholder signedUp(Client client, Clock clock) {
        return signedUp(client, clock, new SoftAuthenticator());
    }

    static Keyholder signedUp(Client client, Clock clock, SoftAuthenticator authenticator) {
        return new Keyholder(client, clock, authenticator);
    }

    /// From now on at this client's server.
    void reaches(Client other) {
        client = other;
    }

    Bytes challenge() {
        return client.send("POST", "/v1/passkeys/challenge", BodyPublishers.noBody())
                .as(Passkeys.Challenge.class)
                .challenge();
    }

    Client own() {
        return client.as(session.token());
    }

    /// A password of its own making, with the authenticator that the server drew for it.
    record Begun(Passwords.Start start, SecondFactors.Started started) {

        String code(Clock clock) {
            return Device.code(started.totpSecret(), clock.millis() / 30_000);
        }

        Passwords.Confirm confirm(String code, long counter) {
            return new Passwords.Confirm(started.pending(), code, new Counted(counter, Device.bytes(473)));
        }
    }

    static Passwords.Start password() {
        return new Passwords.Start(
                Device.passwordSlot(),
                Stream.generate(() -> Device.bytes(32)).limit(10).toList());
    }

    Begun begin() {
        return begin(password());
    }

    Begun begin(Passwords.Start start) {
        return new Begun(start, own().post("/v1/slots/password/start", start).as(SecondFactors.Started.class));
    }

    Client.Answer confirm(Begun begun, String code, long counter) {
        return own().post("/v1/slots/password/confirm", begun.confirm(code, counter));
    }

    /// Adds a password.
    ///
    /// @param counter of the directory that lists it
    Begun add(long counter) {
        Begun begun = begin();
        Client.Answer answer = confirm(begun, begun.code(clock), counter);
        if (answer.status() != 204) {
            throw new AssertionError(answer.text());
        }
        return begun;
    }

    Client.Answer remove(SlotId slot, long counter) {
        return own().post(
                        "/v1/slots/" + slot.hex() + "/remove",
                        new Passkeys.Remove(new Counted(counter, Device.bytes(473)), false));
    }

    Client.Answer lookUp() {
        return client.post("/v1/signin/lookup", new SignIn.Lookup(request.hashedEmail()));
    }

    Client.Answer signIn(Begun begun, String code) {
        return client.post(
                "/v1/signin",
                new SignIn.Attempt(
                        request.hashedEmail(), begun.start().slot().lookupHash(), code, null, Transport.BEARER, false));
    }

    Client.Answer signInWithBackupCode(Begun begun, int index) {
        return client.post(
                "/v1/signin",
                new SignIn.Attempt(
                        request.hashedEmail(),
                        begun.start().slot().lookupHash(),
                        null,
                        begun.start().backupCodeHashes().get(index),
                        Transport.BEARER,
                        false));
    }

    Client.Answer signInWithPasskey() {
        return client.post(
                "/v1/signin/passkey",
                new Passkeys.Attempt(authenticator.prove(challenge()), passkey.lookupHash(), Transport.BEARER, false));
    }

    SignIn.Account account() {
        return own().get("/v1/account").as(SignIn.Account.class);
    }

    List<SlotId> slots() {
        return account().slots().stream().map(SignIn.Slot::id).toList();
    }
}
