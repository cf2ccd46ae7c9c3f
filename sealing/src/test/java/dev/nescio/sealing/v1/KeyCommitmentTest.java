package dev.nescio.sealing.v1;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.RejectedException.Reason;
import dev.nescio.sealing.SecretBytes;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/// H15: the server serves one ciphertext that opens under two keys. GCM alone allows it (Dodis, Grubbs,
/// Ristenpart, Woodage, "Fast Message Franking", CRYPTO 2018): the tag is linear in each block of the
/// ciphertext, so one block can be chosen such that the tags under both keys agree.
///
/// Here such a ciphertext is made, with padding that is right under both keys, so that nothing but the
/// commitment stands against it.
class KeyCommitmentTest {

    private static final int BLOCK = 16;
    private static final int BLOCKS = 4;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] oneSecret = random(SealingKey.LENGTH);
    private final byte[] otherSecret = random(SealingKey.LENGTH);
    private final SealingKey one = SealingKey.of(SecretBytes.copyOf(oneSecret));
    private final SealingKey other = SealingKey.of(SecretBytes.copyOf(otherSecret));

    @Test
    void oneCiphertextThatOpensUnderTwoKeysIsRejected() throws Exception {
        byte[] body = forTwoKeys();
        byte[] forOne = withCommitmentOf(one, body);
        byte[] forOther = withCommitmentOf(other, body);

        // The ciphertext is what it should be: it does open under both keys, to different contents.
        assertNotEquals(Bytes.copyOf(one.open(Places.ONE, forOne)), Bytes.copyOf(other.open(Places.ONE, forOther)));

        assertEquals(Reason.WRONG_KEY, rejection(other, forOne));
        assertEquals(Reason.WRONG_KEY, rejection(one, forOther));
    }

    private static Reason rejection(SealingKey key, byte[] envelope) {
        return assertThrows(RejectedException.class, () -> key.open(Places.ONE, envelope))
                .reason();
    }

    @Test
    void fieldArithmeticIsThatOfGcm() throws Exception {
        byte[] key = random(32);
        byte[] plaintext = random(BLOCKS * BLOCK);
        byte[] aad = random(37);
        byte[] sealed = new byte[plaintext.length + BLOCK];
        Gcm.seal(key, new byte[Gcm.NONCE], aad, plaintext, 0, plaintext.length, sealed, 0);
        Half half = new Half(key, aad);
        BigInteger tag = half.constant;
        for (int i = 0; i < BLOCKS; i++) {
            tag = tag.xor(multiply(field(Arrays.copyOfRange(sealed, BLOCK * i, BLOCK * (i + 1))), half.powers[i]));
        }
        assertArrayEquals(Arrays.copyOfRange(sealed, BLOCKS * BLOCK, sealed.length), octets(tag));
    }

    /// @return salt, ciphertext and tag
    private byte[] forTwoKeys() throws GeneralSecurityException {
        byte[] aad = Places.ONE.encode();
        byte[] salt;
        Half left;
        Half right;
        do { // until both keystreams end alike: then one last octet is the mark of the padding under both
            salt = random(SealingKey.SALT);
            left = new Half(Derivation.from(oneSecret).derive("envelope/key", salt), aad);
            right = new Half(Derivation.from(otherSecret).derive("envelope/key", salt), aad);
        } while (left.lastOfKeystream() != right.lastOfKeystream());

        byte[] ciphertext = random(BLOCKS * BLOCK);
        ciphertext[ciphertext.length - 1] = (byte) (0x80 ^ left.lastOfKeystream());
        // tag = constant + sum of block i times power i; solve "left tag = right tag" for block 0.
        BigInteger difference = left.constant.xor(right.constant);
        for (int i = 1; i < BLOCKS; i++) {
            BigInteger block = field(Arrays.copyOfRange(ciphertext, BLOCK * i, BLOCK * (i + 1)));
            difference = difference.xor(multiply(block, left.powers[i].xor(right.powers[i])));
        }
        BigInteger first = multiply(difference, inverse(left.powers[0].xor(right.powers[0])));
        System.arraycopy(octets(first), 0, ciphertext, 0, BLOCK);
        BigInteger tag = left.constant;
        for (int i = 0; i < BLOCKS; i++) {
            BigInteger block = field(Arrays.copyOfRange(ciphertext, BLOCK * i, BLOCK * (i + 1)));
            tag = tag.xor(multiply(block, left.powers[i]));
        }
        return ByteBuffer.allocate(salt.length + ciphertext.length + BLOCK)
                .put(salt)
                .put(ciphertext)
                .put(octets(tag))
                .array();
    }

    private static byte[] withCommitmentOf(SealingKey key, byte[] body) {
        byte[] envelope = Arrays.copyOf(key.seal(Places.ONE, new byte[0], RANDOM), 33 + body.length);
        System.arraycopy(body, 0, envelope, 33, body.length);
        return envelope;
    }

    private static byte[] random(int length) {
        byte[] octets = new byte[length];
        RANDOM.nextBytes(octets);
        return octets;
    }

    /// What GCM computes under one AES key: the tag of ciphertext blocks c is constant + Σ c[i] · powers[i].
    private static final class Half {

        private final BigInteger[] powers = new BigInteger[BLOCKS];
        private final BigInteger constant;
        private final byte[] lastKeystream;

        Half(byte[] key, byte[] aad) throws GeneralSecurityException {
            Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
            aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
            BigInteger hashKey = field(aes.doFinal(new byte[BLOCK]));
            lastKeystream = aes.doFinal(counter(BLOCKS + 1));
            BigInteger power = hashKey; // of the lengths, the last block that is hashed
            BigInteger lengths = field(ByteBuffer.allocate(BLOCK)
                    .putLong(8L * aad.length)
                    .putLong(8L * BLOCKS * BLOCK)
                    .array());
            BigInteger sum = field(aes.doFinal(counter(1))).xor(multiply(lengths, power));
            for (int i = BLOCKS - 1; i >= 0; i--) {
                power = multiply(power, hashKey);
                powers[i] = power;
            }
            byte[] padded = Arrays.copyOf(aad, (aad.length + BLOCK - 1) / BLOCK * BLOCK);
            for (int at = padded.length - BLOCK; at >= 0; at -= BLOCK) {
                power = multiply(power, hashKey);
                sum = sum.xor(multiply(field(Arrays.copyOfRange(padded, at, at + BLOCK)), power));
            }
            constant = sum;
        }

        byte lastOfKeystream() {
            return lastKeystream[BLOCK - 1];
        }

        private static byte[] counter(int value) {
            return ByteBuffer.allocate(BLOCK).putInt(12, value).array();
        }
    }

    // GF(2^128) as GCM has it: bit i of the block is the coefficient of x^i, first bit first. Held with the
    // bits turned round, so that a BigInteger's bit i is that coefficient.
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(128).or(BigInteger.valueOf(0b1000_0111));

    private static BigInteger field(byte[] block) {
        BigInteger element = BigInteger.ZERO;
        for (int bit = 0; bit < 128; bit++) {
            if ((block[bit / 8] >> (7 - bit % 8) & 1) == 1) {
                element = element.setBit(bit);
            }
        }
        return element;
    }

    private static byte[] octets(BigInteger element) {
        byte[] block = new byte[BLOCK];
        for (int bit = 0; bit < 128; bit++) {
            if (element.testBit(bit)) {
                block[bit / 8] |= (byte) (1 << (7 - bit % 8));
            }
        }
        return block;
    }

    private static BigInteger multiply(BigInteger a, BigInteger b) {
        BigInteger product = BigInteger.ZERO;
        BigInteger shifted = a;
        for (int bit = 0; bit < b.bitLength(); bit++) {
            if (b.testBit(bit)) {
                product = product.xor(shifted);
            }
            shifted = shifted.shiftLeft(1);
            if (shifted.testBit(128)) {
                shifted = shifted.xor(MODULUS);
            }
        }
        return product;
    }

    /// By Fermat: a^(2^128 − 2).
    private static BigInteger inverse(BigInteger a) {
        BigInteger result = BigInteger.ONE;
        BigInteger square = a;
        for (int i = 1; i < 128; i++) {
            square = multiply(square, square);
            result = multiply(result, square);
        }
        return result;
    }
}
