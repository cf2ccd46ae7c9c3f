package dev.nescio.keys.vectors;

import static dev.nescio.keys.vectors.VectorFile.hex;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.SealingKey;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.CryptoServicesRegistrar;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.util.test.FixedSecureRandom;
import tools.jackson.databind.node.ObjectNode;

/// Vectors of sections 4.2 and 9.6: the account's key pair, and the notes that a server seals to it.
final class KeyPairVectors {

    private static final AccountId ACCOUNT = Fixed.account("a");
    private static final Bytes PRIVATE_KEY = Fixed.key("account");
    private static final long NUMBER = 3;

    private KeyPairVectors() {}

    private static byte[] publicKey(Bytes privateKey) {
        return new X25519PrivateKeyParameters(privateKey.toArray())
                .generatePublicKey()
                .getEncoded();
    }

    static VectorFile keyPair() {
        VectorFile file = new VectorFile("account-key-pair");
        pair(file, "of a new account", PRIVATE_KEY);
        pair(file, "of a private key of ones", Bytes.parseHex("ff".repeat(32)));
        broken(file, "of another account", sealed(Fixed.account("b"), "account-key-pair", PRIVATE_KEY), "damaged");
        broken(file, "a domain key", sealed(ACCOUNT, "domain-key", PRIVATE_KEY), "damaged");
        broken(file, "31 bytes", sealed(ACCOUNT, "account-key-pair", Fixed.bytes("short", 31)), "malformed");
        broken(file, "33 bytes", sealed(ACCOUNT, "account-key-pair", Fixed.bytes("long", 33)), "malformed");
        return file;
    }

    private static void pair(VectorFile file, String name, Bytes privateKey) {
        inputs(file, name)
                .put("privateKey", privateKey.hex())
                .put("publicKey", hex(publicKey(privateKey)))
                .put("sealed", sealed(ACCOUNT, "account-key-pair", privateKey).hex());
    }

    private static void broken(VectorFile file, String name, Bytes sealed, String error) {
        inputs(file, name).put("sealed", sealed.hex()).put("error", error);
    }

    private static ObjectNode inputs(VectorFile file, String name) {
        return file.add(name)
                .put("masterKey", Fixed.key("master").hex())
                .put("account", ACCOUNT.hex())
                .put("salt", Fixed.salt("key pair").hex());
    }

    private static Bytes sealed(AccountId account, String purpose, Bytes content) {
        try (SealingKey master =
                SealingKey.of(SecretBytes.taking(Fixed.key("master").toArray()))) {
            return Bytes.copyOf(master.seal(
                    new AssociatedData(purpose, account, null, null, null, "private-key", 1),
                    content.toArray(),
                    GivenBytes.of(Fixed.salt("key pair"))));
        }
    }

    static VectorFile note() {
        VectorFile file = new VectorFile("log-note");
        byte[] v4 = plaintext(1, 3, "cb0071000000");
        byte[] sound = said(file, "an IPv4 network", "cb0071", "203.0.113.0/24", v4);
        said(file, "an IPv6 network", "20010db80012", "2001:db8:12::/48", plaintext(1, 6, "20010db80012"));
        said(file, "an IPv6 network of zeros", "000000000000", "0:0:0::/48", plaintext(1, 6, "000000000000"));
        said(file, "an unknown network", "", "unknown", plaintext(1, 0, "000000000000"));
        broken(file, "of another entry", sealed(ACCOUNT, "log-note", NUMBER + 1, v4), "damaged");
        broken(file, "of another account", sealed(Fixed.account("b"), "log-note", NUMBER, v4), "damaged");
        broken(file, "of another purpose", sealed(ACCOUNT, "profile", NUMBER, v4), "damaged");
        for (int at : new int[] {0, 32, sound.length - 1}) {
            byte[] flipped = sound.clone();
            flipped[at] ^= 1;
            broken(file, "a bit of byte " + at + " flipped", flipped, "damaged");
        }
        byte[] smallOrder = sound.clone();
        Arrays.fill(smallOrder, 0, 32, (byte) 0);
        broken(file, "an encapsulated key of small order", smallOrder, "damaged");
        broken(file, "cut", Arrays.copyOf(sound, sound.length - 1), "malformed");
        broken(file, "nothing", new byte[0], "malformed");
        broken(file, "longer", sealed(ACCOUNT, "log-note", NUMBER, Arrays.copyOf(v4, 9)), "malformed");
        broken(file, "another version", said(plaintext(2, 3, "cb0071000000")), "unsupported-version");
        broken(file, "a prefix of 4 bytes", said(plaintext(1, 4, "cb0071000000")), "malformed");
        broken(file, "a prefix of 255 bytes", said(plaintext(1, 255, "cb0071000000")), "malformed");
        broken(file, "an address whose end is there", said(plaintext(1, 3, "cb0071070000")), "malformed");
        return file;
    }

    private static byte[] plaintext(int version, int length, String prefix) {
        return ByteBuffer.allocate(8)
                .put((byte) version)
                .put((byte) length)
                .put(Bytes.parseHex(prefix).toArray())
                .array();
    }

    private static byte[] said(byte[] plaintext) {
        return sealed(ACCOUNT, "log-note", NUMBER, plaintext);
    }

    private static byte[] said(VectorFile file, String name, String prefix, String text, byte[] plaintext) {
        byte[] sealed = said(plaintext);
        noteInputs(file, name)
                .put("prefix", prefix)
                .put("text", text)
                .put("plaintext", hex(plaintext))
                .put("ephemeralKey", Fixed.key("ephemeral").hex())
                .put("sealed", hex(sealed));
        return sealed;
    }

    private static void broken(VectorFile file, String name, byte[] sealed, String error) {
        noteInputs(file, name).put("sealed", hex(sealed)).put("error", error);
    }

    private static ObjectNode noteInputs(VectorFile file, String name) {
        return file.add(name)
                .put("account", ACCOUNT.hex())
                .put("number", NUMBER)
                .put("privateKey", PRIVATE_KEY.hex())
                .put("publicKey", hex(publicKey(PRIVATE_KEY)));
    }

    private static byte[] sealed(AccountId account, String purpose, long number, byte[] plaintext) {
        SecureRandom before = CryptoServicesRegistrar.getSecureRandom();
        CryptoServicesRegistrar.setSecureRandom(
                new FixedSecureRandom(Fixed.key("ephemeral").toArray()));
        try {
            HPKE hpke = new HPKE(HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
            HPKEContextWithEncapsulation context = hpke.setupBaseS(
                    hpke.deserializePublicKey(publicKey(PRIVATE_KEY)), "nescio/v1/to-account\0".getBytes(US_ASCII));
            byte[] ciphertext = context.seal(
                    new AssociatedData(purpose, account, null, null, null, "origin", number).encode(), plaintext);
            return ByteBuffer.allocate(32 + ciphertext.length)
                    .put(context.getEncapsulation())
                    .put(ciphertext)
                    .array();
        } catch (InvalidCipherTextException e) {
            throw new IllegalStateException(e);
        } finally {
            CryptoServicesRegistrar.setSecureRandom(before);
        }
    }
}
