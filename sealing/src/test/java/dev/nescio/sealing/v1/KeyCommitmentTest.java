package dev.nescio.sealing.v1;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.RejectedException.Reason;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.TwoKeyEnvelope.Half;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// H15: the server serves one ciphertext that opens under two keys. Nothing but the commitment stands against it.
class KeyCommitmentTest {

    private static final int LENGTH = TwoKeyEnvelope.BLOCKS * TwoKeyEnvelope.BLOCK;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] oneSecret = random(SealingKey.LENGTH);
    private final byte[] otherSecret = random(SealingKey.LENGTH);
    private final SealingKey one = SealingKey.of(SecretBytes.copyOf(oneSecret));
    private final SealingKey other = SealingKey.of(SecretBytes.copyOf(otherSecret));

    @Test
    void oneCiphertextThatOpensUnderTwoKeysIsRejected() throws Exception {
        for (int content : new int[] {SealingKey.LENGTH, LENGTH - 1}) {
            byte[] padding = new byte[LENGTH - content];
            padding[0] = (byte) 0x80;
            byte[] forOne = TwoKeyEnvelope.of(oneSecret, otherSecret, Places.ONE, padding);
            byte[] forOther = TwoKeyEnvelope.committedTo(otherSecret, forOne);

            // The ciphertext is what it should be: it does open under both keys, to different contents.
            assertEquals(content, one.open(Places.ONE, forOne).length);
            assertNotEquals(Bytes.copyOf(one.open(Places.ONE, forOne)), Bytes.copyOf(other.open(Places.ONE, forOther)));

            assertEquals(Reason.WRONG_KEY, rejection(other, forOne));
            assertEquals(Reason.WRONG_KEY, rejection(one, forOther));
        }
    }

    private static Reason rejection(SealingKey key, byte[] envelope) {
        return assertThrows(RejectedException.class, () -> key.open(Places.ONE, envelope))
                .reason();
    }

    @Test
    void fieldArithmeticIsThatOfGcm() throws Exception {
        byte[] key = random(32);
        byte[] plaintext = random(LENGTH);
        byte[] aad = random(37);
        byte[] sealed = new byte[plaintext.length + TwoKeyEnvelope.BLOCK];
        Gcm.seal(key, new byte[Gcm.NONCE], aad, plaintext, 0, plaintext.length, sealed, 0);
        byte[] ciphertext = Arrays.copyOf(sealed, LENGTH);
        assertArrayEquals(
                Arrays.copyOfRange(sealed, LENGTH, sealed.length),
                TwoKeyEnvelope.octets(new Half(key, aad).tag(ciphertext)));
    }

    private static byte[] random(int length) {
        byte[] octets = new byte[length];
        RANDOM.nextBytes(octets);
        return octets;
    }
}
