package dev.nescio.cli.drill;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Every secret in every encoding: what a [Searcher] looks for.
///
/// A long secret is cut into pieces from its beginning to its end, so that a part of it is found too: files
/// of a database hold long values in several parts.
public final class Needles {

    /// Shorter byte strings occur by chance. (Eight random bytes do in a gibibyte with probability 2⁻³⁴.)
    public static final int SHORTEST = 8;

    private static final int PIECE = 32;
    private static final int WHOLE = 48;
    private static final int MOST_PIECES = 64;
    private static final int LEAST_STRIDE = 256;
    private static final int LEAST_VARIETY = 4;

    /// One byte string to look for.
    static final class Needle {

        private final Secret secret;
        private final String encoding;
        private final byte[] pattern;

        Needle(Secret secret, String encoding, byte[] pattern) {
            this.secret = secret;
            this.encoding = encoding;
            this.pattern = pattern;
        }

        Secret secret() {
            return secret;
        }

        String encoding() {
            return encoding;
        }

        /// Not a copy; not to be changed.
        byte[] pattern() {
            return pattern;
        }

        @Override
        public String toString() {
            return secret.name() + " in " + encoding;
        }
    }

    private final List<Needle> all = new ArrayList<>();
    private final int secrets;

    private Needles(List<Secret> secrets) {
        this.secrets = secrets.size();
        for (Secret secret : secrets) {
            secret.value().lend(value -> {
                add(secret, value);
                return null;
            });
        }
    }

    /// @throws IllegalArgumentException for a secret that is too short, or so uniform that it would be found
    /// where it is not
    public static Needles of(List<Secret> secrets) {
        return new Needles(List.copyOf(secrets));
    }

    /// How many secrets are looked for.
    public int secrets() {
        return secrets;
    }

    /// How many byte strings that makes.
    public int count() {
        return all.size();
    }

    List<Needle> all() {
        return all;
    }

    /// The number of bytes of the longest.
    int longest() {
        return all.stream().mapToInt(needle -> needle.pattern().length).max().orElse(SHORTEST);
    }

    private void add(Secret secret, byte[] value) {
        if (value.length < SHORTEST) {
            throw new IllegalArgumentException("\"" + secret.name() + "\" has " + value.length + " bytes; fewer than "
                    + SHORTEST + " cannot be told from chance. Search for it together with what surrounds it.");
        }
        Set<ByteBuffer> known = new HashSet<>();
        if (secret.text()) {
            for (String piece : pieces(new String(value, StandardCharsets.UTF_8))) {
                requireVariety(secret, piece.getBytes(StandardCharsets.UTF_8));
                add(secret, Encodings.ofText(piece), known);
            }
        } else {
            for (byte[] piece : pieces(value)) {
                requireVariety(secret, piece);
                add(secret, Encodings.ofBytes(piece), known);
            }
        }
    }

    private void add(Secret secret, Map<String, byte[]> encodings, Set<ByteBuffer> known) {
        encodings.forEach((encoding, pattern) -> {
            if (known.add(ByteBuffer.wrap(pattern))) {
                all.add(new Needle(secret, encoding, pattern));
            }
        });
    }

    private static void requireVariety(Secret secret, byte[] piece) {
        Set<Byte> different = new HashSet<>();
        for (byte b : piece) {
            different.add(b);
        }
        if (different.size() < LEAST_VARIETY) {
            throw new IllegalArgumentException(
                    "\"" + secret.name() + "\" repeats itself so much that it would be found where it is not.");
        }
    }

    private static List<byte[]> pieces(byte[] value) {
        if (value.length <= WHOLE) {
            return List.of(value);
        }
        List<byte[]> pieces = new ArrayList<>();
        for (int start : starts(value.length)) {
            pieces.add(java.util.Arrays.copyOfRange(value, start, start + PIECE));
        }
        return pieces;
    }

    private static List<String> pieces(String text) {
        int[] characters = text.codePoints().toArray();
        if (characters.length <= WHOLE) {
            return List.of(text);
        }
        List<String> pieces = new ArrayList<>();
        for (int start : starts(characters.length)) {
            pieces.add(new String(characters, start, PIECE));
        }
        return pieces;
    }

    private static List<Integer> starts(int length) {
        int stride = Math.max(LEAST_STRIDE, Math.ceilDiv(length, MOST_PIECES));
        List<Integer> starts = new ArrayList<>();
        for (int start = 0; start < length - PIECE; start += stride) {
            starts.add(start);
        }
        starts.add(length - PIECE);
        return starts;
    }
}
