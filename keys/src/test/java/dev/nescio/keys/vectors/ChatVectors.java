package dev.nescio.keys.vectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;
import tools.jackson.databind.node.ObjectNode;

/// Vectors of section 8.1: what stands inside the metadata and the items of a chat.
final class ChatVectors {

    private static final String UNREADABLE = "unreadable";

    private ChatVectors() {}

    static VectorFile chatContent() {
        VectorFile file = new VectorFile("chat-content");
        metadata(file);
        items(file);
        for (String[] json : new String[][] {
            {"nothing", ""},
            {"null", "null"},
            {"a list", "[]"},
            {"no JSON", "title"},
            {"cut off", "%s,"},
            {"text after the end", "%s}{}"},
            {"a byte order mark", "\ufeff%s}"},
            {"a member twice", "%s,\"title\":\"a\",\"text\":\"a\"}"},
            {"a member that is not known twice", "%s,\"new\":1,\"new\":1}"},
            {"a member twice inside one that is not known", "%s,\"new\":[{\"a\":1,\"\\u0061\":1}]}"},
            {"a fraction in a member that is not known", "%s,\"new\":1.5}"},
            {"an exponent in a member that is not known", "%s,\"new\":[1e0]}"},
            {"-0 in a member that is not known", "%s,\"new\":{\"a\":-0}}"},
            {"2^53 in a member that is not known", "%s,\"new\":9007199254740992}"},
            {"an unpaired surrogate in a member that is not known", "%s,\"new\":\"\\ud800\"}"},
            {"an unpaired surrogate in the name of a member", "%s,\"\\udc00\":1}"},
        }) {
            unreadable(file, "metadata", json[0], json[1].formatted("{\"title\":\"Plans\""));
            unreadable(file, "item", json[0], json[1].formatted("{\"kind\":\"message\",\"text\":\"hi\",\"sentAt\":7"));
        }
        bytes(file, "metadata", "a surrogate in three bytes", HexFormat.of().parseHex("7b227469746c65223a22eda080227d"))
                .put("error", UNREADABLE);
        bytes(
                        file,
                        "metadata",
                        "a pair of surrogates in six bytes",
                        HexFormat.of().parseHex("7b227469746c65223a22eda0bdedb880227d"))
                .put("error", UNREADABLE);
        bytes(file, "metadata", "an overlong form", HexFormat.of().parseHex("7b227469746c65223a22c181227d"))
                .put("error", UNREADABLE);
        return file;
    }

    private static void metadata(VectorFile file) {
        text(file, "metadata", "a title", "{\"title\":\"Plans\"}").put("title", "Plans");
        text(file, "metadata", "no characters in the title", "{\"title\":\"\"}").put("title", "");
        text(file, "metadata", "members that are not known", "{\"colour\":[1,null,true],\"title\":\"\\ud83d\\ude00\"}")
                .put("title", "\ud83d\ude00");
        unreadable(file, "metadata", "no title", "{}");
        unreadable(file, "metadata", "null for the title", "{\"title\":null}");
        unreadable(file, "metadata", "a number for the title", "{\"title\":7}");
        unreadable(file, "metadata", "an unpaired surrogate", "{\"title\":\"\\ud800\"}");
    }

    private static void items(VectorFile file) {
        String item = "{\"kind\":\"message\",\"text\":\"hi\",\"sentAt\":%s}";
        for (long sentAt : new long[] {0, 1767225600000L, (1L << 53) - 1}) {
            text(file, "item", "sent at " + sentAt, item.formatted(sentAt))
                    .put("text", "hi")
                    .put("sentAt", sentAt);
        }
        text(
                        file,
                        "item",
                        "members that are not known",
                        "{\"sentAt\":7,\"mood\":{\"of\":[\"day\"]},\"text\":\"\",\"kind\":\"message\"}")
                .put("text", "")
                .put("sentAt", 7);
        for (String sentAt : new String[] {"-0", "-1", "7.0", "7e0", "9007199254740992", "\"7\"", "null", "true"}) {
            unreadable(file, "item", "sent at " + sentAt, item.formatted(sentAt));
        }
        unreadable(file, "item", "never sent", "{\"kind\":\"message\",\"text\":\"hi\"}");
        unreadable(file, "item", "no text", "{\"kind\":\"message\",\"sentAt\":7}");
        unreadable(file, "item", "null for the text", "{\"kind\":\"message\",\"text\":null,\"sentAt\":7}");
        unreadable(file, "item", "no kind", "{\"text\":\"hi\",\"sentAt\":7}");
        unreadable(file, "item", "another kind", "{\"kind\":\"drawing\",\"text\":\"hi\",\"sentAt\":7}");
        unreadable(file, "item", "an unpaired surrogate", "{\"kind\":\"message\",\"text\":\"\\udc00\",\"sentAt\":7}");
    }

    private static void unreadable(VectorFile file, String part, String name, String json) {
        text(file, part, name, json).put("error", UNREADABLE);
    }

    private static ObjectNode text(VectorFile file, String part, String name, String json) {
        return bytes(file, part, name, json.getBytes(UTF_8));
    }

    private static ObjectNode bytes(VectorFile file, String part, String name, byte[] content) {
        return file.add(part + ": " + name).put("part", part).put("content", VectorFile.hex(content));
    }
}
