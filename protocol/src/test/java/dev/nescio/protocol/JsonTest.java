package dev.nescio.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What the codec refuses, tried on every member of every message.
class JsonTest {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /// Members that may be absent or null, by the record that has them.
    private static final Set<String> OPTIONAL = Set.of(
            "SessionOpened.token",
            "Slot.wrappedMasterKey",
            "Slot.scopeRecord",
            "Slot.expiresAt",
            "Slot.createdDay",
            "Slot.usedDay",
            "NewSlot.expiresAt",
            "Opened.token",
            "Session.accessKey",
            "Looked.revealed",
            "Polled.answered",
            "Collected.token",
            "Assertion.userHandle",
            "Slot.cloneRefusedAt",
            "Commit.metadata",
            "ContainerPage.list",
            "Hint.sequence",
            "Problem.type",
            "Problem.title",
            "Problem.detail",
            "Problem.triesLeft",
            "Problem.listCounter",
            "Problem.manifestCounter",
            "Problem.directoryCounter",
            "Problem.item",
            "Problem.devicesCounter",
            "Account.resetUntil",
            "Sessions.devices",
            "Renewed.token",
            "Start.mailedCode",
            "SignUpNow.mailedCode");

    static Stream<Object> requests() {
        return Samples.requests().stream();
    }

    static Stream<Object> messages() {
        return Stream.concat(Samples.requests().stream(), Samples.answers().stream());
    }

