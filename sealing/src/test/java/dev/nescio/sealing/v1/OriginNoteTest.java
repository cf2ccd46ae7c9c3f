package dev.nescio.sealing.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/// What a server seals to an account (spec, sections 4.2 and 9.6). `spec/vectors/log-note.json` has
/// the cases.
class OriginNoteTest {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final AccountId ACCOUNT = AccountId.generate(RANDOM);

    /// All points whose order is a divisor of eight, in each encoding that X25519 reads (RFC 7748).
    private static final List<String> SMALL_ORDER = List.of(
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

    @Test
    void nothingIsSealedToAPointOfSmallOrder() {
        for (String point : SMALL_ORDER) {
            Bytes key = Bytes.parseHex(point);
            assertFalse(PublicKeySeal.isPublicKey(key), point);
            byte[] highBit = key.toArray();
            highBit[31] ^= (byte) 0x80; // which X25519 does not look at
            assertFalse(PublicKeySeal.isPublicKey(Bytes.copyOf(highBit)), point);
            OriginNote note = new OriginNote(Bytes.copyOf(new byte[3]));
            assertThrows(IllegalArgumentException.class, () -> note.seal(key, ACCOUNT, 1), point);
        }
        assertFalse(PublicKeySeal.isPublicKey(Bytes.copyOf(new byte[31])));
        try (SecretBytes privateKey = SecretBytes.generate(RANDOM, PublicKeySeal.KEY)) {
            assertTrue(PublicKeySeal.isPublicKey(PublicKeySeal.publicKey(privateKey)));
        }
    }

    @Test
    void theSameNoteIsSealedToOtherBytesEachTime() throws RejectedException {
        try (SecretBytes privateKey = SecretBytes.generate(RANDOM, PublicKeySeal.KEY)) {
            Bytes publicKey = PublicKeySeal.publicKey(privateKey);
            OriginNote note = new OriginNote(Bytes.parseHex("cb0071"));
            Bytes sealed = note.seal(publicKey, ACCOUNT, 1);
            assertNotEquals(sealed, note.seal(publicKey, ACCOUNT, 1));
            assertEquals(
                    sealed.length(),
                    new OriginNote(Bytes.parseHex(""))
                            .seal(publicKey, ACCOUNT, 1)
                            .length());
            assertEquals(note, OriginNote.open(privateKey, ACCOUNT, 1, sealed));
            assertThrows(RejectedException.class, () -> OriginNote.open(privateKey, ACCOUNT, 2, sealed));
        }
    }

    @Property
    void whatIsReadHasOneEncoding(@ForAll @Size(8) byte[] encoded) {
        // Else almost none begins like a note.
        encoded[0] = 1;
        encoded[1] = (byte) (Math.floorMod(encoded[1], 3) * 3);
        try {
            assertEquals(
                    Bytes.copyOf(encoded),
                    Bytes.copyOf(OriginNote.decode(encoded).encode()));
        } catch (RejectedException e) {
            assertTrue(Arrays.stream(new int[] {0, 1, 2, 3, 4, 5}).anyMatch(i -> encoded[2 + i] != 0));
        }
    }
}
