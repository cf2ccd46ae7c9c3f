package dev.nescio.server.http;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.InvalidField;
import dev.nescio.protocol.Limits;
import dev.nescio.protocol.RotationId;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SlotId;
import io.javalin.http.Context;
import java.util.List;
import java.util.Objects;

/// One request, as the handlers see it.
public final class Call {

    private final Context context;
    private final Caller caller;
    private final Object body;
    private final Network network;

    Call(Context context, Caller caller, Object body, Network network) {
        this.context = context;
        this.caller = caller;
        this.body = body;
        this.network = network;
    }

    /// For endpoints that need a session.
    public Caller caller() {
        return Objects.requireNonNull(caller, "this endpoint needs no session");
    }

    /// The record that the endpoint's table entry names.
    public <T> T body(Class<T> type) {
        return type.cast(body);
    }

    public Network network() {
        return network;
    }

    /// The domain in the path; one that holds no containers is not there.
    public Domain domain() {
        try {
            Domain domain = Domain.parse(context.pathParam("domain"));
            if (domain.holdsContainers()) {
                return domain;
            }
        } catch (InvalidField e) {
            throw Refusal.of(ProblemType.NOT_FOUND);
        }
        throw Refusal.of(ProblemType.NOT_FOUND);
    }

    /// The container's id in the path.
    public ContainerId container() {
        try {
            return ContainerId.parse(context.pathParam("id"));
        } catch (InvalidField e) {
            throw Refusal.badRequest("id must be 32 lower-case hexadecimal digits");
        }
    }

    /// The session's id in the path.
    public SessionId session() {
        try {
            return SessionId.parse(context.pathParam("id"));
        } catch (InvalidField e) {
            throw Refusal.badRequest("id must be 32 lower-case hexadecimal digits");
        }
    }

    /// The token that the caller was found by.
    public Bytes token() {
        return SessionCookies.token(context.req()).orElseThrow();
    }

    /// Whether the session's token came in a cookie, so that a new one goes there as well.
    public boolean usesCookie() {
        return SessionCookies.isToken(context.req());
    }

    /// The slot's id in the path.
    public SlotId slot() {
        try {
            return SlotId.parse(context.pathParam("id"));
        } catch (InvalidField e) {
            throw Refusal.badRequest("id must be 32 lower-case hexadecimal digits");
        }
    }

    /// The rotation's id in the path.
    public RotationId rotation() {
        try {
            return RotationId.parse(context.pathParam("id"));
        } catch (InvalidField e) {
            throw Refusal.badRequest("id must be 32 lower-case hexadecimal digits");
        }
    }

    /// @return the position in a list to go on from
    public long cursor(String name) {
        return number(name, 0, 0, Limits.MAX_NUMBER);
    }

    /// @return how many entries the answer may have; all that it can have unless the client asks for fewer
    public int limit(int most) {
        return (int) number("limit", most, 1, most);
    }

    private long number(String name, long usual, long least, long most) {
        List<String> given = context.queryParams(name);
        if (given.isEmpty()) {
            return usual;
        }
        String text = given.getFirst();
        if (given.size() == 1 && text.length() <= 16 && text.matches("0|[1-9][0-9]*")) {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw Refusal.badRequest(name + " must be a number from " + least + " to " + most);
    }
}
