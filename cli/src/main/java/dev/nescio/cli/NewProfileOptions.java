package dev.nescio.cli;

import dev.nescio.cli.profile.LocalProfile;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.NescioException;
import dev.nescio.client.OpenAccount;
import dev.nescio.client.ProfileProtection;
import dev.nescio.client.SavedSession;
import dev.nescio.client.ScopedAccount;
import dev.nescio.keys.Password;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How a session that was just opened is kept on this device.
final class NewProfileOptions {

    @Mixin
    private PassphraseOptions passphrase = new PassphraseOptions();

    @Option(
            names = "--unsealed-profile",
            description = "Keep the profile without a passphrase. The master key and the session's token then lie on"
                    + " disk in clear: whoever can read the file reads the account.")
    private boolean unsealed;

    /// Checks, before anything is asked or sent, that a session could be kept.
    void prepare(Terminal terminal, LocalProfile profile) {
        if (profile.exists()) {
            SavedSession saved = profile.describe();
            throw Failure.profile("This device is signed in already: account "
                    + saved.account().shortened() + " on " + saved.server()
                    + ". Sign out first with: nescio signout  or keep two profiles apart with NESCIO_HOME=FOLDER.");
        }
        if (unsealed && passphrase.isGiven()) {
            throw Failure.usage("Choose one: --unsealed-profile or --profile-passphrase-file.");
        }
        if (!unsealed && !passphrase.isGiven() && !terminal.canAsk()) {
            throw Failure.usage("Say how this device keeps the session: --profile-passphrase-file FILE (sealed),"
                    + " or --unsealed-profile (the keys lie on disk in clear).");
        }
        profile.prepare();
    }

    /// Keeps the session. If that fails, or the person gives up, the session is ended again.
    void save(Terminal terminal, LocalProfile profile, OpenAccount account) {
        boolean saved = false;
        try {
            if (unsealed) {
                profile.write(account.save(ProfileProtection.insecureInClear()));
                terminal.say();
                terminal.tell(notProtected(profile, account));
            } else {
                if (!passphrase.isGiven()) {
                    terminal.say();
                    terminal.tell("This device keeps the session sealed under a passphrase, and asks for it with each"
                            + " command. It may be the same as your password.");
                }
                try (Password chosen = passphrase.fresh(terminal)) {
                    profile.write(account.save(ProfileProtection.passphrase(chosen)));
                }
            }
            saved = true;
        } finally {
            if (!saved) {
                endQuietly(account);
            }
        }
    }

    /// For a program: how the profile is kept and where, and what lies there in clear.
    JsonLine describe(JsonLine line, LocalProfile profile, OpenAccount account) {
        line.and("profile", unsealed ? "unsealed" : "sealed")
                .and("folder", profile.folder().toString());
        return unsealed ? line.and("warning", notProtected(profile, account)) : line;
    }

    private static String notProtected(LocalProfile profile, OpenAccount account) {
        return "Not protected, as you asked: " + profile.file()
                + " holds the keys and the session's token in clear. Whoever can read this file, or a backup of it, "
                + (account instanceof ScopedAccount
                        ? "reaches what the access key opens until the session ends"
                        : "reads and writes the account until you sign out")
                + "; and what was sealed until then, even after that.";
    }

    private static void endQuietly(OpenAccount account) {
        try {
            account.signOut();
        } catch (NescioException e) {
            // It ends by itself; what went wrong before is what the person has to know.
        }
    }
}
