package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.AccessKeyEntry;
import dev.nescio.client.AccessKeyRemoval;
import dev.nescio.client.Account;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "revoke",
        description = {
            "Revokes an access key.",
            "",
            "It signs nobody in from that moment on, and its sessions end at once. What it could read until then stays"
                    + " readable for whoever kept the key and a copy of what the server stores: the keys of your domains stay"
                    + " the same. 'nescio keys rotate' keeps what you write later from them."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the passphrase of this device, if the profile is sealed",
            "  2. password and code, or with --recovery-key the recovery key, unless you",
            "     have just signed in",
            "",
            "Example:",
            "  nescio accesskey revoke 4f2a9c10",
            "",
            "Kept on this device: nothing new.",
        },
        exitCodeList = {
            Exit.OK_TEXT,
            Exit.FAILED_TEXT,
            Exit.USAGE_TEXT,
            Exit.SIGN_IN_FAILED_TEXT,
            Exit.NOT_SIGNED_IN_TEXT,
            Exit.UNREACHABLE_TEXT,
            Exit.DISTRUST_TEXT,
            Exit.PROFILE_TEXT,
            Exit.INTERRUPTED_TEXT
        })
final class AccessKeyRevokeCommand implements Callable<Integer> {

    private static final int LEAST_DIGITS = 4;

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "ID", description = "The id, or its beginning: see 'nescio accesskey list'.")
    private String given;

    @Mixin
    private SignedInOptions signedIn;

    @Mixin
    private ProofOptions proof;

    AccessKeyRevokeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.useRenewed(terminal, this::revoke);
    }

    private int revoke(Account account) {
        AccessKeyEntry key = find(account);
        AccessKeyRemoval removal = proof.<AccessKeyRemoval>proven(
                terminal, account, () -> account.accessKeys().revoke(key.id()), AccessKeyRemoval.ProofRequired.class);
        switch (removal) {
            case AccessKeyRemoval.Removed() ->
                terminal.tell(
                        "It signs nobody in any more, and its sessions have ended. What was readable with it before"
                                + " stays readable for whoever kept the key and a copy of what the server stored.");
            case AccessKeyRemoval.NotThere() -> throw notFound();
            case AccessKeyRemoval.ProofRequired() -> throw new IllegalStateException("it was proven");
        }
        terminal.json(JsonLine.ok());
        return Exit.OK;
    }

    private AccessKeyEntry find(Account account) {
        String wanted = given.toLowerCase(Locale.ROOT);
        List<AccessKeyEntry> matching = account.accessKeys().list().stream()
                .filter(key -> wanted.length() >= LEAST_DIGITS && key.id().hex().startsWith(wanted))
                .toList();
        if (matching.size() > 1) {
            throw new Failure(
                    Exit.FAILED, "ambiguous", "More than one access key begins like this. Give more of its id.");
        }
        return matching.stream().findFirst().orElseThrow(AccessKeyRevokeCommand::notFound);
    }

    private static Failure notFound() {
        return new Failure(
                Exit.FAILED, "not-found", "There is no such access key. Those there are: nescio accesskey list");
    }
}
