package dev.nescio.keys.vectors;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.Id;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.SlotId;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.SealingKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// One case of a vector file, as read back.
public record Vector(String kind, JsonNode node) {

    static final Path FOLDER = Path.of(System.getProperty("nescio.spec"), "vectors");

    /// @return every case of the file of this kind; an absent or an empty file is a failure
    public static List<Vector> all(String kind) {
        Path file = FOLDER.resolve(kind + ".json");
        JsonNode root;
        try {
            root = Json.STRICT.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!root.path("format").asString("").equals("nescio-vectors/1")
                || !root.path("kind").asString("").equals(kind)) {
            throw new IllegalStateException(file + " is not a file of " + kind + " vectors");
        }
        List<Vector> all = new ArrayList<>();
        root.path("cases").forEach(node -> all.add(new Vector(kind, node)));
        if (all.isEmpty()) {
            throw new IllegalStateException(file + " holds no case");
        }
        return all;
    }

    public String name() {
        return node.get("name").stringValue();
    }

    boolean has(String field) {
        return node.has(field);
    }

    public boolean fails() {
        return has("error");
    }

    String error() {
        return text("error");
    }

    String text(String field) {
        return node.get(field).stringValue();
    }

    /// Text that is given as it is, or as UTF-16 code units in hex.
    public String typed() {
        if (has("typed")) {
            return text("typed");
        }
        String units = text("typedUtf16");
        StringBuilder typed = new StringBuilder();
        for (int i = 0; i < units.length(); i += 4) {
            typed.append((char) Integer.parseInt(units.substring(i, i + 4), 16));
        }
        return typed.toString();
    }

    long number(String field) {
        return node.get(field).longValue();
    }

    public int integer(String field) {
        return node.get(field).intValue();
    }

    /// Bytes that are given in hex, or as one byte many times over.
    byte[] bytes(String field) {
        return bytes(node.get(field));
    }

    static byte[] bytes(JsonNode value) {
        if (value.isString()) {
            return Bytes.parseHex(value.stringValue()).toArray();
        }
        byte[] bytes = new byte[value.get("count").intValue()];
        Arrays.fill(bytes, Bytes.parseHex(value.get("repeat").stringValue()).toArray()[0]);
        return bytes;
    }

    public Bytes hex(String field) {
        return Bytes.parseHex(text(field));
    }

    SealingKey key(String field) {
        return SealingKey.of(SecretBytes.taking(bytes(field)));
    }

    /// Yields the salt of this case, once.
    GivenBytes salt(String field) {
        return GivenBytes.of(hex(field));
    }

    AccountId account() {
        return AccountId.parse(text("account"));
    }

    Domain domain() {
        return Domain.parse(text("domain"));
    }

    /// An id in hex that may be null.
    Optional<String> id(String field) {
        return hex(node, field);
    }

    AssociatedData associatedData() {
        JsonNode parts = node.get("associatedData");
        String purpose = parts.get("purpose").stringValue();
        Optional<String> item = hex(parts, "item");
        return new AssociatedData(
                purpose,
                AccountId.parse(parts.get("account").stringValue()),
                parts.get("domain").isNull()
                        ? null
                        : Domain.parse(parts.get("domain").stringValue()),
                hex(parts, "container").map(ContainerId::parse).orElse(null),
                item.<Id>map(purpose.equals("wrapped-master-key") ? SlotId::parse : ItemId::parse)
                        .orElse(null),
                parts.get("field").stringValue(),
                parts.get("version").longValue());
    }

    private static Optional<String> hex(JsonNode parts, String field) {
        return Optional.of(parts.get(field)).filter(JsonNode::isString).map(JsonNode::stringValue);
    }

    @Override
    public String toString() {
        return kind + ": " + name();
    }
}
