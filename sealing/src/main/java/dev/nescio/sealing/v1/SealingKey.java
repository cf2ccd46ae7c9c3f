package dev.nescio.sealing.v1;

import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.RejectedException.Reason;
import dev.nescio.sealing.SecretBytes;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// A key that seals envelopes (spec, section 5) and streams (section 7). It knows no purpose: the classes
/// of `dev.nescio.keys` give it one. Safe for use by many threads until closed.
public final class SealingKey implements AutoCloseable {

    /// Octets of a key.
    public static final int LENGTH = 32;

    /// Octets that an envelope adds to padded content.
    public static final int OVERHEAD = 1 + 32 + 24 + Gcm.TAG;

    /// What is shorter is no envelope.
    public static final int SHORTEST_ENVELOPE = OVERHEAD + Padding.LEAST;

    /// Longer envelopes are refused before they are opened.
    public static final int LONGEST_ENVELOPE = 1 << 20;

    /// Longer content makes an envelope that is too long, and is for a stream.
    public static final int LONGEST_CONTENT = 1_032_191;

    static final byte VERSION = 1;
    static final int COMMITMENT = 32;
    static final int SALT = 24;
    static final int HEADER = 1 + COMMITMENT + SALT;

    private static final String STREAM_COMMITMENT = "stream/commitment";
    private static final String STREAM_KEY = "stream/key";

    /// Each envelope has a key of its own, so one nonce for all of them is used once per key.
    private static final byte[] NONCE = new byte[Gcm.NONCE];

    private final SecretBytes secret;
    private final byte[] commitment;

    /// Null once closed. The JDK's HMAC cannot be wiped, so it is let go.
    private volatile Keyed keyed;

    /// HMAC states that are as good as the key.
    private record Keyed(Derivation derivation, Derivation.Labelled envelopeKey) {}

    private SealingKey(SecretBytes secret) {
        this.secret = secret;
        Derivation derivation = secret.lend(Derivation::from);
        this.commitment = derivation.derive("envelope/commitment");
        this.keyed = new Keyed(derivation, derivation.labelled("envelope/key"));
    }

    /// Takes the secret over and closes it when this key is closed.
    ///
    /// @throws IllegalArgumentException unless it is 32 octets
    public static SealingKey of(SecretBytes secret) {
        if (secret.length() != LENGTH) {
            throw new IllegalArgumentException("a key is " + LENGTH + " octets");
        }
        return new SealingKey(secret);
    }

    public static SealingKey generate(RandomGenerator random) {
        return of(SecretBytes.generate(random, LENGTH));
    }

    /// @param content at most [#LONGEST_CONTENT] octets
    /// @param random a cryptographically strong source, for the salt
    public byte[] seal(AssociatedData associatedData, byte[] content, RandomGenerator random) {
        Keyed open = requireOpen();
        if (content.length > LONGEST_CONTENT) {
            throw new IllegalArgumentException("an envelope holds at most " + LONGEST_CONTENT + " octets");
        }
        byte[] salt = new byte[SALT];
        random.nextBytes(salt);
        int padded = Padding.paddedLength(content.length);
        byte[] envelope = new byte[HEADER + padded + Gcm.TAG];
        writeHeader(envelope, commitment, salt);
        byte[] key = open.envelopeKey.derive(salt);
        Gcm.sealPadded(key, NONCE, associatedData.encode(), content, padded, envelope, HEADER);
        Arrays.fill(key, (byte) 0);
        return envelope;
    }

    /// Whether the envelope names this key by its commitment, whatever else is wrong with it.
    public boolean isCommittedToBy(byte[] envelope) {
        return envelope.length >= HEADER && isCommitment(commitment, envelope);
    }

    private static boolean isCommitment(byte[] commitment, byte[] in) {
        return MessageDigest.isEqual(commitment, Arrays.copyOfRange(in, 1, 1 + COMMITMENT));
    }

    /// @throws RejectedException if it was not sealed with this key and this associated data, or was
    /// changed
    public byte[] open(AssociatedData associatedData, byte[] envelope) throws RejectedException {
        Keyed open = requireOpen();
        if (envelope.length < SHORTEST_ENVELOPE || envelope.length > LONGEST_ENVELOPE) {
            throw new RejectedException(Reason.MALFORMED);
        }
        byte[] salt = readHeader(envelope, commitment);
        byte[] key = open.envelopeKey.derive(salt);
        try {
            return Gcm.openPadded(key, NONCE, associatedData.encode(), envelope, HEADER, envelope.length - HEADER);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /// Wraps another key: an envelope whose content is that key.
    public byte[] wrap(AssociatedData associatedData, SealingKey other, RandomGenerator random) {
        return other.secret.lend(bytes -> seal(associatedData, bytes, random));
    }

    /// @throws RejectedException as [#open] does, and when the content is not a key
    public SealingKey unwrap(AssociatedData associatedData, byte[] envelope) throws RejectedException {
        byte[] content = open(associatedData, envelope);
        if (content.length != LENGTH) {
            throw new RejectedException(Reason.MALFORMED);
        }
        return new SealingKey(SecretBytes.taking(content));
    }

    /// A copy of the key's octets, for the class that gives this key its purpose. The caller closes it.
    public SecretBytes insecureExport() {
        return secret.lend(SecretBytes::copyOf);
    }

    /// The header of a new stream, under a fresh salt.
    byte[] streamHeader(RandomGenerator random) {
        Keyed open = requireOpen();
        byte[] salt = new byte[SALT];
        random.nextBytes(salt);
        byte[] header = new byte[HEADER];
        writeHeader(header, open.derivation.derive(STREAM_COMMITMENT), salt);
        return header;
    }

    /// The AES key of the stream with this header, once its version and commitment are checked.
    byte[] streamKey(byte[] header) throws RejectedException {
        Derivation derivation = requireOpen().derivation;
        return derivation.derive(STREAM_KEY, readHeader(header, derivation.derive(STREAM_COMMITMENT)));
    }

    private static void writeHeader(byte[] out, byte[] commitment, byte[] salt) {
        out[0] = VERSION;
        System.arraycopy(commitment, 0, out, 1, COMMITMENT);
        System.arraycopy(salt, 0, out, 1 + COMMITMENT, SALT);
    }

    private static byte[] readHeader(byte[] in, byte[] commitment) throws RejectedException {
        if (in[0] != VERSION) {
            throw new RejectedException(Reason.UNSUPPORTED_VERSION);
        }
        if (!isCommitment(commitment, in)) {
            throw new RejectedException(Reason.WRONG_KEY);
        }
        return Arrays.copyOfRange(in, 1 + COMMITMENT, HEADER);
    }

    private Keyed requireOpen() {
        Keyed open = keyed;
        if (open == null) {
            throw new IllegalStateException("this key was closed");
        }
        return open;
    }

    @Override
    public void close() {
        keyed = null;
        secret.close();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SealingKey that && secret.equals(that.secret);
    }

    @Override
    public int hashCode() {
        return secret.hashCode();
    }

    @Override
    public String toString() {
        return "SealingKey[redacted]";
    }
}
