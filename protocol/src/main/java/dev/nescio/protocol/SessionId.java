package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.random.RandomGenerator;

/// The identifier of a session.
public record SessionId(Bytes bytes) implements Id {

    public SessionId {
        Id.checked(bytes);
    }

    @JsonCreator
    public static SessionId parse(String hex) {
        return new SessionId(Id.parse(hex));
    }

    public static SessionId generate(RandomGenerator random) {
        return new SessionId(Id.generate(random));
    }

    @Override
    @JsonValue
    public String hex() {
        return bytes.hex();
    }

    @Override
    public String toString() {
        return "SessionId[" + shortened() + "…]";
    }
}
