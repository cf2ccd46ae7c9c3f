package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.random.RandomGenerator;

/// The identifier of a container.
public record ContainerId(Bytes bytes) implements Id {

    public ContainerId {
        Id.checked(bytes);
    }

    @JsonCreator
    public static ContainerId parse(String hex) {
        return new ContainerId(Id.parse(hex));
    }

    public static ContainerId generate(RandomGenerator random) {
        return new ContainerId(Id.generate(random));
    }

    @Override
    @JsonValue
    public String hex() {
        return bytes.hex();
    }

    @Override
    public String toString() {
        return "ContainerId[" + shortened() + "…]";
    }
}
