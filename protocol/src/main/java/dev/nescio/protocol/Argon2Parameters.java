package dev.nescio.protocol;

/// Cost of Argon2id as the wire carries it (spec, section 3.4): memory in KiB, passes, lanes.
///
/// This is only the shape. Whether a value is acceptable is the client's decision and made in
/// `dev.nescio.keys`.
public record Argon2Parameters(int memoryKiB, int passes, int lanes) {

    /// What a new password slot is created with, and what an unknown address is answered with.
    public static final Argon2Parameters CURRENT = new Argon2Parameters(65536, 3, 1);

    /// These, or where the other ones are more, those.
    public Argon2Parameters orMore(Argon2Parameters other) {
        return new Argon2Parameters(
                Math.max(memoryKiB, other.memoryKiB), Math.max(passes, other.passes), Math.max(lanes, other.lanes));
    }
}
