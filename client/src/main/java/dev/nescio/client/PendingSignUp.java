package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.keys.AccountKeyPair;
import dev.nescio.keys.AccountKeys;
import dev.nescio.keys.Address;
import dev.nescio.keys.Argon2Policy;
import dev.nescio.keys.Credential;
import dev.nescio.keys.MasterKey;
import dev.nescio.keys.Password;
import dev.nescio.keys.Profile;
import dev.nescio.keys.RecoveryKey;
import dev.nescio.keys.ResetCode;
import dev.nescio.keys.SlotDirectory;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.MailedCodes;
import dev.nescio.protocol.Resets;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.Transport;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// A sign-up that waits for the authenticator's first code (spec, section 10.1), or a reset that does (10.18). Nothing
/// of it is kept by the server until [#confirm] succeeds; until then a reset has deleted nothing. For one thread.
public final class PendingSignUp implements AutoCloseable {

    private static final String SIGN_UP = "/v1/signup";
    private static final String RESET = "/v1/reset";

    private final Api api;
    private final DeviceMemory memory;
    private final SecureRandom random;
    private final Supplier<ThisDevice> device;
    private final Address address;
    private final Credential credential;
    private final List<String> backupCodes;
    private final String recoveryKey;
    private final SignUp.Start sent;
    private final SignUp.Started started;
    private final String path;

    private PendingSignUp(
            Api api,
            DeviceMemory memory,
            SecureRandom random,
            Supplier<ThisDevice> device,
            Address address,
            NewAccount made,
            SignUp.Started started,
            String path) {
        this.api = api;
        this.memory = memory;
        this.random = random;
        this.device = device;
        this.address = address;
        this.credential = made.credential;
        this.backupCodes = made.backupCodes;
        this.recoveryKey = made.recoveryKey;
        this.sent = made.request;
        this.started = started;
        this.path = path;
    }

    static SignUpResult start(
            Api api,
            DeviceMemory memory,
            SecureRandom random,
            Supplier<ThisDevice> device,
            Address address,
            Password password,
            Optional<MailedCodes.Proof> mailedCode) {
        NewAccount made = NewAccount.make(address, password, Argon2Parameters.CURRENT, mailedCode, random);
        try {
            SignUp.Started started = api.postRepeatedly(SIGN_UP + "/start", null, made.request, SignUp.Started.class);
            return new SignUpResult.Started(
                    new PendingSignUp(api, memory, random, device, address, made, started, SIGN_UP));
        } catch (ProblemException e) {
            made.credential.close();
            if (e.is("address-taken")) {
                return new SignUpResult.AddressTaken();
            }
            if (e.is("sign-up-closed")) {
                return new SignUpResult.Closed();
            }
            if (e.is("address-unconfirmed")) {
                return new SignUpResult.AddressUnconfirmed();
            }
            if (mailedCode.isPresent() && e.is("wrong-code")) {
                return new SignUpResult.WrongMailedCode(e.triesLeft());
            }
            if (mailedCode.isPresent() && e.is("not-found")) {
                return new SignUpResult.MailedCodeGone();
            }
            throw e.unexpected();
        }
    }

    static ResetResult reset(
            Api api,
            DeviceMemory memory,
            SecureRandom random,
            Supplier<ThisDevice> device,
            Address address,
            ResetCode code,
            Password password) {
        // No less than was pinned, or this device would refuse the password later (spec, section 3.4).
        Argon2Parameters pinned = memory.pinned(api.origin(), address.hashed()).orElse(Argon2Parameters.CURRENT);
        NewAccount made =
                NewAccount.make(address, password, Argon2Parameters.CURRENT.orMore(pinned), Optional.empty(), random);
        try {
            SignUp.Started started = api.postRepeatedly(
                    RESET + "/start", null, new Resets.Start(code.hash(address), made.request), SignUp.Started.class);
            return new ResetResult.Started(
                    new PendingSignUp(api, memory, random, device, address, made, started, RESET));
        } catch (ProblemException e) {
            made.credential.close();
            if (e.is("reset-failed")) {
                return new ResetResult.Failed();
            }
            throw e.unexpected();
        }
    }

