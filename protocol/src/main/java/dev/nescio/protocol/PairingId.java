package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// The identifier of a pairing, derived from its code (spec, section 3.10).
public record PairingId(Bytes bytes) implements Id {

    public PairingId {
        Id.checked(bytes);
    }

    @JsonCreator
    public static PairingId parse(String hex) {
        return new PairingId(Id.parse(hex));
    }

    @Override
    @JsonValue
    public String hex() {
        return bytes.hex();
    }

    @Override
    public String toString() {
        return "PairingId[" + shortened() + "…]";
    }
}
