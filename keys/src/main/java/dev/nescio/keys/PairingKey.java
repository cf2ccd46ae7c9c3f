package dev.nescio.keys;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Pairings;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import java.util.random.RandomGenerator;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;

/// A device's own X25519 key and nonce for one pairing (spec, section 3.10). Drawn anew each time, never stored.
public final class PairingKey implements AutoCloseable {

    private static final int LENGTH = 32;

    private final SecretBytes privateKey;
    private final Pairings.Share share;

    private PairingKey(SecretBytes privateKey, Bytes nonce) {
        this.privateKey = privateKey;
        Bytes publicKey = privateKey.lend(octets -> Bytes.copyOf(
                new X25519PrivateKeyParameters(octets).generatePublicKey().getEncoded()));
        this.share = new Pairings.Share(publicKey, nonce);
    }

    public static PairingKey generate(RandomGenerator random) {
        SecretBytes privateKey = SecretBytes.generate(random, LENGTH);
        byte[] nonce = new byte[LENGTH];
        random.nextBytes(nonce);
        return new PairingKey(privateKey, Bytes.copyOf(nonce));
    }

    /// What the other device is given.
    public Pairings.Share share() {
        return share;
    }

    byte[] open(byte[] sealed, PairingCode code, PairingTranscript transcript) throws RejectedException {
        X25519PrivateKeyParameters key = privateKey.lend(X25519PrivateKeyParameters::new);
        return PairingHpke.open(key, sealed, code, transcript);
    }

    @Override
    public void close() {
        privateKey.close();
    }

    @Override
    public String toString() {
        return "PairingKey[redacted]";
    }
}
