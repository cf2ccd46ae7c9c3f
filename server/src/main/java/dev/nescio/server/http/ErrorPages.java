package dev.nescio.server.http;

import dev.nescio.protocol.Json;
import dev.nescio.protocol.Problem;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/// Errors that the HTTP server finds before a route does (a malformed request line, headers too long) become
/// problems as well; its own pages would show class names.
final class ErrorPages extends ErrorHandler {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        if (request.getAttribute(ERROR_EXCEPTION) instanceof HttpException failure) {
            status = failure.getCode();
        }
        ProblemType type = ProblemType.ofStatus(status);
        Problem problem = type.problem(null);
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        if (type == ProblemType.UNAVAILABLE) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, "2");
        }
        Problem exact = new Problem(problem.type(), problem.title(), status, null);
        response.write(true, ByteBuffer.wrap(Json.STRICT.writeValueAsBytes(exact)), callback);
        return true;
    }
}
