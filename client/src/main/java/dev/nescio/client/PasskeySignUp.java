package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.client.PasskeyCeremony.Created;
import dev.nescio.keys.AccountKeyPair;
import dev.nescio.keys.AccountKeys;
import dev.nescio.keys.Address;
import dev.nescio.keys.Credential;
import dev.nescio.keys.MasterKey;
import dev.nescio.keys.Profile;
import dev.nescio.keys.RecoveryKey;
import dev.nescio.keys.SlotDirectory;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.MailedCodes;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Transport;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// A sign-up without a password, of which the server knows nothing yet (spec, section 10.12). For one thread.
public final class PasskeySignUp implements AutoCloseable {

    private final Api api;
    private final DeviceMemory memory;
    private final SecureRandom random;
    private final Supplier<ThisDevice> device;
    private final Address address;
    private final Optional<MailedCodes.Proof> mailedCode;
    private final MasterKey masterKey;
    private final AccountKeys keys;
    private final AccountKeyPair pair;
    private final RecoveryKey recoveryKey;

    PasskeySignUp(
            Api api,
            DeviceMemory memory,
            SecureRandom random,
            Supplier<ThisDevice> device,
            Address address,
            Optional<MailedCodes.Proof> mailedCode) {
        this.api = api;
        this.memory = memory;
        this.random = random;
        this.device = device;
        this.address = address;
        this.mailedCode = mailedCode;
        AccountId account = AccountId.generate(random);
        this.masterKey = MasterKey.generate(account, random);
        this.keys = AccountKeys.generate(account, random);
        this.pair = AccountKeyPair.generate(account, random);
        this.recoveryKey = RecoveryKey.generate(random);
    }

    /// The way back when everything else is lost: fifteen groups of four characters, joined by hyphens. The person
    /// writes it down before [#finish], and proves it by typing some groups again: it is never shown later.
    public String recoveryKey() {
        return recoveryKey.text();
    }

    /// Has the authenticator make the passkey, and the server the account.
    ///
    /// @param name what the account's devices call the passkey; the server never learns it
    /// @param stay whether the session lasts 30 days instead of 24 hours
    /// @throws IllegalArgumentException with words for the person, if the name is not acceptable
    /// @throws NescioException.Unreachable if the answer was lost: where the account exists, the passkey signs in
    public PasskeySignUpResult finish(PasskeyAuthenticator authenticator, String name, boolean stay) {
        String kept = NewPasskey.named(name);
        try {
            Optional<Created> created = new PasskeyCeremony(api, random, authenticator)
                    .create(masterKey.account(), address.normalised(), List.of());
            return created.isPresent() ? finish(created.get(), kept, stay) : new PasskeySignUpResult.Declined();
        } catch (PasskeyCeremony.UnsuitableException e) {
            return new PasskeySignUpResult.Unsuitable();
        } catch (ProblemException e) {
            if (e.is("address-taken")) {
                return new PasskeySignUpResult.AddressTaken();
            }
            if (e.is("sign-up-closed")) {
                return new PasskeySignUpResult.Closed();
            }
            if (e.is("address-unconfirmed")) {
                return new PasskeySignUpResult.AddressUnconfirmed();
            }
            if (mailedCode.isPresent() && e.is("wrong-code")) {
                return new PasskeySignUpResult.WrongMailedCode(e.triesLeft());
            }
            if (mailedCode.isPresent() && e.is("not-found")) {
                return new PasskeySignUpResult.MailedCodeGone();
            }
            if (e.is("passkey-refused")) {
                return new PasskeySignUpResult.Refused();
            }
            throw e.unexpected();
        }
    }

    private PasskeySignUpResult finish(Created created, String name, boolean stay) throws ProblemException {
        try (Credential credential = created.credential()) {
            SignUp.NewSlot slot = NewPasskey.slot(credential, created.credentialId(), masterKey, random);
            SignUp.NewSlot recovery = NewRecoveryKey.slot(recoveryKey, masterKey, random);
            SlotDirectory directory = SlotDirectory.firstOf(List.of(
                    SlotDirectory.Entry.of(slot.asSlot()).called(name), SlotDirectory.Entry.of(recovery.asSlot())));
            Passkeys.SignUpNow request = new Passkeys.SignUpNow(
                    masterKey.account(),
                    address.hashed(),
                    slot,
                    created.registration(),
                    recovery,
                    masterKey.wrap(keys, random),
                    masterKey.seal(pair, random),
                    keys.profile().seal(1, new Profile(address.normalised()), random),
                    masterKey.seal(directory, random),
                    Transport.BEARER,
                    stay,
                    mailedCode.orElse(null));
            SignIn.SessionOpened opened = api.post("/v1/signup/passkey", null, request, SignIn.SessionOpened.class);
            if (!opened.account().equals(masterKey.account())) {
                throw new NescioException.Distrust(Finding.ADDRESS_EXCHANGED);
            }
            return new PasskeySignUpResult.SignedUp(Nescio.announced(
                    Account.open(api, memory, random, Optional.empty(), credential, opened),
                    LogKind.SIGNED_UP,
                    device));
        }
    }

    /// Wipes the keys held here.
    @Override
    public void close() {
        recoveryKey.close();
        pair.close();
        keys.close();
        masterKey.close();
    }

    @Override
    public String toString() {
        return "PasskeySignUp[redacted]";
    }
}
