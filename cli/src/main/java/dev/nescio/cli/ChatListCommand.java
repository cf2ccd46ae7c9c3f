package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Printable;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.Chat;
import dev.nescio.client.ChatEntry;
import dev.nescio.client.Finding;
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
            "  {\"chat\":…,\"title\":…}",
            "  {\"ok\":true,\"chats\":N}",
            "",
            "Kept on this device: in memory.json, a counter of the list.",
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
        return signedIn.use(terminal, this::list);
    }

    private int list(Account account) {
        List<ChatEntry> entries = account.chats().list();
        int rejected = 0;
        for (ChatEntry entry : entries) {
            switch (entry) {
                case ChatEntry.Opened(Chat chat) -> {
                    terminal.say(chat.id().shortened() + "  " + Printable.line(chat.title()));
                    terminal.json(JsonLine.of("chat", chat.id().hex()).and("title", chat.title()));
                }
                case ChatEntry.Rejected(var id) -> {
                    rejected++;
                    terminal.say(id.shortened() + "  (does not open: changed, or not sealed by this account)");
                    terminal.json(JsonLine.of("chat", id.hex()).and("rejected", true));
                }
            }
        }
        if (rejected > 0) {
            throw new Failure(Exit.DISTRUST, "distrust", Finding.REJECTED.text());
        }
        if (entries.isEmpty()) {
            terminal.say("No chats yet. Make one with: nescio chat new \"Plans\"");
        }
        terminal.json(JsonLine.ok().and("chats", entries.size()));
        return Exit.OK;
    }
}
