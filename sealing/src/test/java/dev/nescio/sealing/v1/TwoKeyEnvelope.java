package dev.nescio.sealing.v1;

import dev.nescio.protocol.AccountId;
import dev.nescio.sealing.SecretBytes;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/// Makes an envelope of which nothing but the commitment says which of two keys it is for.
///
/// GCM alone allows it (Dodis, Grubbs, Ristenpart, Woodage, "Fast Message Franking", CRYPTO 2018): the tag is linear
/// in each block of the ciphertext, so one block can be chosen such that the tags under both keys agree. The padding
/// is right under both keys as well.
public final class TwoKeyEnvelope {

    /// Octets of a block of AES.
    static final int BLOCK = 16;

    /// Blocks of padded content.
    static final int BLOCKS = 4;

    private static final byte MARK = (byte) 0x80;
    private static final int BODY = 1 + SealingKey.COMMITMENT;
    private static final SecureRandom RANDOM = new SecureRandom();

    private TwoKeyEnvelope() {}

    /// @param one opens it to content that ends before `padding`
    /// @param other opens it to 63 other octets
    /// @param padding what the padded content ends with under the first key: 0x80 and zeros
    /// @return the envelope, with the commitment of the first key
    public static byte[] of(byte[] one, byte[] other, AssociatedData place, byte[] padding)
            throws GeneralSecurityException {
        byte[] aad = place.encode();
        byte[] salt = new byte[SealingKey.SALT];
        Half left;
        Half right;
        byte differs = (byte) (MARK ^ padding[padding.length - 1]);
        do { // until one last octet is the end of the padding under both
            RANDOM.nextBytes(salt);
            left = new Half(Derivation.from(one).derive("envelope/key", salt), aad);
            right = new Half(Derivation.from(other).derive("envelope/key", salt), aad);
        } while ((left.keystream[BLOCKS * BLOCK - 1] ^ right.keystream[BLOCKS * BLOCK - 1]) != differs);

        byte[] ciphertext = new byte[BLOCKS * BLOCK];
        RANDOM.nextBytes(ciphertext);
        for (int at = 1; at <= padding.length; at++) {
            int last = ciphertext.length - at;
            ciphertext[last] = (byte) (padding[padding.length - at] ^ left.keystream[last]);
        }
        // tag = constant + sum of block i times power i; solve "left tag = right tag" for block 0.
        BigInteger difference = left.constant.xor(right.constant);
        for (int i = 1; i < BLOCKS; i++) {
            difference = difference.xor(multiply(block(ciphertext, i), left.powers[i].xor(right.powers[i])));
        }
        BigInteger first = multiply(difference, inverse(left.powers[0].xor(right.powers[0])));
        System.arraycopy(octets(first), 0, ciphertext, 0, BLOCK);
        byte[] envelope = ByteBuffer.allocate(BODY + salt.length + ciphertext.length + BLOCK)
                .put(new byte[BODY])
                .put(salt)
                .put(ciphertext)
                .put(octets(left.tag(ciphertext)))
                .array();
        return committedTo(one, envelope);
    }

    /// The same envelope with the commitment of this key.
    public static byte[] committedTo(byte[] key, byte[] envelope) {
        byte[] committed = envelope.clone();
        AssociatedData nowhere =
                new AssociatedData("nowhere", AccountId.generate(RANDOM), null, null, null, "content", 1);
        try (SealingKey sealing = SealingKey.of(SecretBytes.copyOf(key))) {
            System.arraycopy(sealing.seal(nowhere, new byte[0], RANDOM), 0, committed, 0, BODY);
        }
        return committed;
    }

    /// What GCM computes under one AES key: the tag of ciphertext blocks c is constant + Σ c[i] · powers[i].
    static final class Half {

        private final BigInteger[] powers = new BigInteger[BLOCKS];
        private final BigInteger constant;
        private final byte[] keystream = new byte[BLOCKS * BLOCK];

        Half(byte[] key, byte[] aad) throws GeneralSecurityException {
            Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
            aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
            BigInteger hashKey = field(aes.doFinal(new byte[BLOCK]));
            for (int i = 0; i < BLOCKS; i++) {
                System.arraycopy(aes.doFinal(counter(i + 2)), 0, keystream, BLOCK * i, BLOCK);
            }
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

        BigInteger tag(byte[] ciphertext) {
            BigInteger tag = constant;
            for (int i = 0; i < BLOCKS; i++) {
                tag = tag.xor(multiply(block(ciphertext, i), powers[i]));
            }
            return tag;
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

    private static BigInteger block(byte[] ciphertext, int i) {
        return field(Arrays.copyOfRange(ciphertext, BLOCK * i, BLOCK * (i + 1)));
    }

    static byte[] octets(BigInteger element) {
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
