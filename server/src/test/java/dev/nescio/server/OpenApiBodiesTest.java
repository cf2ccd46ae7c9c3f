package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.Json;
import dev.nescio.protocol.Sync;
import dev.nescio.server.http.Endpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What `spec/openapi.yaml` says of a body is what the records do: a body is made from its schema, then changed in each
/// place to what the schema does not allow.
class OpenApiBodiesTest {

    private static final JsonNode SPEC = new YAMLMapper()
            .readTree(Path.of(System.getProperty("nescio.spec"), "openapi.yaml").toFile());
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /// Of a value that may be null, the schema of any other.
    private static JsonNode resolved(JsonNode node) {
        if (node.has("$ref")) {
            return resolved(SPEC.at(node.get("$ref").asString().substring(1)));
        }
        return node.has("oneOf") && !node.has("properties")
                ? resolved(node.get("oneOf").get(0))
                : node;
    }

    private static JsonNode operation(Endpoint endpoint) {
        return SPEC.get("paths").get(endpoint.path()).get(endpoint.method().toLowerCase(Locale.ROOT));
    }

    static Stream<Endpoint> requests() {
        return Stream.of(Endpoint.values())
                .filter(endpoint -> endpoint.request().isPresent());
    }

    static Stream<Endpoint> answers() {
        return Stream.of(Endpoint.values()).filter(endpoint -> endpoint.answer().isPresent());
    }

    private static JsonNode request(Endpoint endpoint) {
        return operation(endpoint).at("/requestBody/content/application~1json/schema");
    }

    private static JsonNode answer(Endpoint endpoint) {
        return endpoint == Endpoint.HINTS
                ? operation(endpoint).at("/x-websocket/serverMessage")
                : resolved(operation(endpoint).get("responses").get(Integer.toString(endpoint.status())))
                        .at("/content/application~1json/schema");
    }

    // ---- bodies made from schemas -------------------------------------------------------------------------

    private int made;

    /// The smallest value that a schema allows, with every member that an object may have.
    private JsonNode make(JsonNode node) {
        JsonNode schema = resolved(node);
        if (schema.has("const")) {
            return schema.get("const");
        }
        if (schema.has("enum")) {
            return schema.get("enum").get(0);
        }
        return switch (schema.path("type").asString("")) {
            case "object" -> makeObject(schema);
            case "array" ->
                makeArray(schema, Math.max(1, schema.path("minItems").asInt(0)));
            case "string" -> JSON.stringNode(makeString(schema));
            case "integer" -> JSON.numberNode(schema.get("minimum").longValue());
            case "boolean" -> JSON.booleanNode(true);
            default -> throw new AssertionError("a schema without a type: " + schema);
        };
    }

    private ObjectNode makeObject(JsonNode schema) {
        assertTrue(schema.has("properties"), () -> "an object without properties: " + schema);
        ObjectNode object = JSON.objectNode();
        schema.get("properties").forEachEntry((name, property) -> {
            if (!property.isBoolean() && !alternatives(schema).contains(name)) {
                object.set(name, make(property));
            }
        });
        if (schema.has("oneOf")) {
            String first = schema.get("oneOf").get(0).get("required").get(0).asString();
            object.set(first, make(schema.get("properties").get(first)));
        }
        return object;
    }

    /// Members of which exactly one is there.
    private static Set<String> alternatives(JsonNode schema) {
        Set<String> names = new HashSet<>();
        schema.path("oneOf").forEach(choice -> choice.path("required").forEach(name -> names.add(name.asString())));
        return names;
    }

    private ArrayNode makeArray(JsonNode schema, int length) {
        ArrayNode array = JSON.arrayNode();
        for (int i = 0; i < length; i++) {
            array.add(make(schema.get("items")));
        }
        return array;
    }

    private String makeString(JsonNode schema) {
        if (schema.path("pattern").asString("").equals("^[0-9a-f]{32}$")) {
            return String.format(Locale.ROOT, "%032x", ++made);
        }
        if (schema.path("format").asString("").equals("email")) {
            return "somebody" + ++made + "@example.org";
        }
        int length = schema.get("minLength").intValue();
        boolean letters = schema.path("pattern").asString("").matches("\\^\\[a-z[_-]\\]\\+\\$");
        return letters ? "a".repeat(length) : text(length);
    }

    /// Digits, unlike any before, and then zero bits: so it is base64url and, where it is short, a code. What is too
    /// short
    /// for digits is zero bits.
    private String text(int length) {
        String number = length < 4 ? "" : String.format(Locale.ROOT, "%04d", ++made);
        return number + (length >= 4 && length < 10 ? "0" : "A").repeat(length - number.length());
    }

