package dev.nescio.cli;

import dev.nescio.cli.profile.LocalProfile;
import dev.nescio.cli.profile.ProfileLock;
import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.AccountSessions;
import dev.nescio.client.Nescio;
import dev.nescio.client.NescioException;
import dev.nescio.client.OpenAccount;
import dev.nescio.client.ProfileProtection;
import dev.nescio.client.SavedSession;
import dev.nescio.client.ScopedAccount;
import dev.nescio.client.ThisDevice;
import dev.nescio.keys.Password;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.function.ToIntBiFunction;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Mixin;

/// The account that is signed in on this device.
final class SignedInOptions {

    @Mixin
    private PassphraseOptions passphrase = new PassphraseOptions();

    /// Takes the session up, and wipes its keys after the work. A session that the server has ended is
    /// forgotten here too (spec, section 10.7).
    int use(Terminal terminal, ToIntFunction<Account> work) {
        return use(terminal, false, open -> work.applyAsInt(whole(open)));
    }

    /// For the account's sessions alone, also where its directory of the ways to sign in fails its check.
    int useSessions(Terminal terminal, ToIntFunction<AccountSessions> work) {
        LocalProfile profile = LocalProfile.of(terminal);
        SavedSession saved = profile.describe();
        try (Password typed = saved.sealed() ? passphrase.existing(terminal) : null;
                ProfileLock lock = profile.lock();
                Nescio nescio = connect(profile, saved);
                AccountSessions sessions = new Opening(nescio, profile, lock, false).openSessions(protection(typed))) {
            return work.applyAsInt(sessions);
        } catch (NescioException.SessionEnded e) {
            throw ended(profile);
        }
    }

    private static ProfileProtection protection(Password typed) {
        return typed == null ? ProfileProtection.insecureInClear() : ProfileProtection.passphrase(typed);
    }

    /// As [#use], also where an access key of some domains has signed in.
    int useAny(Terminal terminal, ToIntFunction<OpenAccount> work) {
        return use(terminal, false, work);
    }

    /// As above, for a change of how the account is signed in to: the session gets another token first, so that a copy
    /// of the one before is spent (spec, section 10.9).
    int useRenewed(Terminal terminal, ToIntFunction<Account> work) {
        return use(terminal, true, open -> {
            Account account = ofPerson(whole(open));
            int exit = work.applyAsInt(account);
            LogWarning.tell(terminal, account);
            return exit;
        });
    }

    /// Where work that puts another account in place of this one keeps it: in this device's profile, under the same
    /// protection.
    record Keeping(LocalProfile profile, ProfileProtection protection) {

        void keep(Account account) {
            keep(account.save(protection));
        }

        void keep(byte[] saved) {
            profile.write(saved);
        }

        @Override
        public String toString() {
            return "Keeping[redacted]";
        }
    }

    /// As above, for work that puts another account in place of this one.
    int useRenewedKeeping(Terminal terminal, ToIntBiFunction<Account, Keeping> work) {
        LocalProfile profile = LocalProfile.of(terminal);
        SavedSession saved = profile.describe();
        try (Password typed = saved.sealed() ? passphrase.existing(terminal) : null;
                ProfileLock lock = profile.lock();
                Nescio nescio = connect(profile, saved)) {
            ProfileProtection protection = protection(typed);
            try (Account account = ofPerson(whole(new Opening(nescio, profile, lock, true).open(protection)))) {
                tellFound(terminal, account);
                return work.applyAsInt(account, new Keeping(profile, protection));
            }
        } catch (NescioException.SessionEnded e) {
            throw ended(profile);
        }
    }

    private static Nescio connect(LocalProfile profile, SavedSession saved) {
        return Nescio.connect(saved.server(), profile.memory(), () -> ThisDevice.ofHost(DeviceNameOption.KIND));
    }

    private static Account whole(OpenAccount open) {
        return switch (open) {
            case Account account -> account;
            case ScopedAccount scoped ->
                throw new Failure(
                        Exit.FAILED,
                        "scope-refused",
                        "This device is signed in with an access key of "
                                + scoped.scope().text() + ", and this needs the whole account.");
        };
    }

    private static Account ofPerson(Account account) {
        if (account.isByAccessKey()) {
            throw new Failure(
                    Exit.FAILED,
                    "scope-refused",
                    "This device is signed in with an access key. Such a session never changes how the account is signed"
                            + " in to.");
        }
        return account;
    }

