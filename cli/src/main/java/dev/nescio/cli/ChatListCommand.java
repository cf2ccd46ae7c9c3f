package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Printable;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Chat;
import dev.nescio.client.ChatEntry;
import dev.nescio.client.Finding;
import dev.nescio.client.OpenAccount;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "list",
        description = {
            "Lists the chats, oldest first.",
            "",
            "The list is checked against what your devices sealed: if the server left a chat out, added one, or"
                    + " served an older list than this device has seen, the exit code is 6."
        },
        footer = {
            "",
            "What is asked: the passphrase of this device, if the profile is sealed.",
            "",
            "Example:",
            "  nescio chat list",
            "",
            "With --json, a line for each chat, then how many:",
            "  {\"chat\":…,\"title\":…}      {\"chat\":…,\"unreadable\":true} for a title of a newer version",
            "  {\"ok\":true,\"chats\":N}",
            "",
            "Kept on this device: in memory.json, a counter of the list and one of each chat.",
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
final class ChatListCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private SignedInOptions signedIn;

    ChatListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.useAny(terminal, this::list);
    }

    private int list(OpenAccount account) {
        List<ChatEntry> entries = account.chats().list();
        Finding first = null;
        for (ChatEntry entry : entries) {
            switch (entry) {
                case ChatEntry.Opened(Chat chat) -> {
                    terminal.say(chat.id().shortened() + "  " + Printable.line(chat.title()));
                    terminal.json(JsonLine.of("chat", chat.id().hex()).and("title", chat.title()));
                }
                case ChatEntry.Unreadable(Chat chat) -> {
                    terminal.say(chat.id().shortened() + "  (its title needs a newer version of Nescio to be shown)");
                    terminal.json(JsonLine.of("chat", chat.id().hex()).and("unreadable", true));
                }
                case ChatEntry.Rejected(var id, var finding) -> {
                    first = first == null ? finding : first;
                    terminal.say(id.shortened() + "  (fails a check: changed, or older than this device has seen)");
                    terminal.json(JsonLine.of("chat", id.hex()).and("rejected", true));
                }
            }
        }
        if (first != null) {
            throw new Failure(Exit.DISTRUST, "distrust", first.text());
        }
        if (entries.isEmpty()) {
            terminal.say("No chats yet. Make one with: nescio chat new \"Plans\"");
        }
        terminal.json(JsonLine.ok().and("chats", entries.size()));
        return Exit.OK;
    }
}
