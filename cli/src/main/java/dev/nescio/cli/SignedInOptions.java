package dev.nescio.cli;

import dev.nescio.cli.profile.LocalProfile;
import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.Nescio;
import dev.nescio.client.NescioException;
import dev.nescio.client.ProfileProtection;
import dev.nescio.client.SavedSession;
import dev.nescio.keys.Password;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Mixin;

/// The account that is signed in on this device.
final class SignedInOptions {

    @Mixin
    private PassphraseOptions passphrase = new PassphraseOptions();

    /// Takes the session up, and wipes its keys after the work. A session that the server has ended is
    /// forgotten here too (spec, section 10.7).
    int use(Terminal terminal, ToIntFunction<Account> work) {
        LocalProfile profile = LocalProfile.of(terminal);
        SavedSession saved = profile.describe();
        try (Nescio nescio = Nescio.connect(saved.server(), profile.memory());
                Account account = open(terminal, nescio, profile, saved)) {
            return work.applyAsInt(account);
        } catch (NescioException.SessionEnded e) {
            throw ended(profile);
        }
    }

    private Account open(Terminal terminal, Nescio nescio, LocalProfile profile, SavedSession saved) {
        if (!saved.sealed()) {
            return resume(nescio, profile, ProfileProtection.insecureInClear());
        }
        try (Password typed = passphrase.existing(terminal)) {
            return resume(nescio, profile, ProfileProtection.passphrase(typed));
        }
    }

    private static Account resume(Nescio nescio, LocalProfile profile, ProfileProtection protection) {
        try {
            return nescio.resume(profile.read(), protection);
        } catch (IllegalArgumentException e) {
            throw Failure.profile(e.getMessage()
                    + " If it is lost, remove the profile with: nescio signout --forget  then sign in again.");
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
