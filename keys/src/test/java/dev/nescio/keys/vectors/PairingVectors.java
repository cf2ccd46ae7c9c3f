package dev.nescio.keys.vectors;

import static dev.nescio.keys.vectors.VectorFile.hex;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nescio.keys.PairingCode;
import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.v1.Derivation;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Locale;
import org.bouncycastle.crypto.CryptoServicesRegistrar;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.util.test.FixedSecureRandom;
import tools.jackson.databind.node.ObjectNode;

/// Vectors of section 3.10: pairing codes, transcripts and grants.
final class PairingVectors {

    private static final String ADDRESS = "ada@example.org";

    private PairingVectors() {}

    static VectorFile pairingCode() {
        VectorFile file = new VectorFile("pairing-code");
        Bytes code = Fixed.bytes("pairing code", 10);
        String text = text(code);
        String bare = text.replace("-", "");
        code(file, "as shown", text, code);
        code(file, "as scanned", "nescio-pair:" + bare, code);
        code(file, "lower case", text.toLowerCase(Locale.ROOT), code);
        code(file, "without hyphens", bare, code);
        code(file, "spaces and hyphens anywhere", " -" + text.replace("-", " - ") + "- ", code);
        code(file, "all zeros", "0000-0000-0000-0000", Bytes.parseHex("00".repeat(10)));
        code(file, "all ones", "ZZZZ-ZZZZ-ZZZZ-ZZZZ", Bytes.parseHex("ff".repeat(10)));
        code(file, "O for 0, I and L for 1", "OoOo-IIII-LLLL-iill", Bytes.parseHex("00000084210842108421"));
        refused(file, "nothing", "");
        refused(file, "only the prefix", "nescio-pair:");
        refused(file, "prefix in another case", "NESCIO-PAIR:" + bare);
        refused(file, "prefix twice", "nescio-pair:nescio-pair:" + bare);
        refused(file, "space before the prefix", " nescio-pair:" + bare);
        refused(file, "another link", "https://example.org/" + bare);
        refused(file, "15 characters", bare.substring(1));
        refused(file, "17 characters", bare + "0");
        refused(file, "U, which the alphabet leaves out", "U" + bare.substring(1));
        refused(file, "full-width digit", "\uff10" + bare.substring(1));
        refused(file, "long s, whose capital is S", "\u017f" + bare.substring(1));
        refused(file, "tab", bare.substring(0, 4) + "\t" + bare.substring(4));
        return file;
    }

    private static String text(Bytes code) {
        try (PairingCode drawn = PairingCode.generate(GivenBytes.of(code))) {
            return drawn.text();
        }
    }

    private static void code(VectorFile file, String name, String typed, Bytes code) {
        Derivation derivation = Derivation.from(code.toArray());
        file.add(name)
                .put("typed", typed)
                .put("code", code.hex())
                .put("text", text(code))
                .put("qr", "nescio-pair:" + text(code).replace("-", ""))
                .put("pairing", hex(Arrays.copyOf(derivation.derive("pairing/id"), 16)))
                .put("psk", hex(derivation.derive("pairing/psk")));
    }

    private static void refused(VectorFile file, String name, String typed) {
        file.add(name).put("typed", typed).put("error", "refused");
    }

    /// One pairing, with what its two devices drew.
    private static final class Pairing {

        private final Bytes code = Fixed.bytes("pairing code", 10);
        private final byte[] id = Arrays.copyOf(Derivation.from(code.toArray()).derive("pairing/id"), 16);
        private final byte[] psk = Derivation.from(code.toArray()).derive("pairing/psk");
        private final Bytes privateKey;
        private final byte[] publicKey;
        private final Bytes nonce;
        private final byte[] answerPublicKey;
        private final Bytes answerNonce;
        private final byte[] commitment;
        private final byte[] transcript;

        private Pairing(String words) {
            privateKey = Fixed.key(words + ", new device");
            publicKey = publicKey(privateKey);
            nonce = Fixed.bytes("nonce " + words + ", new device", 32);
            answerPublicKey = publicKey(Fixed.key(words + ", signed-in device"));
            answerNonce = Fixed.bytes("nonce " + words + ", signed-in device", 32);
            commitment =
                    Fixed.sha256(joined("nescio/v1/pairing-commit\0".getBytes(US_ASCII), publicKey, nonce.toArray()));
            byte[][] parts = {
                {1},
                id,
                commitment,
                answerPublicKey,
                answerNonce.toArray(),
                publicKey,
                nonce.toArray(),
                Fixed.account("alice").toArray()
            };
            ByteArrayOutputStream encoded = new ByteArrayOutputStream();
            encoded.writeBytes("nescio/v1/pairing-transcript".getBytes(US_ASCII));
            for (byte[] part : parts) {
                encoded.writeBytes(ByteBuffer.allocate(4).putInt(part.length).array());
                encoded.writeBytes(part);
            }
            transcript = Fixed.sha256(encoded.toByteArray());
        }

        private static byte[] publicKey(Bytes privateKey) {
            return new X25519PrivateKeyParameters(privateKey.toArray())
                    .generatePublicKey()
                    .getEncoded();
        }

        private String digits() {
            byte[] derived = Derivation.from(transcript).derive("pairing/digits");
            BigInteger number = new BigInteger(1, Arrays.copyOf(derived, 8));
            return String.format(Locale.ROOT, "%06d", number.mod(BigInteger.valueOf(1_000_000)));
        }

