package dev.nescio.keys.vectors;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.SealingKey;
import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/// Stands in for randomness: hands out the given bytes, each once, in order, and then fails.
final class GivenBytes implements RandomGenerator {

    private final byte[] bytes;
    private int used;

    private GivenBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    static GivenBytes of(Bytes... given) {
        sealSomethingElse();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Bytes some : given) {
            all.writeBytes(some.toArray());
        }
        return new GivenBytes(all.toByteArray());
    }

    /// The JDK refuses to encrypt twice in a row under one key and nonce. Outside the vectors that is never
    /// asked for; within them it is, so something else comes in between.
    private static void sealSomethingElse() {
        SecureRandom random = new SecureRandom();
        try (SealingKey key = SealingKey.generate(random)) {
            AssociatedData nowhere =
                    new AssociatedData("nothing", AccountId.generate(random), null, null, null, "nothing", 0);
            key.seal(nowhere, new byte[0], random);
        }
    }

    @Override
    public void nextBytes(byte[] out) {
        if (out.length > bytes.length - used) {
            throw new IllegalStateException("asked for more bytes than were given");
        }
        System.arraycopy(bytes, used, out, 0, out.length);
        used += out.length;
    }

    @Override
    public long nextLong() {
        throw new UnsupportedOperationException("the formats draw bytes only");
    }
}
