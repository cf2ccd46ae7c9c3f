package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Printable;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Chat;
import dev.nescio.client.ChatEntry;
import dev.nescio.client.Finding;
import dev.nescio.client.OpenAccount;
import dev.nescio.protocol.ContainerId;
import java.util.ArrayList;
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

    Chat find(OpenAccount account) {
        String wanted = Terminal.requireUndamaged(given);
        List<Chat> matching = new ArrayList<>();
        Finding doubt = null;
        for (ChatEntry entry : account.chats().list()) {
            switch (entry) {
                case ChatEntry.Opened(Chat chat)
                when chat.title().equals(wanted) || isBeginning(wanted, chat.id()) -> matching.add(chat);
                case ChatEntry.Unreadable(Chat chat) when isBeginning(wanted, chat.id()) -> matching.add(chat);
                case ChatEntry.Rejected(var _, var finding) -> doubt = finding;
                default -> {
                    // Another chat.
                }
            }
        }
        if (doubt != null
                && !(matching.size() == 1
                        && isBeginning(wanted, matching.getFirst().id()))) {
            // A chat that fails a check may be the one that has this title.
            throw new Failure(
                    Exit.DISTRUST,
                    "distrust",
                    doubt.text() + " See which chat it is: nescio chat list. Name another one by its id.");
        }
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

    private static boolean isBeginning(String wanted, ContainerId id) {
        return wanted.length() >= LEAST_DIGITS && id.hex().startsWith(wanted.toLowerCase(Locale.ROOT));
    }
}
