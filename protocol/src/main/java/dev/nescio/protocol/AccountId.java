package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.random.RandomGenerator;

/// The identifier of an account.
public record AccountId(Bytes bytes) implements Id {

    public AccountId {
        Id.checked(bytes);
    }

    @JsonCreator
    public static AccountId parse(String hex) {
        return new AccountId(Id.parse(hex));
    }

    public static AccountId generate(RandomGenerator random) {
        return new AccountId(Id.generate(random));
    }

    @Override
    @JsonValue
    public String hex() {
        return bytes.hex();
    }

    @Override
    public String toString() {
        return "AccountId[" + shortened() + "…]";
    }
}