    // ---- requests -----------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("requests")
    void requestsAreRefusedOutsideTheirSchema(Endpoint endpoint) {
        Class<?> type = endpoint.request().orElseThrow();
        JsonNode body = make(request(endpoint));
        assertAccepted(type, body);
        for (Change change : changes("", request(endpoint), body)) {
            JsonNode changed = body.deepCopy();
            change.apply(changed);
            assertEquals(change.allowed(), accepts(type, changed), () -> endpoint + " " + change.what());
        }
    }

    @ParameterizedTest
    @MethodSource("requests")
    void schemasOfRequestsAllowNoOtherMembers(Endpoint endpoint) {
        assertClosed(endpoint.name(), request(endpoint));
    }

    private static void assertClosed(String where, JsonNode node) {
        JsonNode schema = resolved(node);
        if (schema.path("type").asString("").equals("object")) {
            assertTrue(isClosed(node) || isClosed(schema), () -> where + " is open");
            schema.get("properties").forEachEntry((name, property) -> assertClosed(where + "." + name, property));
        } else if (schema.has("items")) {
            assertClosed(where + "[]", schema.get("items"));
        }
    }

    private static boolean isClosed(JsonNode schema) {
        return Stream.of("additionalProperties", "unevaluatedProperties")
                .anyMatch(keyword -> !schema.path(keyword).asBoolean(true));
    }

    private static void assertAccepted(Class<?> type, JsonNode body) {
        assertTrue(accepts(type, body), () -> type.getSimpleName() + " is not " + body);
    }

    private static boolean accepts(Class<?> type, JsonNode body) {
        try {
            Json.STRICT.readValue(body.toString(), type);
            return true;
        } catch (JacksonException e) {
            return false;
        }
    }

    /// A value put in place of another, or null for none.
    ///
    /// @param object the JSON pointer of what holds it
    private record Change(String object, String member, JsonNode value, boolean allowed) {

        void apply(JsonNode body) {
            ObjectNode holder = (ObjectNode) body.at(object);
            if (value == null) {
                holder.remove(member);
            } else {
                holder.set(member, value);
            }
        }

        String what() {
            String shown = value == null ? "left out" : value.toString();
            return object + "/" + member + " " + shown.substring(0, Math.min(60, shown.length())) + " "
                    + shown.length();
        }
    }

    private List<Change> changes(String at, JsonNode node, JsonNode made) {
        JsonNode schema = resolved(node);
        List<Change> changes = new ArrayList<>();
        changes.add(new Change(at, "unknown", JSON.numberNode(1), false));
        Set<String> required = new HashSet<>(alternatives(schema));
        schema.path("required").forEach(name -> required.add(name.asString()));
        ((ObjectNode) made).forEachEntry((name, value) -> {
            JsonNode property = resolved(schema.get("properties").get(name));
            changes.add(new Change(at, name, null, !required.contains(name)));
            for (JsonNode other : List.of(
                    JSON.stringNode("?"),
                    JSON.numberNode(-1),
                    JSON.numberNode(1.5),
                    JSON.objectNode(),
                    JSON.arrayNode().add(JSON.arrayNode()))) {
                changes.add(new Change(at, name, other, false));
            }
            outside(property, value).forEach(edge -> changes.add(new Change(at, name, edge, false)));
            inside(property).forEach(edge -> changes.add(new Change(at, name, edge, true)));
            if (value.isObject()) {
                changes.addAll(changes(at + "/" + name, property, value));
            } else if (value.isArray() && value.get(0).isObject()) {
                changes.addAll(changes(at + "/" + name + "/0", property.get("items"), value.get(0)));
            }
        });
        return changes;
    }

    /// Just outside each bound.
    private List<JsonNode> outside(JsonNode schema, JsonNode value) {
        List<JsonNode> outside = new ArrayList<>();
        if (schema.has("minimum")) {
            outside.add(JSON.numberNode(schema.get("minimum").longValue() - 1));
        }
        if (schema.has("maximum")) {
            outside.add(JSON.numberNode(schema.get("maximum").longValue() + 1));
        }
        if (schema.path("const").isInt()) {
            outside.add(JSON.numberNode(schema.get("const").intValue() + 1));
        }
        if (schema.has("minLength")) {
            if (schema.get("minLength").intValue() > 0) {
                outside.add(JSON.stringNode(text(schema.get("minLength").intValue() - 1)));
            }
            outside.add(JSON.stringNode(text(schema.get("maxLength").intValue() + 1)));
        }
        if (schema.has("minItems") && schema.get("minItems").intValue() > 0) {
            outside.add(makeArray(schema, schema.get("minItems").intValue() - 1));
        }
        if (schema.has("maxItems")) {
            outside.add(makeArray(schema, schema.get("maxItems").intValue() + 1));
        }
        if (schema.path("uniqueItems").asBoolean(false)) {
            ArrayNode twice = (ArrayNode) value.deepCopy();
            twice.set(0, twice.get(1));
            outside.add(twice);
        }
        return outside;
    }

