package dev.nescio.server.http;

import dev.nescio.protocol.InvalidField;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.Limits;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/// Reads a request body: bounded in size and time, JSON only, exactly the record that is expected.
final class JsonBody {

    /// A body may take this long whatever its size; after that it has to keep the rate.
    private static final Duration GRACE = Duration.ofSeconds(10);

    private static final int LEAST_BYTES_PER_SECOND = 8 * 1024;

    private JsonBody() {}

    static <T> T read(HttpServletRequest request, Class<T> type) {
        requireJson(request.getContentType());
        if (request.getContentLengthLong() > Limits.REQUEST_BODY) {
            throw Refusal.of(ProblemType.TOO_LARGE);
        }
        try {
            T body = Json.STRICT.readValue(bytes(request.getInputStream()), type);
            if (body == null) {
                throw Refusal.badRequest("the body must be a JSON object");
            }
            return body;
        } catch (JacksonException e) {
            throw Refusal.badRequest(detail(e));
        } catch (IOException e) {
            throw Refusal.badRequest("the body did not arrive");
        }
    }

    private static void requireJson(String contentType) {
        String type =
                contentType == null ? "" : contentType.toLowerCase(Locale.ROOT).replace(" ", "");
        if (!type.equals("application/json") && !type.equals("application/json;charset=utf-8")) {
            throw Refusal.of(ProblemType.UNSUPPORTED_MEDIA_TYPE);
        }
    }

    private static byte[] bytes(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[16 * 1024];
        long began = System.nanoTime();
        int some;
        while ((some = in.read(buffer)) >= 0) {
            if (out.size() + some > Limits.REQUEST_BODY) {
                throw Refusal.of(ProblemType.TOO_LARGE);
            }
            out.write(buffer, 0, some);
            Duration taken = Duration.ofNanos(System.nanoTime() - began).minus(GRACE);
            if (taken.isPositive() && out.size() < taken.toMillis() * LEAST_BYTES_PER_SECOND / 1000) {
                throw Refusal.badRequest("the body came too slowly");
            }
        }
        return out.toByteArray();
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
