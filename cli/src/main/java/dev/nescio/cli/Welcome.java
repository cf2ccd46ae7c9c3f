package dev.nescio.cli;

import dev.nescio.cli.profile.LocalProfile;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import java.util.List;

/// What the person of an account that has just begun gets to see, and to keep.
final class Welcome {

    private final Terminal terminal;
    private final String server;
    private final NewProfileOptions newProfile;

    Welcome(Terminal terminal, String server, NewProfileOptions newProfile) {
        this.terminal = terminal;
        this.server = server;
        this.newProfile = newProfile;
    }

    /// The backup codes come first: they must reach the person even if the profile cannot be written.
    void show(LocalProfile profile, Account account, List<String> backupCodes) {
        JsonLine result = JsonLine.ok()
                .and("server", server)
                .and("account", account.id().hex())
                .and("address", account.address())
                .and("expiresAt", account.expiresAt().toString())
                .and("backupCodes", backupCodes);
        terminal.say();
        terminal.heading("The account exists.");
        BackupCodes.show(terminal, backupCodes);
        try {
            newProfile.save(terminal, profile, account);
        } catch (Failure e) {
            terminal.json(JsonLine.of("step", "backup-codes").and("backupCodes", backupCodes));
            throw new Failure(
                    e.exitCode(),
                    e.problem(),
                    "The account exists, but this device is not signed in. " + e.getMessage()
                            + " Then sign in with: nescio signin");
        }
        terminal.say();
        terminal.tell("This device is signed in until " + When.local(account.expiresAt()) + ". Its profile is in "
                + profile.folder());
        account.deviceListFinding().ifPresent(finding -> DeviceListWarning.tell(terminal, finding));
        LogWarning.tellAfterSignIn(terminal, account);
        terminal.say("Next: nescio chat new \"Plans\"");
        terminal.json(newProfile.describe(result, profile, account));
    }
}
