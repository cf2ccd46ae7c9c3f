package dev.nescio.keys;

import dev.nescio.sealing.SecretBytes;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.regex.Pattern;

/// A password, normalised (spec, section 3.3). Close it as soon as a credential has been derived.
///
/// Normalising passes through a `String` of the JDK's, which cannot be wiped: the garbage collector drops
/// it.
public final class Password implements AutoCloseable {

    /// The least number of characters of a password that is created.
    public static final int LEAST_NEW = 10;

    private static final Pattern FORBIDDEN = Pattern.compile("[\\p{Cc}\\p{Cs}]");
    private static final Pattern SPACE = Pattern.compile("\\p{Zs}");
    private static final int LONGEST = 1024;

    private final SecretBytes utf8;
    private final int characters;

    private Password(SecretBytes utf8, int characters) {
        this.utf8 = utf8;
        this.characters = characters;
    }

    /// @param typed not kept; the caller wipes it
    /// @throws IllegalArgumentException with words for the person who typed it
    public static Password of(char[] typed) {
        CharBuffer text = CharBuffer.wrap(typed);
        if (FORBIDDEN.matcher(text).find()) {
            throw new IllegalArgumentException(
                    "The password holds a control character; it cannot be typed everywhere.");
        }
        if (!Unicode.covers(text)) {
            throw new IllegalArgumentException("The password holds a character that does not exist, or is newer than"
                    + " 2023 (Unicode 15.1) and unknown to some devices. Use another character.");
        }
        String normalised = Normalizer.normalize(SPACE.matcher(text).replaceAll(" "), Normalizer.Form.NFC);
        byte[] utf8 = normalised.getBytes(StandardCharsets.UTF_8);
        if (utf8.length == 0 || utf8.length > LONGEST) {
            Arrays.fill(utf8, (byte) 0);
            throw new IllegalArgumentException("A password is 1 to 1024 bytes long.");
        }
        return new Password(SecretBytes.taking(utf8), normalised.codePointCount(0, normalised.length()));
    }

    /// @throws IllegalArgumentException if it is too short to be created
    public void requireFitForCreation() {
        if (characters < LEAST_NEW) {
            throw new IllegalArgumentException(
                    "The password is too short: use at least " + LEAST_NEW + " characters, better a few random words.");
        }
    }

    SecretBytes utf8() {
        return utf8;
    }

    @Override
    public void close() {
        utf8.close();
    }

    @Override
    public String toString() {
        return "Password[redacted]";
    }
}