    /// Everything about a new account that is made on its first device.
    private record NewAccount(
            Credential credential, List<String> backupCodes, String recoveryKey, SignUp.Start request) {

        static NewAccount make(
                Address address,
                Password password,
                Argon2Parameters cost,
                Optional<MailedCodes.Proof> mailedCode,
                SecureRandom random) {
            AccountId account = AccountId.generate(random);
            byte[] saltOctets = new byte[16];
            random.nextBytes(saltOctets);
            Bytes salt = Bytes.copyOf(saltOctets);
            Credential credential = derive(password, address, salt, cost);
            try (MasterKey masterKey = MasterKey.generate(account, random);
                    AccountKeys keys = AccountKeys.generate(account, random);
                    AccountKeyPair pair = AccountKeyPair.generate(account, random);
                    RecoveryKey recoveryKey = RecoveryKey.generate(random)) {
                SlotId id = SlotId.generate(random);
                SignIn.Slot slot = SignIn.Slot.password(id, salt, cost, credential.wrap(masterKey, id, random));
                SignUp.NewSlot recovery = NewRecoveryKey.slot(recoveryKey, masterKey, random);
                SlotDirectory directory = SlotDirectory.first(List.of(slot, recovery.asSlot()));
                NewBackupCodes.Drawn codes = NewBackupCodes.draw(address, random);
                SignUp.Start request = new SignUp.Start(
                        account,
                        address.hashed(),
                        SignUp.NewSlot.of(slot, credential.lookupHash()),
                        recovery,
                        masterKey.wrap(keys, random),
                        masterKey.seal(pair, random),
                        keys.profile().seal(1, new Profile(address.normalised()), random),
                        masterKey.seal(directory, random),
                        codes.hashes(),
                        mailedCode.orElse(null));
                return new NewAccount(credential, codes.texts(), recoveryKey.text(), request);
            }
        }

        private static Credential derive(Password password, Address address, Bytes salt, Argon2Parameters cost) {
            try {
                return Credential.ofPassword(password, address, salt, cost, Optional.empty());
            } catch (Argon2Policy.RefusedException e) {
                throw new IllegalStateException("our own parameters are acceptable", e);
            }
        }
    }

    /// The secret to type into an authenticator, in base32.
    public String totpSecret() {
        return authenticator().base32();
    }

    /// The same as a link, to be shown as a QR code (spec, section 3.6). The server never sees it.
    public String otpauthUri() {
        return authenticator().uri();
    }

    private AuthenticatorSecret authenticator() {
        return new AuthenticatorSecret(address, started.totpSecret());
    }

    /// Ten codes, each of which stands in for the authenticator once. To be kept apart from it.
    public List<String> backupCodes() {
        return backupCodes;
    }

    /// The way back when everything else is lost: fifteen groups of four characters, joined by hyphens. The person
    /// writes it down before [#confirm], and proves it by typing some groups again: it is never shown later.
    public String recoveryKey() {
        return recoveryKey;
    }

    /// When the server forgets this sign-up.
    public Instant expiresAt() {
        return Instant.ofEpochMilli(started.expiresAt());
    }

    /// @param code the six digits that the authenticator shows now
    /// @param stay whether the session lasts 30 days instead of 24 hours
    public ConfirmResult confirm(SecondFactor.Totp code, boolean stay) {
        SignUp.Confirm request = new SignUp.Confirm(started.signup(), code.code(), Transport.BEARER, stay);
        try {
            SignIn.SessionOpened opened = api.post(path + "/confirm", null, request, SignIn.SessionOpened.class);
            if (!opened.account().equals(sent.account())) {
                throw new NescioException.Distrust(Finding.ADDRESS_EXCHANGED);
            }
            SignUp.NewSlot slot = sent.slot();
            SignIn.LookupAnswer derivedWith =
                    new SignIn.LookupAnswer(slot.salt(), slot.memoryKiB(), slot.passes(), slot.lanes());
            Account account = Account.open(
                    api, memory, random, Optional.of(new Account.Typed(address, derivedWith)), credential, opened);
            return new ConfirmResult.Confirmed(Nescio.announced(account, LogKind.SIGNED_UP, device));
        } catch (ProblemException e) {
            if (e.is("wrong-code")) {
                return new ConfirmResult.WrongCode(e.triesLeft());
            }
            if (e.is("not-found")) {
                return new ConfirmResult.Gone();
            }
            if (e.is("address-taken")) {
                return new ConfirmResult.AddressTaken();
            }
            if (e.is("reset-failed")) {
                return new ConfirmResult.ResetFailed();
            }
            throw e.unexpected();
        }
    }

    /// Makes the server forget this sign-up at once.
    public void cancel() {
        try {
            api.postRepeatedly(path + "/cancel", null, new SignUp.Cancel(started.signup()), null);
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    /// Wipes the keys held here. The server forgets by itself when [#expiresAt] has passed.
    @Override
    public void close() {
        credential.close();
    }

    @Override
    public String toString() {
        return "PendingSignUp[redacted]";
    }
}
