package dev.nescio.cli;

import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Printable;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Chat;
import dev.nescio.client.ChatReading;
import dev.nescio.client.Message;
import dev.nescio.protocol.ItemId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Prints messages, each once.
final class MessageView {

    private static final String INDENT = "\n                  ";

    private final Terminal terminal;
    private final Set<ItemId> shown = new HashSet<>();

    MessageView(Terminal terminal) {
        this.terminal = terminal;
    }

    void title(Chat chat) {
        terminal.heading(Printable.line(chat.title()));
    }

    /// Counts messages as shown without printing them.
    void skip(List<Message> messages) {
        messages.forEach(message -> shown.add(message.id()));
    }

    void show(List<Message> messages) {
        messages.forEach(this::show);
    }

    void show(Message message) {
        if (shown.add(message.id())) {
            // Lines after the first stand below it, so that a message cannot pass for two.
            terminal.say(When.local(message.sentAt()) + "  " + message.text().replace("\n", INDENT));
            terminal.json(JsonLine.of("message", message.id().hex())
                    .and("sentAt", message.sentAt().toString())
                    .and("text", message.text()));
        }
    }

    void show(ChatReading.Entry entry) {
        switch (entry) {
            case ChatReading.Entry.Opened(Message message) -> show(message);
            case ChatReading.Entry.Unreadable(ItemId id) ->
                show(id, "unreadable", "needs a newer version of Nescio to be shown");
            case ChatReading.Entry.Rejected(ItemId id) -> show(id, "rejected", "does not open");
        }
    }

    private void show(ItemId id, String what, String words) {
        if (shown.add(id)) {
            terminal.say("????-??-?? ??:??  (message " + id.shortened() + " " + words + ")");
            terminal.json(JsonLine.of("message", id.hex()).and(what, true));
        }
    }
}
