package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Printable;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.AccessKeyEntry;
import dev.nescio.client.Account;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "list",
        description = {
            "Lists the access keys of your account.",
            "",
            "The server's list is compared with the one that your devices keep, sealed; if they differ, or the sealed one is"
                    + " older than this device has seen, the exit code is 6. So a key that was made up, widened, prolonged"
                    + " or brought back shows. On which days a key was made and last signed in with, the server says."
        },
        footer = {
            "",
            "What is asked: the passphrase of this device, if the profile is sealed.",
            "",
            "Example:",
            "  nescio accesskey list",
            "",
            "With --json, a line for each access key, then how many:",
            "  {\"id\":…,\"name\":…,\"scope\":…,\"expiresAt\":…,\"createdOn\":…,\"usedOn\":…}",
            "                                expiresAt where it ends, usedOn where it was",
            "                                used; scope is all, or such as chats:read",
            "  {\"ok\":true,\"accessKeys\":N}",
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
final class AccessKeyListCommand implements Callable<Integer> {

    private static final String INDENT = "          ";

    private final Terminal terminal;

    @Mixin
    private SignedInOptions signedIn;

    AccessKeyListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.use(terminal, this::list);
    }

    private int list(Account account) {
        List<AccessKeyEntry> keys = account.accessKeys().list();
        keys.forEach(this::show);
        if (keys.isEmpty()) {
            terminal.say("There are no access keys.");
        }
        terminal.json(JsonLine.ok().and("accessKeys", keys.size()));
        return Exit.OK;
    }

    private void show(AccessKeyEntry key) {
        boolean over =
                key.expiresAt().filter(end -> !end.isAfter(Instant.now())).isPresent();
        terminal.say(key.id().shortened() + "  " + Printable.line(key.name()) + (over ? ", ENDED" : ""));
        terminal.say(INDENT + "opens " + AccessKeyView.scope(key.scope()));
        terminal.say(INDENT + "ends " + AccessKeyView.end(key.expiresAt()));
        terminal.say(
                INDENT + "made on " + key.createdOn().map(LocalDate::toString).orElse("an unknown day")
                        + key.usedOn().map(day -> ", last used on " + day).orElse(", never used"));
        JsonLine line = JsonLine.of("id", key.id().hex())
                .and("name", key.name())
                .and("scope", key.scope().text());
        key.expiresAt().ifPresent(end -> line.and("expiresAt", end.toString()));
        key.createdOn().ifPresent(day -> line.and("createdOn", day.toString()));
        key.usedOn().ifPresent(day -> line.and("usedOn", day.toString()));
        terminal.json(line);
    }
}
