package dev.nescio.keys;

import dev.nescio.sealing.RejectedException;

/// What an account says about its owner, readable on its devices only (spec, section 9.3).
///
/// @param address normalised
public record Profile(String address) {

    byte[] encode() {
        return SealedJson.encode(this);
    }

    static Profile decode(byte[] content) throws RejectedException {
        Profile profile = SealedJson.decode(content, Profile.class);
        if (profile.address == null) {
            throw new RejectedException(RejectedException.Reason.MALFORMED);
        }
        return profile;
    }

    @Override
    public String toString() {
        return "Profile[redacted]";
    }
}
