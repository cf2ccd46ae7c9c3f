package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nescio.client.Account;
import dev.nescio.client.Chat;
import dev.nescio.client.ChatReading;
import dev.nescio.client.Finding;
import dev.nescio.client.Message;
import dev.nescio.client.Nescio;
import dev.nescio.client.NescioException;
import dev.nescio.systemtests.World.Person;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A hostile server that tells lies on one page and then breaks off, or that never comes to an end.
class HostilePagesTest extends AgainstHostileServer {

    private static final List<String> SENT = List.of("do NOT pay Mallory", "yes, do it", "pay Alice");

    @Test
    void h8NeverSealsWhatAnAnswerThatBrokeOffHadReordered() {
        isNotSealed(page -> {
            ArrayNode items = (ArrayNode) page.get("items");
            for (int i = 0; i < items.size(); i++) {
                ((ObjectNode) items.get(i)).put("position", items.size() - 1 - i);
            }
        });
    }

    @Test
    void h8NeverSealsOverWhatAnAnswerThatBrokeOffHadDropped() {
        isNotSealed(page -> ((ArrayNode) page.get("items")).remove(1));
    }

    private interface Lie {
        void tell(JsonNode page);
    }

    /// The server makes the device start over, lies on the first page, and fails the next.
    private static void isNotSealed(Lie lie) {
        Person ada = world.signUp();
        try (Nescio nescio = World.connect(proxy);
                Account account = World.signIn(nescio, ada)) {
            proxy.mutate((request, answer) ->
                    request.path().endsWith("/commits") ? ((ObjectNode) answer).put("sequence", 0) : answer);
            Chat chat = account.chats().create("Payments");
            SENT.forEach(chat::send);
            AtomicInteger pages = new AtomicInteger();
            proxy.takeOver((request, exchange) -> {
                if (!request.path().contains("?after=") || pages.incrementAndGet() == 1) {
                    return false;
                }
                exchange.sendResponseHeaders(503, -1);
                return true;
            });
            proxy.mutate("/v1/containers/", answer -> {
                if (answer.has("items")) {
                    lie.tell(answer);
                    ((ObjectNode) answer).put("more", true);
                }
                return answer;
            });
            assertThrows(NescioException.class, chat::read);
            assertEquals(2, pages.get());
            proxy.behave();
            chat.send("thanks");
        }
        try (Nescio fresh = Nescio.connect(world.uri());
                Account account = World.signIn(fresh, ada)) {
            ChatReading.Complete reading = assertInstanceOf(
                    ChatReading.Complete.class, World.onlyChat(account).read());
            assertEquals(
                    List.of(SENT.getFirst(), SENT.get(1), SENT.getLast(), "thanks"),
                    reading.messages().stream().map(Message::text).toList());
        }
    }

    @Test
    void h20StopsReadingAChatThatHasNoEnd() {
        Person ada = world.signUp();
        try (Nescio nescio = Nescio.connect(world.uri());
                Account account = World.signIn(nescio, ada)) {
            account.chats().create("Endless").send("one");
        }
        try (Nescio nescio = World.connect(proxy);
                Account account = World.signIn(nescio, ada)) {
            List<JsonNode> pages = new ArrayList<>();
            proxy.mutate("/v1/containers/", answer -> {
                pages.add(answer.deepCopy());
                return another(pages);
            });
            ChatReading.Tampered reading = assertInstanceOf(
                    ChatReading.Tampered.class, World.onlyChat(account).read());
            assertEquals(Finding.INCOMPLETE, reading.finding());
            assertEquals(2, pages.size());
        }
    }

    /// The first page again, with its message under another id and a later sequence; ends after ten, for a client
    /// that would go on for ever.
    private static JsonNode another(List<JsonNode> pages) {
        ObjectNode page = (ObjectNode) pages.getFirst().deepCopy();
        ObjectNode item = (ObjectNode) page.get("items").get(0);
        if (pages.size() > 1) {
            item.put("id", String.format(Locale.ROOT, "%032x", pages.size()));
            item.put("position", pages.size() - 1)
                    .put("sequence", item.get("sequence").asLong() + pages.size());
        }
        return page.put("more", pages.size() < 10);
    }

    @Test
    void h20StopsReadingAListThatHasNoEnd() {
        Person ada = world.signUp();
        try (Nescio nescio = World.connect(proxy);
                Account account = World.signIn(nescio, ada)) {
            account.chats().create("One");
            List<JsonNode> pages = new ArrayList<>();
            proxy.mutate("/v1/domains/chats", answer -> {
                pages.add(answer);
                return ((ObjectNode) pages.getFirst()).put("more", pages.size() < 10);
            });
            NescioException.Distrust distrust = assertThrows(
                    NescioException.Distrust.class, () -> account.chats().list());
            assertEquals(Finding.INCOMPLETE, distrust.finding());
            assertEquals(2, pages.size());
        }
    }
}