        private void putInputs(ObjectNode vector) {
            vector.put("code", code.hex())
                    .put("account", Fixed.account("alice").hex())
                    .put("privateKey", privateKey.hex())
                    .put("publicKey", hex(publicKey))
                    .put("nonce", nonce.hex())
                    .put("commitment", hex(commitment))
                    .put("answerPublicKey", hex(answerPublicKey))
                    .put("answerNonce", answerNonce.hex())
                    .put("transcript", hex(transcript))
                    .put("digits", digits());
        }

        private byte[] seal(byte[] plaintext, Bytes ephemeralKey) {
            SecureRandom before = CryptoServicesRegistrar.getSecureRandom();
            CryptoServicesRegistrar.setSecureRandom(new FixedSecureRandom(ephemeralKey.toArray()));
            try {
                HPKE hpke = new HPKE(HPKE.mode_psk, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
                HPKEContextWithEncapsulation context = hpke.SetupPSKS(
                        hpke.deserializePublicKey(publicKey),
                        joined("nescio/v1/pairing\0".getBytes(US_ASCII), transcript),
                        psk,
                        id);
                return joined(context.getEncapsulation(), context.seal(new byte[0], plaintext));
            } catch (InvalidCipherTextException e) {
                throw new IllegalStateException(e);
            } finally {
                CryptoServicesRegistrar.setSecureRandom(before);
            }
        }
    }

    static VectorFile pairing() {
        VectorFile file = new VectorFile("pairing");
        Pairing pairing = new Pairing("pairing");
        byte[] sealed = grant(file, "of a new device", pairing, ADDRESS);
        grant(file, "of the longest address", new Pairing("another pairing"), "a".repeat(242) + "@example.org");
        grant(file, "whose digits begin with a zero", withLeadingZero(), ADDRESS);
        byte[] plaintext = plaintext(1, 3, ADDRESS);
        broken(file, "another encapsulated key", pairing, flipped(sealed, 0), "damaged");
        broken(file, "another ciphertext", pairing, flipped(sealed, 100), "damaged");
        broken(file, "another tag", pairing, flipped(sealed, sealed.length - 1), "damaged");
        broken(file, "an encapsulated key of small order", pairing, joined(new byte[32], tail(sealed)), "damaged");
        broken(file, "for another transcript", pairing, seal(new Pairing("another pairing"), plaintext), "damaged");
        broken(file, "cut", pairing, Arrays.copyOf(sealed, sealed.length - 1), "malformed");
        broken(file, "nothing", pairing, new byte[0], "malformed");
        broken(file, "another version", pairing, seal(pairing, plaintext(2, 3, ADDRESS)), "unsupported-version");
        broken(file, "counter 0", pairing, seal(pairing, plaintext(1, 0, ADDRESS)), "malformed");
        broken(file, "counter of 2^53", pairing, seal(pairing, plaintext(1, 1L << 53, ADDRESS)), "malformed");
        broken(file, "no address", pairing, seal(pairing, plaintext(1, 3, "")), "malformed");
        byte[] overlong = plaintext.clone();
        overlong[73] = (byte) 255;
        broken(file, "an address of 255 bytes", pairing, seal(pairing, overlong), "malformed");
        byte[] unpadded = plaintext.clone();
        unpadded[unpadded.length - 1] = 1;
        broken(file, "padding other than zeros", pairing, seal(pairing, unpadded), "malformed");
        byte[] notUtf8 = plaintext.clone();
        notUtf8[74] = (byte) 0xff;
        broken(file, "an address that is not UTF-8", pairing, seal(pairing, notUtf8), "malformed");
        return file;
    }

    private static Pairing withLeadingZero() {
        for (int i = 0; ; i++) {
            Pairing tried = new Pairing("pairing " + i);
            if (tried.digits().startsWith("0")) {
                return tried;
            }
        }
    }

    private static byte[] plaintext(int version, long counter, String address) {
        byte[] utf8 = address.getBytes(UTF_8);
        return ByteBuffer.allocate(328)
                .put((byte) version)
                .put(Fixed.key("master").toArray())
                .putLong(counter)
                .put(Fixed.bytes("directory", 32).toArray())
                .put((byte) utf8.length)
                .put(utf8)
                .array();
    }

    private static byte[] seal(Pairing pairing, byte[] plaintext) {
        return pairing.seal(plaintext, Fixed.key("ephemeral"));
    }

    private static byte[] grant(VectorFile file, String name, Pairing pairing, String address) {
        byte[] sealed = seal(pairing, plaintext(1, 3, address));
        ObjectNode vector = file.add(name);
        pairing.putInputs(vector);
        vector.put("masterKey", Fixed.key("master").hex())
                .put("directoryCounter", 3)
                .put("directoryHash", Fixed.bytes("directory", 32).hex())
                .put("address", address)
                .put("ephemeralKey", Fixed.key("ephemeral").hex())
                .put("sealed", hex(sealed));
        return sealed;
    }

    private static void broken(VectorFile file, String name, Pairing pairing, byte[] sealed, String error) {
        ObjectNode vector = file.add(name);
        pairing.putInputs(vector);
        vector.put("sealed", hex(sealed)).put("error", error);
    }

    private static byte[] flipped(byte[] sealed, int at) {
        byte[] flipped = sealed.clone();
        flipped[at] ^= 1;
        return flipped;
    }

    private static byte[] tail(byte[] sealed) {
        return Arrays.copyOfRange(sealed, 32, sealed.length);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
