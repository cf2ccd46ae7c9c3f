package dev.nescio.systemtests;

import dev.nescio.client.PasskeyAuthenticator;
import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.SecretBytes;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// An authenticator with its browser, as a program would plug one in: passkeys in memory, each with a PRF of its own.
final class SoftPasskeys implements PasskeyAuthenticator {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte PRESENT_AND_VERIFIED = 0x05;
    private static final byte ATTESTED = 0x40;

    private record Passkey(Bytes id, String rpId, Bytes userHandle, KeyPair pair, Bytes secret) {}

    /// Relying parties and challenges that were asked for, in order.
    final List<String> askedFor = new ArrayList<>();

    /// What the PRF gave, in order.
    final List<Bytes> prfOutputs = new ArrayList<>();

    boolean hasPrf = true;
    boolean prfWhileCreating;
    boolean saysWhose = true;
    boolean declines;

    /// How many signatures it says that it has made.
    int count;

    /// At the second question of a creation, and at every other signature.
    boolean declinesToSign;

    /// Where it is asked for some, one that was not asked for.
    boolean answersAnother;

    private final List<Passkey> passkeys = new ArrayList<>();

    @Override
    public Optional<Made> create(Creation creation) {
        askedFor.add(creation.rpId());
        if (declines || passkeys.stream().anyMatch(key -> creation.exclude().contains(key.id))) {
            return Optional.empty();
        }
        Passkey made = new Passkey(
                Bytes.copyOf(random(32)),
                creation.rpId(),
                creation.account().bytes(),
                keyPair(),
                Bytes.copyOf(random(32)));
        passkeys.add(made);
        return Optional.of(new Made(
                made.id,
                clientData("webauthn.create", creation.challenge(), creation.origin()),
                attestationObject(made),
                prfWhileCreating ? prf(made, creation.prfInput()) : null));
    }

    @Override
    public Optional<Signed> sign(Request request) {
        askedFor.add(request.rpId());
        return passkeys.reversed().stream()
                .filter(key -> !declines && !declinesToSign && key.rpId.equals(request.rpId()))
                .filter(key -> request.allow().isEmpty() || request.allow().contains(key.id) != answersAnother)
                .findFirst()
                .map(key -> sign(key, request));
    }

    private Signed sign(Passkey key, Request request) {
        Bytes clientData = clientData("webauthn.get", request.challenge(), request.origin());
        byte[] data = authenticatorData(key.rpId, PRESENT_AND_VERIFIED, count, new byte[0]);
        return new Signed(
                key.id,
                clientData,
                Bytes.copyOf(data),
                signature(key.pair, joined(data, sha256(clientData.toArray()))),
                saysWhose ? key.userHandle : null,
                prf(key, request.prfInput()));
    }

    private SecretBytes prf(Passkey key, Bytes input) {
        if (!hasPrf) {
            return null;
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.secret.toArray(), "HmacSHA256"));
            byte[] output = mac.doFinal(input.toArray());
            prfOutputs.add(Bytes.copyOf(output));
            return SecretBytes.taking(output);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Bytes clientData(String type, Bytes challenge, String origin) {
        return Bytes.copyOf(("{\"type\":\"" + type + "\",\"challenge\":\"" + challenge.base64url() + "\",\"origin\":\""
                        + origin + "\",\"crossOrigin\":false}")
                .getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] authenticatorData(String rpId, int flags, int count, byte[] attested) {
        return joined(
                sha256(rpId.getBytes(StandardCharsets.US_ASCII)),
                new byte[] {(byte) flags},
                ByteBuffer.allocate(4).putInt(count).array(),
                attested);
    }

    /// CBOR of a "none" attestation with a COSE key for ES256.
    private static Bytes attestationObject(Passkey key) {
        ECPublicKey point = (ECPublicKey) key.pair.getPublic();
        byte[] cose = joined(
                new byte[] {(byte) 0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20},
                coordinate(point.getW().getAffineX()),
                new byte[] {0x22, 0x58, 0x20},
                coordinate(point.getW().getAffineY()));
        byte[] data = authenticatorData(
                key.rpId,
                PRESENT_AND_VERIFIED | ATTESTED,
                0,
                joined(
                        new byte[16],
                        ByteBuffer.allocate(2).putShort((short) key.id.length()).array(),
                        key.id.toArray(),
                        cose));
        return Bytes.copyOf(joined(
                new byte[] {(byte) 0xa3, 0x63, 'f', 'm', 't', 0x64, 'n', 'o', 'n', 'e'},
                new byte[] {0x67, 'a', 't', 't', 'S', 't', 'm', 't', (byte) 0xa0},
                new byte[] {0x68, 'a', 'u', 't', 'h', 'D', 'a', 't', 'a', 0x58, (byte) data.length},
                data));
    }

    private static byte[] coordinate(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] fixed = new byte[32];
        int length = Math.min(32, bytes.length);
        System.arraycopy(bytes, bytes.length - length, fixed, 32 - length, length);
        return fixed;
    }

    private static KeyPair keyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Bytes signature(KeyPair pair, byte[] content) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(pair.getPrivate());
            signature.update(content);
            return Bytes.copyOf(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }
}
