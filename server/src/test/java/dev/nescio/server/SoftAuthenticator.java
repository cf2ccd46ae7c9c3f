package dev.nescio.server;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// An authenticator and its browser in one, with every part in the hands of the test: also what no browser would make.
final class SoftAuthenticator {

    /// How it signs.
    enum Algorithm {
        ES256("EC", 256, "SHA256withECDSA", -7),
        EDDSA("Ed25519", 255, "Ed25519", -8),
        RS256("RSA", 2048, "SHA256withRSA", -257),
        RS1("RSA", 2048, "SHA1withRSA", -65535);

        private final String keys;
        private final int size;
        private final String signature;
        private final int cose;

        Algorithm(String keys, int size, String signature, int cose) {
            this.keys = keys;
            this.size = size;
            this.signature = signature;
            this.cose = cose;
        }
    }

    /// An attestation statement.
    enum Vouching {
        /// Empty.
        NONE,
        /// Signed by the passkey itself.
        SELF,
        /// The same, for another content.
        SELF_FORGED,
        /// Signed by the passkey itself, naming another algorithm.
        SELF_OTHER_ALGORITHM,
        /// Signed by a key that a certificate of the authenticator's maker names.
        CERTIFICATE
    }

    static final int PRESENT = 0x01;
    static final int VERIFIED = 0x04;
    static final int MAY_BE_COPIED = 0x08;
    static final int COPIED = 0x10;
    private static final int ATTESTED = 0x40;

    Bytes credentialId = Device.bytes(32);
    Bytes userHandle;
    String origin = TestServer.URL.origin();
    String rpId = TestServer.URL.rpId();
    String creationType = "webauthn.create";
    String proofType = "webauthn.get";
    String format = "none";

    /// What vouches for the authenticator in the format "packed".
    Vouching vouching = Vouching.NONE;
    boolean crossOrigin;

    /// Null where the client data names none.
    String topOrigin;
    int flags = PRESENT | VERIFIED;
    long count;

    private final Algorithm algorithm;
    private final KeyPair pair;

    SoftAuthenticator() {
        this(Algorithm.ES256);
    }

    SoftAuthenticator(Algorithm algorithm) {
        this.algorithm = algorithm;
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm.keys);
            generator.initialize(algorithm.size);
            this.pair = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    Passkeys.Registration create(Bytes challenge) {
        Bytes clientData = clientData(creationType, challenge);
        return new Passkeys.Registration(challenge, clientData, attestationObject(clientData));
    }

    Passkeys.Assertion prove(Bytes challenge) {
        Bytes clientData = clientData(proofType, challenge);
        byte[] data = authenticatorData(flags, new byte[0]);
        return new Passkeys.Assertion(
                credentialId, challenge, clientData, Bytes.copyOf(data), sign(data, clientData), userHandle);
    }

    /// A slot of its passkey, under made-up keys.
    SignUp.NewSlot slot() {
        return SignUp.NewSlot.of(
                SignIn.Slot.passkey(new SlotId(Device.bytes(16)), credentialId, null, Device.bytes(137)),
                Device.bytes(32));
    }

    /// A sign-up with its passkey and no password.
    Passkeys.SignUpNow signUp(SignUp.NewSlot slot, Bytes challenge, Bytes hashedEmail) {
        SignUp.Start start = Device.fresh().start;
        return new Passkeys.SignUpNow(
                start.account(),
                hashedEmail,
                slot,
                create(challenge),
                start.recovery(),
                start.domainKeys(),
                start.keyPair(),
                start.profile(),
                start.directory(),
                Transport.BEARER,
                false);
    }

    Bytes attestationObject() {
        return attestationObject(clientData(creationType, Device.bytes(32)));
    }

    private Bytes attestationObject(Bytes clientData) {
        byte[] attested = joined(
                new byte[16],
                ByteBuffer.allocate(2).putShort((short) credentialId.length()).array(),
                credentialId.toArray(),
                publicKey());
        byte[] data = authenticatorData(flags | ATTESTED, attested);
        return Bytes.copyOf(joined(
                head(5, 3),
                text("fmt"),
                text(format),
                text("attStmt"),
                statement(data, clientData),
                text("authData"),
                bytes(data)));
    }