    /// Each upper bound itself.
    private List<JsonNode> inside(JsonNode schema) {
        List<JsonNode> inside = new ArrayList<>();
        if (schema.has("maximum")) {
            inside.add(JSON.numberNode(schema.get("maximum").longValue()));
        }
        if (schema.has("maxLength")) {
            inside.add(JSON.stringNode(text(schema.get("maxLength").intValue())));
        }
        if (schema.has("maxItems")) {
            inside.add(makeArray(schema, schema.get("maxItems").intValue()));
        }
        schema.path("enum").forEach(inside::add);
        return inside;
    }

    // ---- answers ------------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("answers")
    void answersAreWrittenAsTheirSchemaSays(Endpoint endpoint) {
        Class<?> type = endpoint.answer().orElseThrow();
        JsonNode body = make(answer(endpoint));
        assertEquals(body.toString(), written(type, body).toString(), "read and written again");
        for (Change change : changes("", answer(endpoint), body)) {
            // One record is a slot with this key and one without; which of them is sent, the feature decides.
            if (change.value() == null && !change.member().equals("wrappedMasterKey")) {
                JsonNode changed = body.deepCopy();
                change.apply(changed);
                // A member that is required is written whatever the record was made from; any other may be absent.
                boolean there = !accepts(type, changed)
                        || written(type, changed).at(change.object()).has(change.member());
                assertEquals(!change.allowed(), there, () -> endpoint + " " + change.what());
            }
        }
        assertNullsAreAllowed(endpoint.name(), type, answer(endpoint), body);
    }

    /// @return the record that was read from `body`, as it is sent
    private static JsonNode written(Class<?> type, JsonNode body) {
        return Json.STRICT.readTree(Json.STRICT.writeValueAsBytes(Json.STRICT.readValue(body.toString(), type)));
    }

    /// A member that is left out of what a record is made from is not sent as null, unless its schema says so.
    private static void assertNullsAreAllowed(String where, Class<?> type, JsonNode node, JsonNode body) {
        JsonNode schema = resolved(node);
        for (String name : body.propertyNames()) {
            ObjectNode without = ((ObjectNode) body).deepCopy();
            without.remove(name);
            if (accepts(type, without) && written(type, without).path(name).isNull()) {
                assertTrue(
                        schema.get("properties")
                                .get(name)
                                .path("oneOf")
                                .valueStream()
                                .anyMatch(choice ->
                                        choice.path("type").asString("").equals("null")),
                        () -> where + "." + name + " may be null");
            }
        }
    }

    // ---- query parameters ---------------------------------------------------------------------------------

    @Test
    void queryParametersHaveTheirBounds() {
        try (TestServer server = TestServer.start(Backend.SQLITE)) {
            Client client = Device.signedUp(server).on(server);
            Sync.NewContainer container = Device.container(1);
            client.post("/v1/domains/chats/containers", container).as(Sync.Committed.class);
            for (Endpoint endpoint : Endpoint.values()) {
                if (!endpoint.method().equals("GET") || endpoint == Endpoint.HINTS) {
                    continue;
                }
                String path = endpoint.path()
                        .replace("{domain}", "chats")
                        .replace("{id}", container.id().hex());
                Set<String> specified = new HashSet<>();
                for (JsonNode parameter : operation(endpoint).path("parameters")) {
                    JsonNode query = resolved(parameter);
                    if (query.get("in").asString().equals("query")) {
                        specified.add(query.get("name").asString());
                        assertBounds(client, path, query);
                    }
                }
                for (String name : List.of("from", "after", "limit")) {
                    int status = client.get(path + "?" + name + "=x").status();
                    assertEquals(specified.contains(name) ? 400 : 200, status, endpoint + " " + name);
                }
                assertTrue(List.of("from", "after", "limit").containsAll(specified), specified::toString);
            }
        }
    }

    private static void assertBounds(Client client, String path, JsonNode query) {
        JsonNode schema = query.get("schema");
        assertEquals("integer", schema.get("type").asString());
        assertFalse(query.path("required").asBoolean(false));
        String asked = path + "?" + query.get("name").asString() + "=";
        long least = schema.get("minimum").longValue();
        long most = schema.get("maximum").longValue();
        assertEquals(200, client.get(asked + least).status(), asked + least);
        assertEquals(200, client.get(asked + most).status(), asked + most);
        assertEquals("400 bad-request", client.get(asked + (least - 1)).problemName());
        assertEquals("400 bad-request", client.get(asked + (most + 1)).problemName());
        assertEquals(
                client.get(path).text(),
                client.get(asked + schema.get("default").longValue()).text(),
                "the default of " + asked);
    }
}
