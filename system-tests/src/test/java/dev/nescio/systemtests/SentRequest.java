package dev.nescio.systemtests;

import dev.nescio.protocol.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// A request as it went over the wire.
///
/// @param target the path with what follows it
/// @param headers by their names in small letters
record SentRequest(String target, Map<String, String> headers, String body) {

    /// @param sent on one connection; what comes after it was upgraded is left out
    static List<SentRequest> all(byte[] sent) {
        String text = new String(sent, StandardCharsets.ISO_8859_1);
        List<SentRequest> requests = new ArrayList<>();
        int at = 0;
        boolean upgraded = false;
        while (at < text.length() && !upgraded) {
            int end = text.indexOf("\r\n\r\n", at);
            if (end < 0) {
                throw new AssertionError("a head without an end");
            }
            List<String> lines = text.substring(at, end).lines().toList();
            Map<String, String> headers = new TreeMap<>();
            for (String line : lines.subList(1, lines.size())) {
                String[] parts = line.split(": ?", 2);
                headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
            }
            int body = end + 4;
            at = body + Integer.parseInt(headers.getOrDefault("content-length", "0"));
            requests.add(new SentRequest(lines.getFirst().split(" ", 3)[1], headers, text.substring(body, at)));
            upgraded = headers.getOrDefault("upgrade", "").equals("websocket");
        }
        return requests;
    }

    /// What may stand in headers that are made for it, and nowhere else but in a body.
    Stream<String> credentials() {
        return Stream.of("authorization", "cookie")
                .map(headers::get)
                .filter(value -> value != null)
                .map(value -> value.substring(value.indexOf(' ') + 1));
    }

    /// All texts of the body.
    Stream<String> texts() {
        return body.isEmpty() ? Stream.of() : texts(Json.LENIENT.readTree(body));
    }

    private static Stream<String> texts(JsonNode node) {
        return node.isString() ? Stream.of(node.asString()) : node.valueStream().flatMap(SentRequest::texts);
    }

    /// The target and all headers but those for credentials.
    String inTheOpen() {
        Map<String, String> open = new TreeMap<>(headers);
        open.remove("authorization");
        open.remove("cookie");
        return target + "\n" + open;
    }
}
