package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.keys.Address;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Passwords;
import dev.nescio.protocol.SecondFactors;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/// A password that waits for the first code of its authenticator (spec, section 10.14). Nothing of it is kept by the
/// server until [#confirm] succeeds: there is no password without a second factor. For one thread.
public final class AddedPassword {

    private final Api api;
    private final Token token;
    private final SlotChanges slots;
    private final Address address;
    private final NewPassword made;
    private final NewBackupCodes.Drawn codes;
    private final Consumer<Argon2Parameters> added;
    private final SecondFactors.Started started;

    private AddedPassword(
            Api api,
            Token token,
            SlotChanges slots,
            Address address,
            NewPassword made,
            NewBackupCodes.Drawn codes,
            Consumer<Argon2Parameters> added,
            SecondFactors.Started started) {
        this.api = api;
        this.token = token;
        this.slots = slots;
        this.address = address;
        this.made = made;
        this.codes = codes;
        this.added = added;
        this.started = started;
    }

    /// @param added is told of the cost of the password's hash when it is there
    static PasswordStart start(
            Api api,
            Token token,
            SlotChanges slots,
            Address address,
            NewPassword made,
            NewBackupCodes.Drawn codes,
            Consumer<Argon2Parameters> added) {
        try {
            SecondFactors.Started started = api.postRepeatedly(
                    "/v1/slots/password/start",
                    token,
                    new Passwords.Start(made.slot(), codes.hashes()),
                    SecondFactors.Started.class);
            return new PasswordStart.Started(
                    new AddedPassword(api, token, slots, address, made, codes, added, started));
        } catch (ProblemException e) {
            if (e.is("proof-required")) {
                return new PasswordStart.ProofRequired();
            }
            if (e.is("password-exists")) {
                return new PasswordStart.AlreadyThere();
            }
            throw e.unexpected();
        }
    }

    /// The secret to type into an authenticator, in base32.
    public String totpSecret() {
        return secret().base32();
    }

    /// The same as a link, to be shown as a QR code (spec, section 3.6). The server never sees it.
    public String otpauthUri() {
        return secret().uri();
    }

    private AuthenticatorSecret secret() {
        return new AuthenticatorSecret(address, started.totpSecret());
    }

    /// Ten codes, each of which stands in for the authenticator once. To be kept apart from it.
    public List<String> backupCodes() {
        return codes.texts();
    }

    /// When the server forgets this password, unless it was confirmed.
    public Instant expiresAt() {
        return Instant.ofEpochMilli(started.expiresAt());
    }

    /// @param code the six digits that the authenticator shows now
    /// @throws NescioException.Unreachable if the answer was lost: the password is there, with its authenticator
    ///     and its backup codes, or nothing of it. To call again with a code finds out
    public PasswordAddition confirm(SecondFactor.Totp code) {
        try {
            boolean there = slots.addPassword(made.slot(), started.pending(), code.code());
            if (!there) {
                return new PasswordAddition.AlreadyThere();
            }
            added.accept(made.cost());
            return new PasswordAddition.Added();
        } catch (ProblemException e) {
            if (e.is("wrong-code")) {
                Integer left = e.problem().triesLeft();
                return new PasswordAddition.WrongCode(left == null ? 0 : left);
            }
            if (e.is("not-found")) {
                return new PasswordAddition.Gone();
            }
            if (e.is("proof-required")) {
                return new PasswordAddition.ProofRequired();
            }
            if (e.is("password-exists")) {
                return new PasswordAddition.AlreadyThere();
            }
            throw e.unexpected();
        }
    }

    /// Makes the server forget it at once.
    public void cancel() {
        try {
            api.postRepeatedly("/v1/slots/password/cancel", token, new SecondFactors.Cancel(started.pending()), null);
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    @Override
    public String toString() {
        return "AddedPassword[redacted]";
    }
}
