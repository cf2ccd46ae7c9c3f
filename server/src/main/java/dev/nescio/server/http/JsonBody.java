package dev.nescio.server.http;

import dev.nescio.protocol.InvalidField;
import dev.nescio.protocol.Json;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/// Reads a request body: bounded in size and time, JSON only, exactly the record that is expected.
final class JsonBody {

    private static final int LARGEST_READ = 16 * 1024;

    private JsonBody() {}

    /// @param most octets that the body may have
    /// @param share charged with what is read, as it is read
    /// @param mayWait for more than the octets that have arrived
    static <T> T read(
            HttpServletRequest request, Class<T> type, int most, BodyBudget.Share share, IntPredicate mayWait) {
        requireJson(request.getHeader("Content-Type"));
        requireNoCoding(request);
        try {
            if (request.getContentLengthLong() > most) {
                throw tooLarge(request.getInputStream(), most, mayWait);
            }
            byte[] bytes = bytes(request.getInputStream(), request.getContentLengthLong(), most, share, mayWait);
            // Jackson alone lets overlong forms pass.
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            T body = Json.STRICT.readValue(bytes, type);
            if (body == null) {
                throw Refusal.badRequest("the body must be a JSON object");
            }
            requireNoNull(bytes);
            return body;
        } catch (JacksonException e) {
            throw Refusal.badRequest(detail(e));
        } catch (CharacterCodingException e) {
            throw Refusal.badRequest("the body is not well-formed UTF-8");
        } catch (IOException e) {
            throw Refusal.badRequest("the body did not arrive");
        }
    }

    /// @param contentType the header as it was sent: Jetty's parsed one fails for a charset that the JDK does not know
    private static void requireJson(String contentType) {
        String type =
                contentType == null ? "" : contentType.toLowerCase(Locale.ROOT).replace(" ", "");
        if (!type.equals("application/json") && !type.equals("application/json;charset=utf-8")) {
            throw Refusal.of(ProblemType.UNSUPPORTED_MEDIA_TYPE);
        }
    }

    /// What is compressed would have to be expanded, with limits of its own; what is sealed gains nothing by it.
    private static void requireNoCoding(HttpServletRequest request) {
        for (String coding : Collections.list(request.getHeaders("Content-Encoding"))) {
            if (!coding.equalsIgnoreCase("identity")) {
                throw Refusal.of(ProblemType.UNSUPPORTED_MEDIA_TYPE);
            }
        }
    }

    /// No member of a request may be null, and in a record an optional one that is null looks as if it were
    /// absent. Called for what has the right shape, so the name is one of the protocol's.
    private static void requireNoNull(byte[] bytes) {
        try (JsonParser parser = Json.STRICT.createParser(bytes)) {
            JsonToken token;
            while ((token = parser.nextToken()) != null) {
                if (token == JsonToken.VALUE_NULL) {
                    throw Refusal.badRequest(parser.currentName() + " must not be null");
                }
            }
        }
    }

    /// @param announced how many octets are to come, -1 if unknown: most bodies need less than a whole buffer
    private static byte[] bytes(InputStream in, long announced, int most, BodyBudget.Share share, IntPredicate mayWait)
            throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[announced < 0 ? LARGEST_READ : Math.clamp(announced, 1, LARGEST_READ)];
        while (true) {
            if (in.available() == 0 && !mayWait.test(out.size())) {
                throw Refusal.badRequest("the body came too slowly");
            }
            int some = in.read(buffer);
            if (some < 0) {
                return out.toByteArray();
            }
            if (out.size() + some > most) {
                throw tooLarge(in, most, mayWait);
            }
            if (!share.take(some)) {
                throw Refusal.unavailable(HttpServer.TRY_AGAIN);
            }
            out.write(buffer, 0, some);
        }
    }

    /// Throws some of it away: to close a connection with octets unread resets it, and a client that sends first and
    /// reads then would not get its answer.
    private static Refusal tooLarge(InputStream in, int most, IntPredicate mayWait) throws IOException {
        byte[] buffer = new byte[LARGEST_READ];
        int thrownAway = 0;
        int some = 0;
        while (some >= 0 && thrownAway <= 2 * most && (in.available() > 0 || mayWait.test(thrownAway))) {
            some = in.read(buffer);
            thrownAway += Math.max(0, some);
        }
        return Refusal.of(ProblemType.TOO_LARGE);
    }

    /// Says where the mistake is in words of the protocol, never in what was sent.
    private static String detail(JacksonException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidField) {
                String field = path(e, 0);
                return field.isEmpty() ? cause.getMessage() : field + ": " + cause.getMessage();
            }
        }
        if (e instanceof UnrecognizedPropertyException) {
            String parent = path(e, 1);
            return (parent.isEmpty() ? "the body" : parent) + " has a field that the protocol does not know";
        }
        if (e instanceof DatabindException) {
            String field = path(e, 0);
            return field.isEmpty()
                    ? "the body must be a JSON object of the right shape"
                    : field + " has the wrong type";
        }
        return "the body is not well-formed JSON within the limits of the protocol";
    }

    /// @param dropped how many of the last names to leave out, because the sender made them up
    private static String path(JacksonException e, int dropped) {
        return e.getPath().stream()
                .limit(Math.max(0, e.getPath().size() - dropped))
                .map(reference -> reference.getPropertyName())
                .filter(name -> name != null)
                .collect(Collectors.joining("."));
    }
}
