package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.SlotChange;
import dev.nescio.protocol.SlotId;
import java.util.function.Function;
import picocli.CommandLine.Mixin;

/// Giving a way to sign in another name, which only the account's devices read.
final class Renaming {

    @Mixin
    private SignedInOptions signedIn;

    @Mixin
    private ProofOptions proof;

    interface Change {
        SlotChange rename(Account account, SlotId slot, String name);
    }

    /// @param what it is called in a sentence
    /// @param which finds the one that is meant
    int give(Terminal terminal, String what, String name, Function<Account, SlotId> which, Change change) {
        return signedIn.useRenewed(terminal, account -> {
            SlotId slot = which.apply(account);
            try {
                proof.change(terminal, account, () -> change.rename(account, slot, name));
            } catch (IllegalArgumentException e) {
                throw Failure.usage(e.getMessage());
            }
            terminal.say("The " + what + " has its new name.");
            terminal.json(JsonLine.ok());
            return Exit.OK;
        });
    }
}
