package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.keys.AccessKey;
import dev.nescio.keys.Address;
import dev.nescio.keys.Argon2Policy;
import dev.nescio.keys.BackupCode;
import dev.nescio.keys.Credential;
import dev.nescio.keys.Password;
import dev.nescio.keys.RecoveryKey;
import dev.nescio.keys.ResetCode;
import dev.nescio.protocol.AccessKeys;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.MailedCodes;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.Resets;
import dev.nescio.protocol.ServerInfo;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.Transport;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// A server, as a client that trusts it with nothing but storage. The way in to this SDK; safe for use by
/// many threads.
///
/// ```java
/// try (Nescio nescio = Nescio.connect(URI.create("http://localhost:8300"))) {
///     switch (nescio.signIn("ada@example.org", password, SecondFactor.totp("492039"))) {
///         case SignInResult.SignedIn(Account account) -> {
///             Chat chat = account.chats().create("Plans");
///             chat.send("Hello, other device.");
///             chat.messages().forEach(message -> System.out.println(message.text()));
///         }
///         case SignInResult.Failed() -> System.out.println("Address, password or code is wrong.");
///     }
/// }
/// ```
public final class Nescio implements AutoCloseable {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Api api;
    private final DeviceMemory memory;
    private final Supplier<ThisDevice> device;
    private final SecureRandom random = new SecureRandom();

    private Nescio(Api api, DeviceMemory memory, Supplier<ThisDevice> device) {
        this.api = api;
        this.memory = memory;
        this.device = device;
    }

    /// Connects to nothing yet; remembers for as long as the program runs.
    ///
    /// @throws IllegalArgumentException unless it is an https address, or http on this machine
    public static Nescio connect(URI server) {
        return connect(server, DeviceMemory.inMemory());
    }

    /// @param memory what this device remembers of the server from earlier
    public static Nescio connect(URI server, DeviceMemory memory) {
        return connect(server, memory, () -> ThisDevice.ofHost("sdk"));
    }

    /// @param device what the account's other devices are told of this one when it signs in, and asked for only then
    public static Nescio connect(URI server, DeviceMemory memory, Supplier<ThisDevice> device) {
        boolean https = "https".equals(server.getScheme());
        boolean local = "http".equals(server.getScheme()) && LOOPBACK.contains(Objects.toString(server.getHost(), ""));
        if (server.getHost() == null || !(https || local)) {
            throw new IllegalArgumentException(
                    "A server is given as https://host, or as http://localhost:port on this machine.");
        }
        return new Nescio(new Api(server.resolve("/")), memory, device);
    }

    /// Makes the keys of a new account on this device and announces it. Nothing is kept by the server until
    /// [PendingSignUp#confirm]: there is no password without a second factor.
    ///
    /// @param password not kept; the caller wipes it
    /// @throws IllegalArgumentException with words for the person, if the address or password is not
    /// acceptable
    public SignUpResult signUp(String address, char[] password) {
        return signUp(Address.parse(address), password, Optional.empty());
    }

    /// The same where mail is on, with the code that [#insecureSendAddress] had mailed.
    ///
    /// @param code as it was typed
    /// @throws IllegalArgumentException with words for the person, if the code or password is not
    /// acceptable
    public SignUpResult signUp(MailedCode mailed, String code, char[] password) {
        return signUp(mailed.address(), password, Optional.of(mailed.proof(code)));
    }

    private SignUpResult signUp(Address address, char[] password, Optional<MailedCodes.Proof> mailedCode) {
        try (Password normalised = Password.of(password)) {
            normalised.requireFitForCreation();
            return PendingSignUp.start(api, memory, random, device, address, normalised, mailedCode);
        }
    }

