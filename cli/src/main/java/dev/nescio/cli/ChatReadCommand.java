package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Chat;
import dev.nescio.client.ChatReading;
import dev.nescio.client.OpenAccount;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "read",
        description = {
            "Fetches, checks and shows the messages of a chat.",
            "",
            "The messages are compared with what your devices sealed. If the server left one out, changed one, moved"
                    + " one, or served an older state, what still opens is shown, what is wrong is said, and the exit"
                    + " code is 6."
        },
        footer = {
            "",
            "What is asked: the passphrase of this device, if the profile is sealed.",
            "",
            "Examples:",
            "  nescio chat read \"Weekend plans\"",
            "  nescio chat read --last 5 \"Weekend plans\"",
            "  nescio chat read --follow \"Weekend plans\"     until Ctrl-C",
            "",
            "With --json, a line for each message, then (not with --follow) how many:",
            "  {\"message\":…,\"sentAt\":…,\"text\":…}",
            "  {\"ok\":true,\"messages\":N}",
            "",
            "Kept on this device: in memory.json, a counter of the chat. Not the messages.",
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
final class ChatReadCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private ChatArgument chat;

    @Option(names = "--last", paramLabel = "N", description = "Show only the last N messages.")
    private Integer last;

    @Option(names = "--follow", description = "Go on, and show what other devices write, until Ctrl-C.")
    private boolean follow;

    @Mixin
    private SignedInOptions signedIn;

    ChatReadCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (last != null && last < 0) {
            throw Failure.usage("--last takes a number from 0 on.");
        }
        return signedIn.useAny(terminal, this::read);
    }

    private int read(OpenAccount account) {
        Chat found = chat.find(account);
        MessageView view = new MessageView(terminal);
        if (follow) {
            return new Following(terminal, account, found, view).run(last);
        }
        return switch (found.read()) {
            case ChatReading.Complete(var entries) -> {
                view.title(found);
                lastOf(entries).forEach(view::show);
                terminal.json(JsonLine.ok().and("messages", lastOf(entries).size()));
                yield Exit.OK;
            }
            case ChatReading.Tampered(var finding, var entries) -> {
                view.title(found);
                lastOf(entries).forEach(view::show);
                throw new Failure(
                        Exit.DISTRUST,
                        "distrust",
                        finding.text() + " Messages may be missing, old or out of order: do not rely on them.");
            }
        };
    }

    private <T> List<T> lastOf(List<T> all) {
        return last == null ? all : all.subList(Math.max(0, all.size() - last), all.size());
    }
}
