package dev.nescio.cli;

import dev.nescio.cli.profile.LocalProfile;
import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.OpenAccount;
import dev.nescio.client.SavedSession;
import dev.nescio.client.ScopedAccount;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "whoami",
        description = {
            "Says who is signed in on this device, where, until when, and how the profile is protected.",
            "",
            "Asks the server whether the session still lives. If it has ended, the keys are removed from this device."
        },
        footer = {
            "",
            "What is asked: the passphrase of this device, if the profile is sealed.",
            "",
            "Examples:",
            "  nescio whoami",
            "  nescio whoami --json --profile-passphrase-file pp",
            "",
            "Kept on this device: nothing new.",
        },
        exitCodeList = {
            Exit.OK_TEXT,
            Exit.FAILED_TEXT,
            Exit.USAGE_TEXT,
            Exit.NOT_SIGNED_IN_TEXT,
            Exit.UNREACHABLE_TEXT,
            Exit.DISTRUST_TEXT,
            Exit.PROFILE_TEXT,
            Exit.INTERRUPTED_TEXT
        })
final class WhoAmICommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private SignedInOptions signedIn;

    WhoAmICommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.useAny(terminal, this::show);
    }

    private int show(OpenAccount open) {
        return switch (open) {
            case Account account -> show(account);
            case ScopedAccount scoped -> show(scoped);
        };
    }

    private int show(ScopedAccount scoped) {
        LocalProfile profile = LocalProfile.of(terminal);
        SavedSession saved = profile.describe();
        scoped.checkSession();
        terminal.say("Access    " + AccessKeyView.scope(scoped.scope()) + ", by an access key");
        terminal.say("          which ends " + AccessKeyView.end(scoped.keyExpiresAt()));
        terminal.say("Account   " + scoped.id().shortened() + "…");
        terminal.say("Server    " + saved.server());
        terminal.say("Session   until " + When.local(scoped.expiresAt()));
        terminal.say("Profile   " + profile.folder());
        JsonLine line = JsonLine.ok()
                .and("server", saved.server().toString())
                .and("account", scoped.id().hex())
                .and("scope", scoped.scope().text())
                .and("expiresAt", scoped.expiresAt().toString())
                .and("profile", saved.sealed() ? "sealed" : "unsealed")
                .and("folder", profile.folder().toString());
        scoped.keyExpiresAt().ifPresent(end -> line.and("keyExpiresAt", end.toString()));
        terminal.json(line);
        return Exit.OK;
    }

    private int show(Account account) {
        LocalProfile profile = LocalProfile.of(terminal);
        SavedSession saved = profile.describe();
        terminal.say("Address   " + account.address());
        terminal.say("Account   " + account.id().shortened() + "…");
        terminal.say("Server    " + saved.server());
        terminal.say("Session   until " + When.local(account.expiresAt()));
        terminal.say("Profile   " + profile.folder());
        terminal.say(
                saved.sealed()
                        ? "          sealed under the passphrase of this device"
                        : "          not sealed: the master key and the session's token lie in profile.json in clear");
        account.checkSession();
        Optional<Instant> reset = account.resetCodeUntil();
        JsonLine result = JsonLine.ok()
                .and("server", saved.server().toString())
                .and("account", account.id().hex())
                .and("address", account.address())
                .and("expiresAt", account.expiresAt().toString())
                .and("profile", saved.sealed() ? "sealed" : "unsealed")
                .and("folder", profile.folder().toString());
        terminal.json(
                reset.map(until -> result.and("resetUntil", until.toString())).orElse(result));
        return Exit.OK;
    }
}
