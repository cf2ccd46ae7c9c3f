package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.Id;
import dev.nescio.protocol.Problem;
import dev.nescio.protocol.Scope;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.ProblemType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// `spec/openapi.yaml` and the routes of this server say the same, in both directions: routes, statuses,
/// problems, and the fields of every body.
class OpenApiTest {

    private static final JsonNode SPEC = new YAMLMapper()
            .readTree(Path.of(System.getProperty("nescio.spec"), "openapi.yaml").toFile());
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

    private static JsonNode resolved(JsonNode node) {
        JsonNode reference = node.get("$ref");
        return reference == null ? node : resolved(SPEC.at(reference.asString().substring(1)));
    }

    private static JsonNode operation(Endpoint endpoint) {
        return SPEC.get("paths").get(endpoint.path()).get(endpoint.method().toLowerCase(java.util.Locale.ROOT));
    }

    @Test
    void routes() {
        Set<String> specified = new TreeSet<>();
        SPEC.get("paths")
                .forEachEntry((path, operations) -> operations.propertyNames().stream()
                        .filter(METHODS::contains)
                        .forEach(method -> specified.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path)));
        assertFalse(specified.isEmpty());
        assertEquals(
                specified,
                Arrays.stream(Endpoint.values())
                        .map(endpoint -> endpoint.method() + " " + endpoint.path())
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @ParameterizedTest
    @EnumSource(Endpoint.class)
    void statuses(Endpoint endpoint) {
        Map<Integer, Set<String>> specified = new TreeMap<>();
        operation(endpoint)
                .get("responses")
                .forEachEntry(
                        (status, response) -> specified.put(Integer.valueOf(status), problems(resolved(response))));
        Map<Integer, Set<String>> ours = new TreeMap<>();
        ours.put(endpoint.status(), Set.of());
        for (ProblemType problem : endpoint.problems()) {
            ours.computeIfAbsent(problem.status(), same -> new TreeSet<>()).add(problem.text());
        }
        assertEquals(specified, ours);
    }

    /// The names of the problems that a response can be.
    private static Set<String> problems(JsonNode response) {
        JsonNode schema = response.at("/content").path(Problem.MEDIA_TYPE).path("schema");
        if (schema.isMissingNode()) {
            return Set.of();
        }
        Stream<JsonNode> choices = schema.has("oneOf") ? schema.get("oneOf").valueStream() : Stream.of(schema);
        return choices.map(choice -> choice.get("$ref").asString())
                .map(reference -> reference.substring(reference.lastIndexOf('/') + "/problem-".length()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @ParameterizedTest
    @EnumSource(Endpoint.class)
    void fields(Endpoint endpoint) {
        JsonNode operation = operation(endpoint);
        JsonNode request = operation.at("/requestBody/content/application~1json/schema");
        assertEquals(endpoint.request().isPresent(), !request.isMissingNode());
        endpoint.request().ifPresent(type -> compare(endpoint + " request", type, request));
        JsonNode answer = endpoint == Endpoint.HINTS
                ? operation.at("/x-websocket/serverMessage")
                : resolved(operation.get("responses").get(Integer.toString(endpoint.status())))
                        .at("/content/application~1json/schema");
        assertEquals(endpoint.answer().isPresent(), !answer.isMissingNode());
        endpoint.answer().ifPresent(type -> compare(endpoint + " answer", type, answer));
    }

    /// Compares the fields of a record with those of a schema, and those of the records inside it.
    private static void compare(String where, Type type, JsonNode node) {
        JsonNode schema = resolved(node);
        if (schema.isBoolean()) {
            // This variant has no such member.
            return;
        }
        if (schema.has("oneOf") && !schema.has("properties")) {
            schema.get("oneOf")
                    .valueStream()
                    .map(OpenApiTest::resolved)
                    .filter(choice -> !"null".equals(choice.path("type").asString("")))
                    .forEach(choice -> compare(where, type, choice));
            return;
        }
        if (type instanceof ParameterizedType list) {
            compare(where, list.getActualTypeArguments()[0], schema.get("items"));
        } else if (type instanceof Class<?> record && record.isRecord() && !isText(record)) {
            assertTrue(schema.has("properties"), where + " has no properties");
            JsonNode properties = schema.get("properties");
            List<RecordComponent> components = List.of(record.getRecordComponents());
            assertEquals(
                    new TreeSet<>(properties.propertyNames()),
                    components.stream().map(RecordComponent::getName).collect(Collectors.toCollection(TreeSet::new)),
                    where);
            for (RecordComponent component : components) {
                compare(
                        where + "." + component.getName(),
                        component.getGenericType(),
                        properties.get(component.getName()));
            }
        }
    }

    private static boolean isText(Class<?> record) {
        return Id.class.isAssignableFrom(record) || record == Scope.class;
    }

    @Test
    void problemTypes() {
        Set<String> specified = SPEC.at("/components/schemas").propertyNames().stream()
                .filter(name -> name.startsWith("problem-"))
                .map(name -> name.substring("problem-".length()))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(
                specified,
                Arrays.stream(ProblemType.values())
                        .map(ProblemType::text)
                        .collect(Collectors.toCollection(TreeSet::new)));
    }
}