    private byte[] statement(byte[] data, Bytes clientData) {
        return switch (vouching) {
            case NONE -> head(5, 0);
            case SELF -> joined(head(5, 2), signed(algorithm.cose, sign(data, clientData)));
            case SELF_FORGED -> joined(head(5, 2), signed(algorithm.cose, sign(data, Device.bytes(32))));
            case SELF_OTHER_ALGORITHM -> joined(head(5, 2), signed(Algorithm.RS256.cose, sign(data, clientData)));
            case CERTIFICATE ->
                joined(
                        head(5, 3),
                        signed(algorithm.cose, sign(data, clientData)),
                        text("x5c"),
                        head(4, 1),
                        bytes(certificate()));
        };
    }

    /// As makers issue them (WebAuthn, section 8.2.1), for the key that signs here.
    private byte[] certificate() {
        X500Name name = new X500Name("C=DE,O=Example,OU=Authenticator Attestation,CN=Example Key");
        Date start = Date.from(Instant.parse("2026-01-01T00:00:00Z"));
        Date end = Date.from(Instant.parse("2046-01-01T00:00:00Z"));
        try {
            return new JcaX509v3CertificateBuilder(name, BigInteger.ONE, start, end, name, pair.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .build(new JcaContentSignerBuilder(algorithm.signature).build(pair.getPrivate()))
                    .getEncoded();
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] signed(int algorithm, Bytes signature) {
        return joined(text("alg"), number(algorithm), text("sig"), bytes(signature.toArray()));
    }

    private byte[] authenticatorData(int withFlags, byte[] attested) {
        return joined(
                sha256(rpId.getBytes(StandardCharsets.US_ASCII)),
                new byte[] {(byte) withFlags},
                ByteBuffer.allocate(4).putInt((int) count).array(),
                attested);
    }

    private Bytes clientData(String type, Bytes challenge) {
        return Bytes.copyOf(("{\"type\":\"" + type + "\",\"challenge\":\"" + challenge.base64url() + "\",\"origin\":\""
                        + origin + "\",\"crossOrigin\":" + crossOrigin
                        + (topOrigin == null ? "" : ",\"topOrigin\":\"" + topOrigin + "\"") + "}")
                .getBytes(StandardCharsets.UTF_8));
    }

    private Bytes sign(byte[] authenticatorData, Bytes clientData) {
        try {
            Signature signature = Signature.getInstance(algorithm.signature);
            signature.initSign(pair.getPrivate());
            signature.update(authenticatorData);
            signature.update(sha256(clientData.toArray()));
            return Bytes.copyOf(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// As a COSE key.
    private byte[] publicKey() {
        byte[] cose = number(algorithm.cose);
        return switch (pair.getPublic()) {
            case ECPublicKey key ->
                joined(
                        head(5, 5),
                        number(1),
                        number(2),
                        number(3),
                        cose,
                        number(-1),
                        number(1),
                        number(-2),
                        bytes(fixed(key.getW().getAffineX().toByteArray(), 32)),
                        number(-3),
                        bytes(fixed(key.getW().getAffineY().toByteArray(), 32)));
            case EdECPublicKey key -> {
                byte[] encoded = key.getEncoded();
                yield joined(
                        head(5, 4),
                        number(1),
                        number(1),
                        number(3),
                        cose,
                        number(-1),
                        number(6),
                        number(-2),
                        bytes(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length)));
            }
            case RSAPublicKey key ->
                joined(
                        head(5, 4),
                        number(1),
                        number(3),
                        number(3),
                        cose,
                        number(-1),
                        bytes(fixed(key.getModulus().toByteArray(), 256)),
                        number(-2),
                        bytes(key.getPublicExponent().toByteArray()));
            default -> throw new IllegalStateException("no such key is drawn here");
        };
    }

    /// A big-endian number in so many octets.
    private static byte[] fixed(byte[] number, int length) {
        byte[] fixed = new byte[length];
        int from = Math.max(0, number.length - length);
        System.arraycopy(number, from, fixed, length - (number.length - from), number.length - from);
        return fixed;
    }

    static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] text(String text) {
        return joined(head(3, text.length()), text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] bytes(byte[] bytes) {
        return joined(head(2, bytes.length), bytes);
    }

    private static byte[] number(int number) {
        return number < 0 ? head(1, -1 - number) : head(0, number);
    }

    /// The start of a CBOR item.
    private static byte[] head(int major, int value) {
        int first = major << 5;
        if (value < 24) {
            return new byte[] {(byte) (first | value)};
        }
        if (value < 256) {
            return new byte[] {(byte) (first | 24), (byte) value};
        }
        return new byte[] {(byte) (first | 25), (byte) (value >> 8), (byte) value};
    }

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }
}
