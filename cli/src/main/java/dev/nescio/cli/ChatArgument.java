package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Printable;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.Chat;
import dev.nescio.client.ChatEntry;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Parameters;

/// Which chat: its title, its id, or the beginning of its id.
final class ChatArgument {

    private static final int LEAST_DIGITS = 4;

    @Parameters(
            index = "0",
            paramLabel = "CHAT",
            description = "The chat: its title, its id, or the beginning of its id.")
    private String given;

    Chat find(Account account) {
        String wanted = Terminal.requireUndamaged(given);
        List<Chat> matching = account.chats().list().stream()
                .filter(ChatEntry.Opened.class::isInstance)
                .map(entry -> ((ChatEntry.Opened) entry).chat())
                .filter(chat -> chat.title().equals(wanted)
                        || isBeginning(wanted, chat.id().hex()))
                .toList();
        return switch (matching.size()) {
            case 1 -> matching.getFirst();
            case 0 ->
                throw new Failure(
                        Exit.FAILED,
                        "not-found",
                        "There is no chat \"" + Printable.line(wanted) + "\". The chats there are: nescio chat list");
            default ->
                throw new Failure(
                        Exit.FAILED,
                        "ambiguous",
                        "More than one chat is meant by \"" + Printable.line(wanted) + "\". Name one by its id: "
                                + matching.stream()
                                        .map(chat -> chat.id().hex().substring(0, 12))
                                        .collect(Collectors.joining(", ")));
        };
    }

    private static boolean isBeginning(String wanted, String id) {
        return wanted.length() >= LEAST_DIGITS && id.startsWith(wanted.toLowerCase(Locale.ROOT));
    }
}
