package dev.nescio.sealing.v1;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Json;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.RejectedException.Reason;
import dev.nescio.sealing.SecretBytes;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/// Envelopes and wrapped keys (spec, sections 4 and 5) against whoever stores them.
class EnvelopeTest {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final SealingKey key = SealingKey.generate(RANDOM);

    @Provide
    Arbitrary<AssociatedData> places() {
        return Places.any();
    }

    @Property(tries = 300)
    void roundTrips(@ForAll @Size(max = 3000) byte[] content, @ForAll("places") AssociatedData place)
            throws RejectedException {
        byte[] envelope = key.seal(place, content, RANDOM);
        assertEquals(SealingKey.OVERHEAD + Padding.paddedLength(content.length), envelope.length);
        assertArrayEquals(content, key.open(place, envelope));
    }

    /// Long content is encrypted in pieces, short content in one; an envelope does not show which.
    @Test
    void isPlainGcmOfThePaddedContentAtEveryLength() throws GeneralSecurityException, RejectedException {
        byte[] secret = new byte[SealingKey.LENGTH];
        RANDOM.nextBytes(secret);
        Derivation derivation = Derivation.from(secret);
        SealingKey sealing = SealingKey.of(SecretBytes.copyOf(secret));
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        for (int length :
                new int[] {0, 1, 63, 4095, 4096, 4097, 8191, 65535, 65536, 65537, SealingKey.LONGEST_CONTENT}) {
            byte[] content = new byte[length];
            RANDOM.nextBytes(content);
            byte[] envelope = sealing.seal(Places.ONE, content, RANDOM);
            byte[] salt = Arrays.copyOfRange(envelope, 1 + SealingKey.COMMITMENT, SealingKey.HEADER);
            SecretKeySpec key = new SecretKeySpec(derivation.derive("envelope/key", salt), "AES");
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, new byte[12]));
            cipher.updateAAD(Places.ONE.encode());
            assertArrayEquals(
                    cipher.doFinal(Padding.pad(content)),
                    Arrays.copyOfRange(envelope, SealingKey.HEADER, envelope.length),
                    "length " + length);
            assertArrayEquals(content, sealing.open(Places.ONE, envelope), "length " + length);
        }
    }

    /// The attack class "swap": whatever differs in the place, the value does not open there.
    @Property(tries = 1000)
    void opensInItsPlaceOnly(@ForAll("places") AssociatedData place, @ForAll("places") AssociatedData other) {
        Assume.that(!place.equals(other));
        byte[] envelope = key.seal(place, new byte[] {1, 2, 3}, RANDOM);
        assertEquals(Reason.DAMAGED, rejection(key, other, envelope));
    }

    @Test
    void everyFlippedBitIsNoticed() {
        byte[] envelope = key.seal(Places.ONE, new byte[40], RANDOM);
        for (int bit = 0; bit < 8 * envelope.length; bit++) {
            int octet = bit / 8;
            Reason expected = octet == 0
                    ? Reason.UNSUPPORTED_VERSION
                    : octet < 1 + SealingKey.COMMITMENT ? Reason.WRONG_KEY : Reason.DAMAGED;
            assertEquals(expected, rejection(key, Places.ONE, flipped(envelope, bit)), "bit " + bit);
        }
    }

    @Test
    void everyFlippedBitOfAWrappedKeyIsNoticed() throws RejectedException {
        try (SealingKey other = SealingKey.generate(RANDOM)) {
            byte[] wrapped = key.wrap(Places.ONE, other, RANDOM);
            assertEquals(other, key.unwrap(Places.ONE, wrapped));
            for (int bit = 0; bit < 8 * wrapped.length; bit++) {
                byte[] flipped = flipped(wrapped, bit);
                assertThrows(RejectedException.class, () -> key.unwrap(Places.ONE, flipped), "bit " + bit);
            }
        }
    }

    @Test
    void everyCutIsNoticed() {
        byte[] envelope = key.seal(Places.ONE, new byte[200], RANDOM);
        for (int length = 0; length < envelope.length; length++) {
            Reason expected = length < 137 ? Reason.MALFORMED : Reason.DAMAGED;
            assertEquals(expected, rejection(key, Places.ONE, Arrays.copyOf(envelope, length)), "length " + length);
        }
    }

    @Property(tries = 100)
    void addedOctetsAreNoticed(@ForAll @Size(max = 200) byte[] content, @ForAll @Size(min = 1, max = 50) byte[] more) {
        byte[] envelope = key.seal(Places.ONE, content, RANDOM);
        byte[] longer = Arrays.copyOf(envelope, envelope.length + more.length);
        System.arraycopy(more, 0, longer, envelope.length, more.length);
        assertEquals(Reason.DAMAGED, rejection(key, Places.ONE, longer));
    }

    @Test
    void everyOtherVersionIsRefused() {
        byte[] envelope = key.seal(Places.ONE, new byte[5], RANDOM);
        for (int version = 0; version < 256; version++) {
            if (version != 1) {
                envelope[0] = (byte) version;
                assertEquals(Reason.UNSUPPORTED_VERSION, rejection(key, Places.ONE, envelope));
            }
        }
    }

    @Property(tries = 200)
    void arbitraryOctetsAreRefused(@ForAll @Size(max = 400) byte[] octets) {
        assertThrows(RejectedException.class, () -> key.open(Places.ONE, octets));
    }

    @Test
    void halvesOfTwoEnvelopesDoNotJoin() {
        byte[] one = key.seal(Places.ONE, new byte[40], RANDOM);
        byte[] other = key.seal(Places.ONE, new byte[40], RANDOM);
        for (int at = 1 + SealingKey.COMMITMENT + 1; at < one.length; at++) {
            byte[] joined = one.clone();
            System.arraycopy(other, at, joined, at, other.length - at);
            assertEquals(Reason.DAMAGED, rejection(key, Places.ONE, joined), "joined at " + at);
        }
    }

    @Property(tries = 50)
    void anotherKeyIsToldFromDamage(@ForAll @Size(32) byte[] other) {
        byte[] envelope = key.seal(Places.ONE, new byte[5], RANDOM);
        try (SealingKey wrong = SealingKey.of(SecretBytes.copyOf(other))) {
            assertEquals(Reason.WRONG_KEY, rejection(wrong, Places.ONE, envelope));
        }
    }

    @Test
    void everySealIsAnother() {
        Set<Bytes> salts = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            byte[] envelope = key.seal(Places.ONE, new byte[5], RANDOM);
            salts.add(Bytes.copyOf(Arrays.copyOfRange(envelope, 33, SealingKey.HEADER)));
        }
        assertEquals(1000, salts.size());
    }

    /// 65,000 octets are not worth a stream, and 1 MiB is the end (spec, section 5.2).
    @Property(tries = 5)
    void longContentRoundTrips(@ForAll @IntRange(min = 1 << 16, max = 1_000_000) int length) throws RejectedException {
        byte[] content = new byte[length];
        RANDOM.nextBytes(content);
        assertArrayEquals(content, key.open(Places.ONE, key.seal(Places.ONE, content, RANDOM)));
    }

    @Test
    void contentThatNobodyCouldOpenIsNotSealed() throws RejectedException {
        byte[] most = new byte[SealingKey.LONGEST_CONTENT];
        byte[] envelope = key.seal(Places.ONE, most, RANDOM);
        assertArrayEquals(most, key.open(Places.ONE, envelope));
        byte[] more = new byte[SealingKey.LONGEST_CONTENT + 1];
        assertThrows(IllegalArgumentException.class, () -> key.seal(Places.ONE, more, RANDOM));
        byte[] tooLong = Arrays.copyOf(envelope, SealingKey.LONGEST_ENVELOPE + 1);
        assertEquals(Reason.MALFORMED, rejection(key, Places.ONE, tooLong));
    }

    /// H10: what a caller can see and pass on is the same whatever was wrong.
    @Test
    void everyRejectionLooksAlike() {
        Set<String> messages = new HashSet<>();
        for (Reason reason : Reason.values()) {
            RejectedException e = new RejectedException(reason);
            messages.add(e.getMessage());
            assertEquals(null, e.getCause());
        }
        assertEquals(1, messages.size());
    }

    @Test
    void onlyAKeyIsUnwrapped() {
        for (int length : new int[] {0, 31, 33, 64}) {
            byte[] envelope = key.seal(Places.ONE, new byte[length], RANDOM);
            RejectedException e = assertThrows(RejectedException.class, () -> key.unwrap(Places.ONE, envelope));
            assertEquals(Reason.MALFORMED, e.reason());
        }
        assertThrows(IllegalArgumentException.class, () -> SealingKey.of(SecretBytes.copyOf(new byte[31])));
    }

    @Test
    void aClosedKeyDoesNothing() {
        SealingKey closed = SealingKey.generate(RANDOM);
        byte[] envelope = closed.seal(Places.ONE, new byte[5], RANDOM);
        byte[] wrapped = closed.wrap(Places.ONE, key, RANDOM);
        closed.close();
        assertThrows(IllegalStateException.class, () -> closed.open(Places.ONE, envelope));
        assertThrows(IllegalStateException.class, () -> closed.unwrap(Places.ONE, wrapped));
        assertThrows(IllegalStateException.class, () -> closed.seal(Places.ONE, new byte[5], RANDOM));
        assertThrows(IllegalStateException.class, () -> key.wrap(Places.ONE, closed, RANDOM));
        assertThrows(IllegalStateException.class, () -> closed.streamHeader(RANDOM));
    }

    @Test
    void closingAKeyWipesTheSecretThatItTookOver() {
        byte[] octets = new byte[32];
        RANDOM.nextBytes(octets);
        SealingKey.of(SecretBytes.taking(octets)).close();
        assertArrayEquals(new byte[32], octets);
    }

    /// What is left tells nothing: the wiped secret, and the commitment, which stands in every envelope.
    @Test
    void closingAKeyLetsGoOfWhatWasDerivedFromIt() throws IllegalAccessException {
        SealingKey closed = SealingKey.generate(RANDOM);
        closed.close();
        closed.close();
        Set<String> left = new HashSet<>();
        for (Field field : SealingKey.class.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                field.setAccessible(true);
                if (field.get(closed) != null) {
                    left.add(field.getName());
                }
            }
        }
        assertEquals(Set.of("secret", "commitment"), left);
    }

    @Property(tries = 20)
    void aKeyShowsNothing(@ForAll @Size(32) byte[] octets) {
        try (SealingKey shown = SealingKey.of(SecretBytes.copyOf(octets))) {
            assertEquals("SealingKey[redacted]", shown.toString());
            assertEquals("Derivation[redacted]", Derivation.from(octets).toString());
            assertFalse(Json.LENIENT
                    .writeValueAsString(shown)
                    .contains(Bytes.copyOf(octets).base64url().substring(0, 8)));
            assertNotEquals(key, shown);
        }
    }

    private static Reason rejection(SealingKey key, AssociatedData place, byte[] envelope) {
        return assertThrows(RejectedException.class, () -> key.open(place, envelope))
                .reason();
    }

    private static byte[] flipped(byte[] octets, int bit) {
        byte[] flipped = octets.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        return flipped;
    }
}