    @ParameterizedTest
    @MethodSource("messages")
    void roundTrips(Object message) {
        byte[] json = Json.STRICT.writeValueAsBytes(message);
        assertEquals(message, Json.STRICT.readValue(json, message.getClass()));
        assertEquals(message, Json.LENIENT.readValue(json, message.getClass()));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aMissingOrNullMemberIsRefused(Object message) {
        for (Change change : changes(message)) {
            if (change.optional()) {
                continue;
            }
            assertRefused(message, change.removed(), change + " removed");
            assertRefused(message, change.replaced(NODES.nullNode()), change + " null");
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aMemberOfAnotherTypeIsRefused(Object message) {
        for (Change change : changes(message)) {
            for (JsonNode other : others(change.value())) {
                assertRefused(message, change.replaced(other), change + " = " + other);
            }
        }
    }

    private static List<JsonNode> others(JsonNode value) {
        List<JsonNode> all = List.of(
                NODES.stringNode(""),
                NODES.stringNode("1"),
                NODES.stringNode("true"),
                NODES.numberNode(1),
                NODES.numberNode(1.0),
                NODES.booleanNode(true),
                NODES.arrayNode(),
                NODES.arrayNode().add(value),
                NODES.objectNode());
        return all.stream()
                .filter(other -> !(value.isIntegralNumber() && other.isIntegralNumber()))
                .filter(other -> other.getNodeType() != value.getNodeType() || other.isDouble())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aNumberThatDoesNotFitIsRefused(Object message) {
        for (Change change : changes(message)) {
            boolean ofAProblem = message instanceof Problem; // Nothing is decided by these.
            if (change.value().isIntegralNumber() && !ofAProblem) {
                assertRefused(message, change.replaced(NODES.numberNode(1L << 63)), change + " too low");
                assertRefused(
                        message,
                        change.replaced(NODES.numberNode(new java.math.BigInteger("99999999999999999999"))),
                        change + " too high");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aNullEntryIsRefused(Object message) {
        for (Change change : changes(message)) {
            if (change.value() instanceof ArrayNode entries) {
                assertRefused(message, change.replaced(entries.deepCopy().addNull()), change + " with null");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("requests")
    void anUnknownMemberIsRefusedInRequestsOnly(Object message) {
        for (ObjectNode json : withUnknownMembers(message)) {
            assertRefused(message, json, "unknown member");
            assertEquals(message, Json.LENIENT.treeToValue(json, message.getClass()));
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aMemberTwiceIsRefused(Object message) {
        String json = Json.STRICT.writeValueAsString(message);
        String first = json.substring(1, json.indexOf(':'));
        for (String twice :
                List.of("{" + first + ":null," + json.substring(1), json.replaceFirst("\\{", "{\"a\":1,\"a\":2,"))) {
            assertThrows(JacksonException.class, () -> Json.LENIENT.readValue(twice, message.getClass()), twice);
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void textAroundIsRefused(Object message) {
        String json = Json.STRICT.writeValueAsString(message);
        for (String more :
                List.of(json + "1", json + "{}", json + "x", json + ",", "[" + json + "]", json.substring(1))) {
            assertThrows(JacksonException.class, () -> Json.LENIENT.readValue(more, message.getClass()));
        }
        for (int cut = 0; cut < json.length(); cut++) {
            String shorter = json.substring(0, cut);
            assertThrows(JacksonException.class, () -> Json.LENIENT.readValue(shorter, message.getClass()));
        }
    }

    /// Text is UTF-8 without a byte order mark (spec, section 1.2).
    @Test
    void anotherEncodingIsRefused() {
        String json = Json.STRICT.writeValueAsString(new Sync.Committed(1));
        for (Charset other : List.of(
                StandardCharsets.UTF_16BE,
                StandardCharsets.UTF_16LE,
                StandardCharsets.UTF_32BE,
                StandardCharsets.UTF_32LE)) {
            byte[] octets = json.getBytes(other);
            assertThrows(
                    JacksonException.class, () -> Json.STRICT.readValue(octets, Sync.Committed.class), other.name());
        }
        byte[] marked = ("\ufeff" + json).getBytes(UTF_8);
        assertThrows(JacksonException.class, () -> Json.STRICT.readValue(marked, Sync.Committed.class));
    }

    /// Jackson does take overlong forms for what they would stand for; in these messages, where text is hex,
    /// base64url, digits or a few words, that gives nobody a second spelling that means something else.
    @ParameterizedTest
    @ValueSource(strings = {"80", "c3", "eda080", "edbfbf", "f8888080", "ff"})
    void textThatIsNotUtf8IsRefused(String hex) {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        json.writeBytes("{\"type\":\"".getBytes(UTF_8));
        json.writeBytes(Bytes.parseHex(hex).toArray());
        json.writeBytes("\"}".getBytes(UTF_8));
        assertThrows(JacksonException.class, () -> Json.STRICT.readValue(json.toByteArray(), Sync.Hint.class));
    }

    @Test
    void whatIsAlmostJsonIsRefused() {
        for (String json : List.of(
                "{'sequence':1}",
                "{sequence:1}",
                "{\"sequence\":1,}",
                "{\"sequence\":01}",
                "{\"sequence\":+1}",
                "{\"sequence\":0x1}",
                "{\"sequence\":1e0}",
                "{\"sequence\":NaN}",
                "{\"sequence\":1}//",
                "/**/{\"sequence\":1}",
                "#\n{\"sequence\":1}",
                "{\"sequence\":1 \u0000}",
                "{\"sequence\":\u00a01}")) {
            assertThrows(JacksonException.class, () -> Json.STRICT.readValue(json, Sync.Committed.class), json);
        }
    }

    @Test
    void depthAndLengthsAreBounded() {
        String deep = "{\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + ",\"sequence\":1}";
        assertThrows(JacksonException.class, () -> Json.LENIENT.readValue(deep, Sync.Committed.class));
        String name = "{\"" + "x".repeat(50_000) + "\":1,\"sequence\":1}";
        assertThrows(JacksonException.class, () -> Json.LENIENT.readValue(name, Sync.Committed.class));
        String number = "{\"sequence\":" + "1".repeat(50_000) + "}";
        assertThrows(JacksonException.class, () -> Json.LENIENT.readValue(number, Sync.Committed.class));
        String unknownNumber = "{\"x\":" + "1".repeat(50_000) + ",\"sequence\":1}";
        assertThrows(JacksonException.class, () -> Json.LENIENT.readValue(unknownNumber, Sync.Committed.class));
        String text = "{\"signup\":\"" + "A".repeat(Limits.REQUEST_BODY + 1) + "\"}";
        assertThrows(StreamConstraintsException.class, () -> Json.LENIENT.readValue(text, SignUp.Cancel.class));
        String document = " ".repeat(Limits.RESPONSE_BODY) + "{\"sequence\":1}";
        assertThrows(
                StreamConstraintsException.class,
                () -> Json.LENIENT.readValue(new ByteArrayInputStream(document.getBytes(UTF_8)), Sync.Committed.class));
    }

    /// Whatever a parse error says may end in a log, and what was sent may be a token or an address.
    @Property(tries = 100)
    void aParseErrorDoesNotShowTheSource(@ForAll @StringLength(min = 10, max = 20) String secret) {
        String json = Json.STRICT.writeValueAsString(secret);
        String broken = "{\"signup\":" + json + ",,";
        JacksonException e =
                assertThrows(JacksonException.class, () -> Json.STRICT.readValue(broken, SignUp.Cancel.class));
        assertFalse(e.toString().contains(secret), e::toString);
    }

    // ---- changing a message -----------------------------------------------------------------------------

    /// One member of a message, to be changed.
    ///
    /// @param path names and indices from the root
    record Change(Object message, String record, List<Object> path) {

        boolean optional() {
            boolean oneOfTwo =
                    message instanceof SignIn.Attempt && (last().equals("totp") || last().equals("backupCodeHash"));
            return OPTIONAL.contains(record + "." + last()) && !oneOfTwo;
        }

        private Object last() {
            return path.getLast();
        }

        private static JsonNode at(JsonNode node, List<Object> path) {
            JsonNode at = node;
            for (Object step : path) {
                at = step instanceof Integer index ? at.get(index) : at.get((String) step);
            }
            return at;
        }

        JsonNode value() {
            return at(Json.STRICT.valueToTree(message), path);
        }

        ObjectNode removed() {
            ObjectNode json = Json.STRICT.valueToTree(message);
            ((ObjectNode) at(json, path.subList(0, path.size() - 1))).remove((String) last());
            return json;
        }

        ObjectNode replaced(JsonNode value) {
            ObjectNode json = Json.STRICT.valueToTree(message);
            ((ObjectNode) at(json, path.subList(0, path.size() - 1))).set((String) last(), value);
            return json;
        }

        @Override
        public String toString() {
            return record + path;
        }
    }

    private static List<Change> changes(Object message) {
        List<Change> changes = new ArrayList<>();
        collect(message, message, List.of(), changes);
        return changes;
    }

    /// Follows records and lists, so that each member is known by the record that declares it.
    private static void collect(Object root, Object value, List<Object> path, List<Change> changes) {
        if (value instanceof List<?> list && !list.isEmpty()) {
            collect(root, list.getFirst(), with(path, 0), changes);
        }
        if (!(value instanceof Record) || value instanceof Id || value instanceof Scope) {
            return;
        }
        for (java.lang.reflect.RecordComponent component : value.getClass().getRecordComponents()) {
            Object member;
            try {
                member = component.getAccessor().invoke(value);
            } catch (ReflectiveOperationException e) {
                throw new LinkageError(e.getMessage(), e);
            }
            if (member != null) {
                List<Object> here = with(path, component.getName());
                changes.add(new Change(root, value.getClass().getSimpleName(), here));
                collect(root, member, here, changes);
            }
        }
    }

    private static List<Object> with(List<Object> path, Object step) {
        List<Object> longer = new ArrayList<>(path);
        longer.add(step);
        return longer;
    }

    private static List<ObjectNode> withUnknownMembers(Object message) {
        List<ObjectNode> all = new ArrayList<>();
        ObjectNode json = Json.STRICT.valueToTree(message);
        all.add(json.deepCopy().put("unknown", 1));
        for (Change change : changes(message)) {
            if (change.value() instanceof ObjectNode inner) {
                all.add(change.replaced(inner.deepCopy().put("unknown", 1)));
            }
        }
        return all;
    }

    private static void assertRefused(Object message, JsonNode json, String what) {
        assertDoesNotThrow(() -> Json.STRICT.treeToValue(Json.STRICT.valueToTree(message), message.getClass()));
        assertThrows(
                JacksonException.class,
                () -> Json.STRICT.readValue(Json.STRICT.writeValueAsBytes(json), message.getClass()),
                message.getClass().getSimpleName() + ": " + what);
    }
}
