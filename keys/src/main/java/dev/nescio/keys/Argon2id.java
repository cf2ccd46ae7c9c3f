package dev.nescio.keys;

import dev.nescio.protocol.Argon2Parameters;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;

/// Argon2id, version 0x13 (RFC 9106), by Bouncy Castle. Callers have the parameters checked by
/// [Argon2Policy] first.
final class Argon2id {

    private static final int OCTETS = 32;

    private Argon2id() {}

    static byte[] hash(byte[] password, byte[] salt, Argon2Parameters parameters) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new org.bouncycastle.crypto.params.Argon2Parameters.Builder(
                        org.bouncycastle.crypto.params.Argon2Parameters.ARGON2_id)
                .withVersion(org.bouncycastle.crypto.params.Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(parameters.memoryKiB())
                .withIterations(parameters.passes())
                .withParallelism(parameters.lanes())
                .withSalt(salt)
                .build());
        byte[] hash = new byte[OCTETS];
        generator.generateBytes(password, hash);
        return hash;
    }
}
