package dev.nescio.keys.vectors;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Id;
import dev.nescio.sealing.v1.AssociatedData;
import java.util.Locale;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// One file of vectors, being written.
final class VectorFile {

    static final String FORMAT = "nescio-vectors/1";

    // Whatever is not ASCII is escaped: no editor may turn one Unicode form into another.
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
            .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
            .build();

    private static final DefaultPrettyPrinter PRINTER = new DefaultPrettyPrinter()
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(new DefaultIndenter("  ", "\n"));

    private final ObjectNode file = JSON.createObjectNode();
    private final ArrayNode cases;

    VectorFile(String kind) {
        file.put("format", FORMAT).put("kind", kind);
        cases = file.putArray("cases");
    }

    ObjectNode add(String name) {
        return cases.addObject().put("name", name);
    }

    String kind() {
        return file.get("kind").stringValue();
    }

    String json() {
        return JSON.writer().with(PRINTER).writeValueAsString(file) + "\n";
    }

    static void put(ObjectNode to, AssociatedData place) {
        ObjectNode parts = to.putObject("associatedData").put("purpose", place.purpose());
        put(parts, "account", place.account());
        parts.put("domain", place.domain() == null ? null : place.domain().text());
        put(parts, "container", place.container());
        put(parts, "item", place.item());
        parts.put("field", place.field()).put("version", place.version());
    }

    private static void put(ObjectNode to, String field, Id id) {
        to.put(field, id == null ? null : id.hex());
    }

    static String hex(byte[] bytes) {
        return Bytes.copyOf(bytes).hex();
    }

    /// Text that may hold what JSON text cannot: an unpaired surrogate goes in as UTF-16 code units in hex.
    static void putText(ObjectNode to, String field, String text) {
        boolean sound = text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
        if (sound) {
            to.put(field, text);
            return;
        }
        StringBuilder units = new StringBuilder();
        text.chars().forEach(unit -> units.append(String.format(Locale.ROOT, "%04x", unit)));
        to.put(field + "Utf16", units.toString());
    }

    /// Content that is one byte many times over.
    static void putRepeated(ObjectNode to, String field, String octet, int count) {
        to.putObject(field).put("repeat", octet).put("count", count);
    }
}
