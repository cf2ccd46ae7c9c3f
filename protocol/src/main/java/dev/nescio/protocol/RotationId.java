package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.random.RandomGenerator;

/// The identifier of a rotation of the master key, drawn by the client (spec, section 10.13).
public record RotationId(Bytes bytes) implements Id {

    public RotationId {
        Id.checked(bytes);
    }

    public static RotationId generate(RandomGenerator random) {
        return new RotationId(Id.generate(random));
    }

    @JsonCreator
    public static RotationId parse(String hex) {
        return new RotationId(Id.parse(hex));
    }

    @Override
    @JsonValue
    public String hex() {
        return bytes.hex();
    }

    @Override
    public String toString() {
        return "RotationId[" + shortened() + "…]";
    }
}