    private int use(Terminal terminal, boolean renewed, ToIntFunction<OpenAccount> work) {
        LocalProfile profile = LocalProfile.of(terminal);
        SavedSession saved = profile.describe();
        try (ProfileLock lock = profile.lock();
                Nescio nescio = connect(profile, saved);
                OpenAccount account = open(terminal, new Opening(nescio, profile, lock, renewed), saved)) {
            tellFound(terminal, account);
            return work.applyAsInt(account);
        } catch (NescioException.SessionEnded e) {
            throw ended(profile);
        }
    }

    /// Somebody waits for the answer to 'keys rotate' that they have not got.
    static void tellFound(Terminal terminal, OpenAccount open) {
        if (open instanceof Account account && account.isRotationFound()) {
            terminal.note(
                    "The new keys of 'nescio keys rotate' are in force: the recovery key that it showed works, and"
                            + " the one before no longer. If that run was given a new password, that is the one that counts.");
        }
        if (open instanceof Account account) {
            ResetWarning.alert(terminal, account);
            SignInNewsAlert.tell(terminal, account);
        }
    }

    private OpenAccount open(Terminal terminal, Opening opening, SavedSession saved) {
        if (!saved.sealed()) {
            return opening.open(ProfileProtection.insecureInClear());
        }
        try (Password typed = passphrase.existing(terminal)) {
            return opening.open(ProfileProtection.passphrase(typed));
        }
    }

    /// @param renewed whether the session gets another token in any case
    private record Opening(Nescio nescio, LocalProfile profile, ProfileLock lock, boolean renewed) {

        /// Takes the session up, and renews it when half of its life is over.
        OpenAccount open(ProfileProtection protection) {
            if (renewed && !lock.tryAlone()) {
                throw Failure.profile(
                        "Another nescio command is running on this device, such as 'chat read --follow'. This"
                                + " one gives its session another token, which the other would not have. End that one,"
                                + " then try again. Nothing was changed.");
            }
            byte[] saved = profile.read();
            OpenAccount account = resume(saved, protection);
            boolean kept = false;
            try {
                if (renewed) {
                    kept = renewAlone(account, protection);
                } else {
                    kept = !account.isRenewalDue(Instant.now()) || isUpToDate(account, saved, protection);
                }
                return kept ? account : resume(profile.read(), protection);
            } finally {
                if (!kept) {
                    account.close();
                }
            }
        }

        AccountSessions openSessions(ProfileProtection protection) {
            return readable(() -> nescio.resumeSessions(profile.read(), protection));
        }

        /// @return whether the account has the token that the profile has
        private boolean renewAlone(OpenAccount account, ProfileProtection protection) {
            account.renew(protection, profile::write);
            // The token before is spent by this, and not only when the person has typed what is asked for.
            account.checkSession();
            byte[] written = profile.read();
            lock.share();
            return Arrays.equals(written, profile.read());
        }

        /// @return whether the account has the token that the profile has; another command may have renewed it
        private boolean isUpToDate(OpenAccount account, byte[] saved, ProfileProtection protection) {
            boolean renewed = lock.tryAlone() && Arrays.equals(saved, profile.read()) && renew(account, protection);
            lock.share();
            return renewed || Arrays.equals(saved, profile.read());
        }

        private boolean renew(OpenAccount account, ProfileProtection protection) {
            try {
                account.renew(protection, profile::write);
                return true;
            } catch (NescioException.Unreachable | NescioException.Refused | NescioException.TooManyRequests e) {
                // There is time left to try it again.
                return false;
            }
        }

        private OpenAccount resume(byte[] saved, ProfileProtection protection) {
            return readable(() -> nescio.resumeAny(saved, protection));
        }

        private static <T> T readable(Supplier<T> resumption) {
            try {
                return resumption.get();
            } catch (IllegalArgumentException e) {
                throw Failure.profile(e.getMessage()
                        + " If it is lost, remove the profile with: nescio signout --forget  then sign in again.");
            }
        }
    }

    /// Removes the profile of a session that is no more.
    static Failure ended(LocalProfile profile) {
        profile.remove();
        return new Failure(
                Exit.NOT_SIGNED_IN,
                "session-ended",
                "The session has ended, so this device has removed its keys. Sign in again with: nescio signin");
    }
}
