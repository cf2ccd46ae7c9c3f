package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.random.RandomGenerator;

/// The identifier of an item.
public record ItemId(Bytes bytes) implements Id {

    public ItemId {
        Id.checked(bytes);
    }

    @JsonCreator
    public static ItemId parse(String hex) {
        return new ItemId(Id.parse(hex));
    }

    public static ItemId generate(RandomGenerator random) {
        return new ItemId(Id.generate(random));
    }

    @Override
    @JsonValue
    public String hex() {
        return bytes.hex();
    }

    @Override
    public String toString() {
        return "ItemId[" + shortened() + "…]";
    }
}
