package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Printable;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Chat;
import dev.nescio.client.Message;
import dev.nescio.client.OpenAccount;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "send",
        description = {
            "Seals a message, sends it, and waits until the server has stored it durably.",
            "",
            "Without TEXT the message is asked for, or read whole from standard input."
        },
        footer = {
            "",
            "What is asked: the passphrase of this device; the message, if it is left out.",
            "Other users of this machine can see arguments while the command runs, and shells keep them. A message that"
                    + " is asked for, or read from standard input, stays private.",
            "",
            "Examples:",
            "  nescio chat send \"Weekend plans\" \"Shall we meet on Sunday?\"",
            "  nescio chat send \"Weekend plans\" < letter.txt",
            "",
            "Kept on this device: in memory.json, a counter of the chat. Not the message.",
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
final class ChatSendCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private ChatArgument chat;

    @Parameters(index = "1", arity = "0..1", paramLabel = "TEXT", description = "The message.")
    private String text;

    @Mixin
    private SignedInOptions signedIn;

    ChatSendCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.useAny(terminal, this::send);
    }

    private int send(OpenAccount account) {
        Chat found = chat.find(account);
        String content = text != null ? Terminal.requireUndamaged(text) : TextQuestion.text(terminal, "Message: ");
        Message sent;
        try {
            sent = found.send(content);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
        terminal.say("Sent to " + Printable.line(found.title()) + ".");
        terminal.json(JsonLine.ok()
                .and("chat", found.id().hex())
                .and("message", sent.id().hex())
                .and("sentAt", sent.sentAt().toString()));
        return Exit.OK;
    }
}
