package dev.nescio.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.Problem;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What `spec/openapi.yaml` says of the body of each problem is what this server answers. Which endpoint
/// answers with which problem is compared in `OpenApiTest`.
class ProblemSchemasTest {

    private static final JsonNode SCHEMAS = new YAMLMapper()
            .readTree(Path.of(System.getProperty("nescio.spec"), "openapi.yaml").toFile())
            .at("/components/schemas");
    private static final JsonNode EVERY = SCHEMAS.get("Problem");

    private static JsonNode schema(ProblemType type) {
        return SCHEMAS.get("problem-" + type.text());
    }

    /// As the features refuse.
    private static Refusal refusal(ProblemType type) {
        return switch (type) {
            case BAD_REQUEST -> Refusal.badRequest("a sentence");
            case WRONG_CODE -> Refusal.wrongCode(4);
            case LIST_CONFLICT -> Refusal.listConflict(1);
            case DIRECTORY_CONFLICT -> Refusal.directoryConflict(1);
            case MANIFEST_CONFLICT -> Refusal.manifestConflict(1);
            case ITEM_CONFLICT -> Refusal.itemConflict(ItemId.parse("00".repeat(16)));
            case DEVICES_CONFLICT -> Refusal.devicesConflict(1);
            case TOO_MANY_REQUESTS -> Refusal.tooManyRequests(Duration.ofSeconds(1));
            case UNAVAILABLE -> Refusal.unavailable(Duration.ofSeconds(1));
            default -> Refusal.of(type);
        };
    }

    private static Set<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).collect(Collectors.toCollection(TreeSet::new));
    }

    /// Every member that a refusal has is required, and those are all.
    @ParameterizedTest
    @EnumSource(ProblemType.class)
    void members(ProblemType type) {
        JsonNode schema = schema(type);
        JsonNode body = Json.STRICT.valueToTree(refusal(type).problem());
        assertEquals(
                schema.at("/properties/type/const").asString(), body.get("type").asString());
        assertEquals(
                schema.at("/properties/status/const").asInt(),
                body.get("status").asInt());
        Set<String> required = texts(EVERY.get("required"));
        required.addAll(texts(schema.path("required")));
        assertEquals(required, new TreeSet<>(body.propertyNames()));
        Set<String> own = new TreeSet<>(schema.get("properties").propertyNames());
        own.removeAll(EVERY.get("properties").propertyNames());
        required.removeAll(EVERY.get("properties").propertyNames());
        assertEquals(required, own);
    }

    @Test
    void togetherTheyHaveTheMembersOfTheRecord() {
        Set<String> specified = new TreeSet<>(EVERY.get("properties").propertyNames());
        for (ProblemType type : ProblemType.values()) {
            specified.addAll(schema(type).get("properties").propertyNames());
        }
        assertEquals(
                Arrays.stream(Problem.class.getRecordComponents())
                        .map(RecordComponent::getName)
                        .collect(Collectors.toCollection(TreeSet::new)),
                specified);
    }
}
