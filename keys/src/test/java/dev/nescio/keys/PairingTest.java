package dev.nescio.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Pairings;
import dev.nescio.sealing.RejectedException;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class PairingTest {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final AccountId ACCOUNT = AccountId.generate(RANDOM);

    private final PairingCode code = PairingCode.generate(RANDOM);
    private final PairingKey fresh = PairingKey.generate(RANDOM);
    private final PairingKey signedIn = PairingKey.generate(RANDOM);
    private final MasterKey masterKey = MasterKey.generate(ACCOUNT, RANDOM);

    private PairingTranscript transcript() {
        return new PairingTranscript(
                code.id(), PairingTranscript.commitment(fresh.share()), signedIn.share(), fresh.share(), ACCOUNT);
    }

    private PairingGrant grant() {
        return new PairingGrant(masterKey, 7, bytes(32), "ada@example.org");
    }

    private static Bytes bytes(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return Bytes.copyOf(bytes);
    }

    /// Everything that the server could have exchanged, one part at a time.
    private List<PairingTranscript> changed() {
        PairingTranscript t = transcript();
        Pairings.Share other = PairingKey.generate(RANDOM).share();
        return List.of(
                new PairingTranscript(
                        PairingCode.generate(RANDOM).id(), t.commitment(), t.answer(), t.revealed(), ACCOUNT),
                new PairingTranscript(t.pairing(), bytes(32), t.answer(), t.revealed(), ACCOUNT),
                new PairingTranscript(
                        t.pairing(),
                        t.commitment(),
                        new Pairings.Share(other.publicKey(), t.answer().nonce()),
                        t.revealed(),
                        ACCOUNT),
                new PairingTranscript(
                        t.pairing(),
                        t.commitment(),
                        new Pairings.Share(t.answer().publicKey(), other.nonce()),
                        t.revealed(),
                        ACCOUNT),
                new PairingTranscript(
                        t.pairing(),
                        t.commitment(),
                        t.answer(),
                        new Pairings.Share(other.publicKey(), t.revealed().nonce()),
                        ACCOUNT),
                new PairingTranscript(
                        t.pairing(),
                        t.commitment(),
                        t.answer(),
                        new Pairings.Share(t.revealed().publicKey(), other.nonce()),
                        ACCOUNT),
                new PairingTranscript(t.pairing(), t.commitment(), t.revealed(), t.answer(), ACCOUNT),
                new PairingTranscript(
                        t.pairing(), t.commitment(), t.answer(), t.revealed(), AccountId.generate(RANDOM)));
    }

    @Test
    void theNewDeviceOpensWhatTheSignedInOneSealed() throws RejectedException {
        PairingGrant sealed = grant();
        PairingGrant opened = PairingGrant.open(sealed.seal(code, transcript()), fresh, code, transcript());
        assertEquals(sealed.directoryCounter(), opened.directoryCounter());
        assertEquals(sealed.directoryHash(), opened.directoryHash());
        assertEquals(sealed.address(), opened.address());
        assertEquals(masterKey.insecureExport(), opened.masterKey().insecureExport());
        assertEquals(ACCOUNT, opened.masterKey().account());
    }

    @Test
    void whateverTheServerChangesChangesTheTranscriptAndOpensNothing() throws RejectedException {
        Bytes sealed = grant().seal(code, transcript());
        Set<Object> hashes = new HashSet<>(Set.of(transcript().hash()));
        for (PairingTranscript changed : changed()) {
            assertTrue(hashes.add(changed.hash()));
            assertThrows(RejectedException.class, () -> PairingGrant.open(sealed, fresh, code, changed));
        }
    }

    /// The digits are of the whole transcript: two of these are the same by chance once in a million pairings.
    @Test
    void theDigitsDifferWithTheTranscript() {
        Set<String> digits = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            digits.add(new PairingTranscript(code.id(), bytes(32), signedIn.share(), fresh.share(), ACCOUNT).digits());
        }
        assertTrue(digits.size() > 980, "spread over the million: " + digits.size());
        digits.forEach(some -> assertTrue(some.matches("[0-9]{6}"), some));
    }

    @Test
    void onlyTheRevealedShareKeepsTheCommitment() {
        assertTrue(transcript().keepsItsCommitment());
        PairingTranscript t = transcript();
        Pairings.Share other = PairingKey.generate(RANDOM).share();
        for (Pairings.Share revealed : List.of(
                other,
                new Pairings.Share(t.revealed().publicKey(), other.nonce()),
                new Pairings.Share(other.publicKey(), t.revealed().nonce()),
                new Pairings.Share(t.revealed().nonce(), t.revealed().publicKey()))) {
            assertFalse(new PairingTranscript(t.pairing(), t.commitment(), t.answer(), revealed, ACCOUNT)
                    .keepsItsCommitment());
        }
    }

    /// What the server could make: it knows the whole transcript, and not the code.
    @Test
    void aGrantIsRejectedWithoutTheCode() throws RejectedException {
        try (PairingCode guessed = PairingCode.generate(RANDOM)) {
            Bytes forged = grant().seal(guessed, transcript());
            assertThrows(RejectedException.class, () -> PairingGrant.open(forged, fresh, code, transcript()));
        }
    }

    @Test
    void noOtherDeviceOpensIt() throws RejectedException {
        Bytes sealed = grant().seal(code, transcript());
        try (PairingKey other = PairingKey.generate(RANDOM)) {
            assertThrows(RejectedException.class, () -> PairingGrant.open(sealed, other, code, transcript()));
        }
    }

    @Test
    void everyFlippedBitOfAGrantIsNoticed() throws RejectedException {
        byte[] sealed = grant().seal(code, transcript()).toArray();
        for (int at = 0; at < sealed.length; at += 7) {
            byte[] flipped = sealed.clone();
            flipped[at] ^= (byte) (1 << (at % 8));
            assertThrows(
                    RejectedException.class, () -> PairingGrant.open(Bytes.copyOf(flipped), fresh, code, transcript()));
        }
    }

    @Test
    void nothingIsSealedToAKeyOfSmallOrder() {
        PairingTranscript t = transcript();
        for (String point : List.of("00".repeat(32), "01" + "00".repeat(31))) {
            PairingTranscript small = new PairingTranscript(
                    t.pairing(),
                    t.commitment(),
                    t.answer(),
                    new Pairings.Share(Bytes.parseHex(point), t.revealed().nonce()),
                    ACCOUNT);
            assertThrows(RejectedException.class, () -> grant().seal(code, small));
        }
    }

    @Test
    void allGrantsHaveOneLength() throws RejectedException {
        for (String address : List.of("a@b", "a".repeat(242) + "@example.org")) {
            PairingGrant grant = new PairingGrant(masterKey, 1, bytes(32), address);
            assertEquals(Pairings.SEALED, grant.seal(code, transcript()).length());
        }
    }

    @Test
    void digitsAreComparedAsTheyAreShown() {
        String digits = transcript().digits();
        assertTrue(transcript().hasDigits(digits));
        assertTrue(transcript().hasDigits(digits.substring(0, 3) + " " + digits.substring(3)));
        String wrong = String.format(Locale.ROOT, "%06d", (Integer.parseInt(digits) + 1) % 1_000_000);
        assertFalse(transcript().hasDigits(wrong));
        for (String none : List.of("", "12345", "1234567", "12345a", "\u0661\u0662\u0663\u0664\u0665\u0666")) {
            assertThrows(IllegalArgumentException.class, () -> transcript().hasDigits(none));
        }
    }

    @Property(tries = 200)
    void aCodeIsReadAsItIsShown(@ForAll long seed, @ForAll boolean lower) {
        try (PairingCode drawn = PairingCode.generate(new java.util.Random(seed))) {
            String text = drawn.text();
            assertTrue(text.matches("[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}"), text);
            assertEquals("nescio-pair:" + text.replace("-", ""), drawn.qr());
            for (String typed : List.of(lower ? text.toLowerCase(Locale.ROOT) : text, drawn.qr())) {
                try (PairingCode read = PairingCode.parse(typed)) {
                    assertEquals(text, read.text());
                    assertEquals(drawn.id(), read.id());
                }
            }
        }
    }

    @Property
    void whatIsAcceptedAsACodeHasOneMeaning(
            @ForAll @StringLength(min = 15, max = 18) @Chars({'0', '1', 'O', 'I', 'l', 'Z', '-', ' ', 'U', ':'})
                    String typed) {
        String read;
        try (PairingCode accepted = PairingCode.parse(typed)) {
            read = accepted.text();
        } catch (IllegalArgumentException e) {
            assertFalse(e.getMessage().contains(typed));
            return;
        }
        String expected =
                typed.replaceAll("[- ]", "").replace('O', '0').replace('I', '1').replace('l', '1');
        assertEquals(expected, read.replace("-", ""));
    }

    @Test
    void twoCodesNameTwoPairings() {
        assertNotEquals(code.id(), PairingCode.generate(RANDOM).id());
    }

    @Test
    void isOfNoUseOnceClosed() throws RejectedException {
        Bytes sealed = grant().seal(code, transcript());
        PairingTranscript transcript = transcript();
        fresh.close();
        assertThrows(IllegalStateException.class, () -> PairingGrant.open(sealed, fresh, code, transcript));
        code.close();
        assertThrows(IllegalStateException.class, code::text);
        assertThrows(IllegalStateException.class, code::id);
    }
}