    /// Whether whoever signs up has to confirm the address by mail, as the server says. Nothing is sent
    /// but the question.
    public boolean isMailOn() {
        try {
            return api.get("/v1/server", null, ServerInfo.class).mail();
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    /// Sends the address to the server **in clear**, so that it mails a code there. Nothing else in
    /// this SDK does, but [#insecureSendAddressForReset] and [AccountMailAlerts#insecureTurnOn]. The server
    /// promises to keep a hash alone, and nobody can check that: ask the person before. A hostile server says
    /// that mail is on to learn addresses.
    ///
    /// @throws IllegalArgumentException with words for the person, if it is no address, or none that
    /// mail can be sent to; nothing was sent then
    public MailResult insecureSendAddress(String address) {
        Address parsed = Address.parse(address);
        MailedCodes.Ask ask = ask(parsed);
        try {
            return new MailResult.Sent(
                    new MailedCode(parsed, api.post("/v1/signup/code", null, ask, MailedCodes.Asked.class)));
        } catch (ProblemException e) {
            if (e.is("not-found")) {
                return new MailResult.Off();
            }
            if (e.is("mail-unavailable")) {
                return new MailResult.Unavailable();
            }
            if (e.is("sign-up-closed")) {
                return new MailResult.Closed();
            }
            throw e.unexpected();
        }
    }

    private static MailedCodes.Ask ask(Address address) {
        if (!MailedCodes.isMailbox(address.normalised())) {
            throw new IllegalArgumentException("A code cannot be mailed to an address with these characters.");
        }
        return new MailedCodes.Ask(address.normalised(), address.hashed());
    }

    /// Makes the keys of a new account without a password on this device. The server learns of it in
    /// [PasskeySignUp#finish].
    ///
    /// @throws IllegalArgumentException with words for the person, if the address is not acceptable
    public PasskeySignUp signUpWithPasskey(String address) {
        return new PasskeySignUp(api, memory, random, device, Address.parse(address), Optional.empty());
    }

    /// The same where mail is on, with the code that [#insecureSendAddress] had mailed. Whether it is the
    /// right one shows only once the authenticator has made the passkey.
    ///
    /// @param code as it was typed
    /// @throws IllegalArgumentException with words for the person, if the code is not acceptable
    public PasskeySignUp signUpWithPasskey(MailedCode mailed, String code) {
        return new PasskeySignUp(api, memory, random, device, mailed.address(), Optional.of(mailed.proof(code)));
    }

    /// Destroys an account whose every way in is lost, and begins another one, empty, under the same address.
    /// Has the person acknowledge that before (spec, section 10.18): nobody can take it back. Nothing is
    /// deleted until [PendingSignUp#confirm].
    ///
    /// @param resetCode as the operator of the server has given it, or as it was mailed
    /// @param password a new one, not kept; the caller wipes it
    /// @throws IllegalArgumentException with words for the person, if something typed cannot be right
    public ResetResult resetDestroyingAll(String address, String resetCode, char[] password) {
        Address parsed = Address.parse(address);
        try (ResetCode code = ResetCode.parse(resetCode);
                Password normalised = Password.of(password)) {
            normalised.requireFitForCreation();
            return PendingSignUp.reset(api, memory, random, device, parsed, code, normalised);
        }
    }

    /// Sends the address to the server **in clear**, where mail is on, so that it mails a reset code there. What
    /// [#insecureSendAddress] says holds here as well: ask the person before, and say what a reset
    /// destroys. The code that came is what [#resetDestroyingAll] takes.
    ///
    /// @throws IllegalArgumentException with words for the person, if it is no address, or none that
    /// mail can be sent to; nothing was sent then
    public ResetMailResult insecureSendAddressForReset(String address) {
        MailedCodes.Ask ask = ask(Address.parse(address));
        try {
            Resets.CodeAsked asked = api.post("/v1/reset/code", null, ask, Resets.CodeAsked.class);
            return new ResetMailResult.Sent(Instant.ofEpochMilli(asked.expiresAt()));
        } catch (ProblemException e) {
            if (e.is("not-found")) {
                return new ResetMailResult.Off();
            }
            if (e.is("mail-unavailable")) {
                return new ResetMailResult.Unavailable();
            }
            throw e.unexpected();
        }
    }

    /// Signs this device in. Takes about a second, most of it for Argon2id on this device.
    ///
    /// @param password not kept; the caller wipes it
    /// @throws IllegalArgumentException with words for the person, if something typed cannot be right
    /// @throws NescioException.Distrust if the server's answers fail a check; nothing more is sent then
    public SignInResult signIn(String address, char[] password, SecondFactor factor) {
        return signIn(address, password, factor, false);
    }

    /// @param stay whether the session lasts 30 days instead of 24 hours
    public SignInResult signIn(String address, char[] password, SecondFactor factor, boolean stay) {
        return signIn(address, password, factor, stay, false);
    }

    /// @param stay whether the session lasts 30 days instead of 24 hours
    /// @param endOthers whether all other devices of the account are signed out in the same instant, or
    ///     nothing happens. Where [NescioException.Unreachable] is thrown it may have happened all the
    ///     same: sign in again
    public SignInResult signIn(String address, char[] password, SecondFactor factor, boolean stay, boolean endOthers) {
        Address parsed = Address.parse(address);
        try (Password normalised = Password.of(password)) {
            return signIn(parsed, normalised, factor, stay, endOthers);
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    private SignInResult signIn(
            Address address, Password password, SecondFactor factor, boolean stay, boolean endOthers)
            throws ProblemException {
        SignIn.LookupAnswer answer = lookUp(api, address);
        try (Credential credential = derive(api, memory, address, password, answer)) {
            Account.Typed typed = new Account.Typed(address, answer);
            return signIn(
                    "/v1/signin",
                    LogKind.SIGNED_IN_WITH_PASSWORD,
                    attempt(address, credential, factor, stay, endOthers),
                    Optional.of(typed),
                    credential,
                    endOthers);
        }
    }

    /// Signs this device in with the recovery key alone. It tells its account, so no address is needed; and it needs no
    /// second factor.
    ///
    /// @param typed as it was written down
    /// @param stay whether the session lasts 30 days instead of 24 hours
    /// @throws IllegalArgumentException with words for the person, if it cannot be a recovery key
    /// @throws NescioException.Distrust if the server's answers fail a check; nothing more is sent then
    public SignInResult signInWithRecoveryKey(String typed, boolean stay) {
        return signInWithRecoveryKey(typed, stay, false);
    }

    /// @param endOthers whether all other devices are signed out, as above
    public SignInResult signInWithRecoveryKey(String typed, boolean stay, boolean endOthers) {
        try (RecoveryKey key = RecoveryKey.parse(typed);
                Credential credential = key.credential()) {
            SignIn.KeyAttempt attempt =
                    new SignIn.KeyAttempt(key.slot(), credential.lookupHash(), Transport.BEARER, stay, flag(endOthers));
            return signIn(
                    "/v1/signin/key",
                    LogKind.SIGNED_IN_WITH_RECOVERY_KEY,
                    attempt,
                    Optional.empty(),
                    credential,
                    endOthers);
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    /// Signs this device in with a passkey alone. It tells its account, so no address is needed.
    ///
    /// @param stay whether the session lasts 30 days instead of 24 hours
    /// @throws NescioException.Distrust if the server's answers fail a check; nothing more is sent then
    public PasskeySignIn signInWithPasskey(PasskeyAuthenticator authenticator, boolean stay) {
        return signInWithPasskey(authenticator, stay, false);
    }

    /// @param endOthers whether all other devices are signed out, as above
    public PasskeySignIn signInWithPasskey(PasskeyAuthenticator authenticator, boolean stay, boolean endOthers) {
        try {
            Optional<PasskeyCeremony.Proven> proven = new PasskeyCeremony(api, random, authenticator).prove(List.of());
            return proven.isPresent() ? signIn(proven.get(), stay, endOthers) : new PasskeySignIn.Declined();
        } catch (PasskeyCeremony.UnsuitableException e) {
            return new PasskeySignIn.Unsuitable();
        } catch (ProblemException e) {
            if (e.is("sign-in-failed")) {
                return new PasskeySignIn.Failed();
            }
            throw e.unexpected();
        }
    }

    private PasskeySignIn signIn(PasskeyCeremony.Proven proven, boolean stay, boolean endOthers)
            throws ProblemException {
        Passkeys.Assertion assertion = proven.assertion();
        try (Credential credential = proven.credential()) {
            Passkeys.Attempt attempt =
                    new Passkeys.Attempt(assertion, credential.lookupHash(), Transport.BEARER, stay, flag(endOthers));
            SignIn.SessionOpened opened = api.post("/v1/signin/passkey", null, attempt, SignIn.SessionOpened.class);
            if (opened.slots().stream()
                    .filter(slot -> slot.id().equals(opened.slot()))
                    .noneMatch(slot -> assertion.credentialId().equals(slot.credentialId()))) {
                throw new NescioException.Distrust(Finding.SLOTS_CHANGED);
            }
            if (assertion.userHandle() != null
                    && !assertion.userHandle().equals(opened.account().bytes())) {
                throw new NescioException.Distrust(Finding.ADDRESS_EXCHANGED);
            }
            return new PasskeySignIn.SignedIn(announced(
                    Account.open(api, memory, random, Optional.empty(), credential, opened),
                    LogKind.SIGNED_IN_WITH_PASSKEY,
                    endOthers));
        }
    }

    /// Signs a program in with an access key alone, without asking anybody anything. What it may do is
    /// in the key's sealed scope, whatever the server says.
    ///
    /// @param accessKey the one line that was shown when it was made; white space around it is ignored
    /// @param stay whether the session lasts 30 days instead of 24 hours; it ends no later than the key
    /// @throws IllegalArgumentException with words for the person, if it cannot be an access key
    /// @throws NescioException.Distrust if the server's answers fail a check; nothing more is sent then
    public AccessKeySignIn signInWithAccessKey(String accessKey, boolean stay) {
        try (AccessKey key = AccessKey.parse(accessKey);
                Credential credential = key.credential()) {
            AccessKeys.Opened opened = api.post(
                    "/v1/signin/access",
                    null,
                    new SignIn.KeyAttempt(key.slot(), credential.lookupHash(), Transport.BEARER, stay),
                    AccessKeys.Opened.class);
            return new AccessKeySignIn.SignedIn(
                    opened.scopeRecord() != null
                            ? ScopedAccount.open(api, memory, random, key.slot(), credential, opened)
                            : Account.openWithAccessKey(api, memory, random, key.slot(), credential, opened)
                                    .as(device));
        } catch (ProblemException e) {
            if (e.is("sign-in-failed")) {
                return new AccessKeySignIn.Failed();
            }
            throw e.unexpected();
        }
    }

    /// Asks to be paired with a device that is signed in: no address, password or code is typed here. Show the person
    /// the code of the request.
    public PairingRequest pair() {
        return PairingRequest.start(api, memory, random, device);
    }

    /// @param way as the log calls it
    private SignInResult signIn(
            String path,
            LogKind way,
            Object attempt,
            Optional<Account.Typed> typed,
            Credential credential,
            boolean endOthers)
            throws ProblemException {
        try {
            SignIn.SessionOpened opened = api.post(path, null, attempt, SignIn.SessionOpened.class);
            return new SignInResult.SignedIn(
                    announced(Account.open(api, memory, random, typed, credential, opened), way, endOthers));
        } catch (ProblemException e) {
            if (e.is("sign-in-failed")) {
                return new SignInResult.Failed();
            }
            throw e;
        }
    }

    /// @param alone whether all other sessions have ended
    private Account announced(Account account, LogKind way, boolean alone) {
        return trusted(account, way, () -> alone ? account.announceAlone(device) : account.announce(device));
    }

    static Account announced(Account account, LogKind way, Supplier<ThisDevice> device) {
        return trusted(account, way, () -> account.announce(device));
    }

    /// An account that this device trusts no more is closed.
    private static Account trusted(Account account, LogKind way, Supplier<Account> announcement) {
        try {
            account.openedBy(way);
            return announcement.get().lookAtLog();
        } catch (NescioException.Distrust e) {
            account.close();
            throw e;
        }
    }

    private static SignIn.LookupAnswer lookUp(Api api, Address address) throws ProblemException {
        return api.post("/v1/signin/lookup", null, new SignIn.Lookup(address.hashed()), SignIn.LookupAnswer.class);
    }

    static Credential derive(
            Api api, DeviceMemory memory, Address address, Password password, SignIn.LookupAnswer answer) {
        try {
            return Credential.ofPassword(
                    password, address, answer.salt(), cost(answer), memory.pinned(api.origin(), address.hashed()));
        } catch (Argon2Policy.RefusedException e) {
            throw new NescioException.Distrust(Finding.PASSWORD_HASH_REFUSED);
        }
    }

    static Argon2Parameters cost(SignIn.LookupAnswer answer) {
        return new Argon2Parameters(answer.memoryKiB(), answer.passes(), answer.lanes());
    }

    static SignIn.Proof proof(Credential credential, Address address, SecondFactor factor) {
        String totp = factor instanceof SecondFactor.Totp(String code) ? code : null;
        Bytes backup = factor instanceof SecondFactor.Backup(String code) ? backupHash(code, address) : null;
        return new SignIn.Proof(credential.lookupHash(), totp, backup, null);
    }

    /// What is not wanted is not sent.
    private static Boolean flag(boolean wanted) {
        return wanted ? Boolean.TRUE : null;
    }

    private static SignIn.Attempt attempt(
            Address address, Credential credential, SecondFactor factor, boolean stay, boolean endOthers) {
        String totp = factor instanceof SecondFactor.Totp(String code) ? code : null;
        Bytes backup = factor instanceof SecondFactor.Backup(String code) ? backupHash(code, address) : null;
        return new SignIn.Attempt(
                address.hashed(), credential.lookupHash(), totp, backup, Transport.BEARER, stay, flag(endOthers));
    }

    private static Bytes backupHash(String typed, Address address) {
        try (BackupCode code = BackupCode.parse(typed)) {
            return code.hash(address);
        }
    }

    /// Takes up a session that was saved on this device.
    ///
    /// @param saved from [Account#save]
    /// @throws IllegalArgumentException with words for the person, if the passphrase or the file is wrong
    public Account resume(byte[] saved, ProfileProtection protection) {
        return switch (resumeAny(saved, protection)) {
            case Account account -> account;
            case ScopedAccount scoped -> {
                scoped.close();
                throw new IllegalArgumentException(
                        "This device is signed in with an access key of some domains, and this needs the whole account.");
            }
        };
    }

    /// Takes up a session that was saved on this device for what concerns the account's sessions alone: they
    /// are shown also where [#resume] refuses the account, since the directory of its ways to sign in fails its
    /// check.
    ///
    /// @throws IllegalArgumentException with words for the person, if the passphrase or the file is wrong
    /// @throws NescioException.Refused where an access key of some domains has signed in
    public AccountSessions resumeSessions(byte[] saved, ProfileProtection protection) {
        return switch (SavedProfile.open(saved, protection)) {
            case SavedProfile.Whole whole -> Account.resumeSessions(api, memory, random, whole, device);
            case SavedProfile.Scoped scoped -> {
                ScopedAccount.resume(api, memory, random, scoped.session(), scoped.keys())
                        .close();
                throw new NescioException.Refused(
                        "scope-refused",
                        "This device is signed in with an access key of some domains, and this needs the whole account.");
            }
        };
    }

    /// As above, also for a session that an access key of some domains has opened.
    public OpenAccount resumeAny(byte[] saved, ProfileProtection protection) {
        return switch (SavedProfile.open(saved, protection)) {
            case SavedProfile.Whole whole ->
                Account.resume(api, memory, random, whole).as(device);
            case SavedProfile.Scoped scoped ->
                ScopedAccount.resume(api, memory, random, scoped.session(), scoped.keys());
        };
    }

    /// Ends connections. Accounts of this server are of no use afterwards; close them first.
    @Override
    public void close() {
        api.close();
    }
}
