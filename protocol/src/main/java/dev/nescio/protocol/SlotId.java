package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.random.RandomGenerator;

/// The identifier of a key slot (spec, section 9.1).
public record SlotId(Bytes bytes) implements Id {

    public SlotId {
        Id.checked(bytes);
    }

    @JsonCreator
    public static SlotId parse(String hex) {
        return new SlotId(Id.parse(hex));
    }

    public static SlotId generate(RandomGenerator random) {
        return new SlotId(Id.generate(random));
    }

    @Override
    @JsonValue
    public String hex() {
        return bytes.hex();
    }

    @Override
    public String toString() {
        return "SlotId[" + shortened() + "…]";
    }
}
