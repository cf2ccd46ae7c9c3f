package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Printable;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Chat;
import dev.nescio.client.OpenAccount;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "new",
        description = {"Makes a chat, sealed under a new key of its own."},
        footer = {
            "",
            "What is asked: the passphrase of this device; the title, if it is left out.",
            "Other users of this machine can see arguments while the command runs, and shells keep them. A title that"
                    + " is asked for, or read from standard input, stays private.",
            "",
            "Examples:",
            "  nescio chat new \"Weekend plans\"",
            "  nescio chat new                  asks for the title",
            "",
            "Kept on this device: in memory.json, the chat's id and a counter.",
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
final class ChatNewCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(arity = "0..1", paramLabel = "TITLE", description = "What you call the chat.")
    private String title;

    @Mixin
    private SignedInOptions signedIn;

    ChatNewCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.useAny(terminal, this::create);
    }

    private int create(OpenAccount account) {
        Chat chat;
        try {
            chat = account.chats().create(title());
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
        terminal.say("New chat " + chat.id().shortened() + ": " + Printable.line(chat.title()));
        terminal.json(JsonLine.ok().and("chat", chat.id().hex()).and("title", chat.title()));
        return Exit.OK;
    }

    private String title() {
        String given = title != null
                ? Terminal.requireUndamaged(title)
                : TextQuestion.line(terminal, "Title: ").strip();
        if (given.isBlank()) {
            throw Failure.usage("A chat needs a title.");
        }
        return given;
    }
}
