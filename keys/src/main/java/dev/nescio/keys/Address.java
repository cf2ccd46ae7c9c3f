package dev.nescio.keys;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.text.IDNA;
import com.ibm.icu.text.Normalizer2;
import com.ibm.icu.util.ULocale;
import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/// A mail address in the one form that everybody derives from (spec, section 3.1). `toString` does not show
/// it.
public final class Address {

    private static final IDNA UTS_46 = IDNA.getUTS46Instance(IDNA.NONTRANSITIONAL_TO_ASCII
            | IDNA.NONTRANSITIONAL_TO_UNICODE
            | IDNA.CHECK_BIDI
            | IDNA.CHECK_CONTEXTJ
            | IDNA.USE_STD3_RULES);

    /// What ICU reports and the spec tolerates: it does not check hyphens, and checks lengths itself,
    /// below.
    private static final java.util.Set<IDNA.Error> TOLERATED = java.util.EnumSet.of(
            IDNA.Error.LEADING_HYPHEN,
            IDNA.Error.TRAILING_HYPHEN,
            IDNA.Error.HYPHEN_3_4,
            IDNA.Error.EMPTY_LABEL,
            IDNA.Error.LABEL_TOO_LONG,
            IDNA.Error.DOMAIN_NAME_TOO_LONG);

    private static final Normalizer2 NFC = Normalizer2.getNFCInstance();

    private static final String AROUND = " \t\n\r";
    private static final Pattern DOMAIN = Pattern.compile("[a-z0-9-]{1,63}(\\.[a-z0-9-]{1,63})*");

    /// U+0295 was a cased letter up to Unicode 15.1, which decides over the final sigma beside it.
    private static final Pattern FORBIDDEN = Pattern.compile("[\\p{IsWhite_Space}\\p{Cc}\\p{Cs}@\\x{295}]");

    /// What UTS #46 disallows in Unicode 15.1 and allows later.
    private static final Pattern ALLOWED_LATER = Pattern.compile(
            "[\\x{4c0}\\x{10a0}-\\x{10c5}\\x{115f}\\x{1160}\\x{17b4}\\x{17b5}\\x{1806}\\x{180e}\\x{2061}-\\x{2063}"
                    + "\\x{206a}-\\x{206f}\\x{2132}\\x{2183}\\x{3164}\\x{ffa0}\\x{1d173}-\\x{1d17a}"
                    + "\\x{2f868}\\x{2f874}\\x{2f91f}\\x{2f95f}\\x{2f9bf}]");

    private static final String TOO_LONG = "This address is too long: at most 254 bytes.";
    private static final String TOO_NEW = "This address holds a character that does not exist, or is newer than 2023"
            + " (Unicode 15.1) and unknown to some devices. Check it, or use another address.";
    private static final int LONGEST = 254;

    /// Normalising shortens some text, but what is longer than this is no address, and takes time.
    private static final int LONGEST_TYPED = 1024;

    private final String normalised;

    private Address(String normalised) {
        this.normalised = normalised;
    }

    /// @throws IllegalArgumentException with words for the person who typed it, unless it is an address
    public static Address parse(String typed) {
        String trimmed = trimmed(typed);
        if (trimmed.length() > LONGEST_TYPED) {
            throw new IllegalArgumentException(TOO_LONG);
        }
        requireKnown(trimmed);
        int at = trimmed.lastIndexOf('@');
        if (at <= 0 || at == trimmed.length() - 1) {
            throw new IllegalArgumentException("An address looks like name@example.org.");
        }
        String normalised = local(trimmed.substring(0, at)) + "@" + domain(trimmed.substring(at + 1));
        if (normalised.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw new IllegalArgumentException(TOO_LONG);
        }
        return new Address(normalised);
    }

    private static String trimmed(String typed) {
        int from = 0;
        int to = typed.length();
        while (from < to && AROUND.indexOf(typed.charAt(from)) >= 0) {
            from++;
        }
        while (from < to && AROUND.indexOf(typed.charAt(to - 1)) >= 0) {
            to--;
        }
        return typed.substring(from, to);
    }

    private static String local(String typed) {
        if (FORBIDDEN.matcher(typed).find()) {
            throw new IllegalArgumentException(
                    "The part before the @ holds a space or a character that cannot be there.");
        }
        // Not String.toLowerCase: the JDK finds a final sigma by its own notion of words, not by Unicode's.
        return NFC.normalize(UCharacter.toLowerCase(ULocale.ROOT, NFC.normalize(typed)));
    }

    private static String domain(String typed) {
        IDNA.Info info = new IDNA.Info();
        String ascii =
                UTS_46.nameToASCII(typed, new StringBuilder(), info).toString().toLowerCase(Locale.ROOT);
        boolean refused = info.getErrors().stream().anyMatch(error -> !TOLERATED.contains(error));
        // A label may have been typed in its encoded form.
        String decoded = UTS_46.nameToUnicode(ascii, new StringBuilder(), info).toString();
        boolean later = ALLOWED_LATER.matcher(typed + decoded).find();
        if (refused || later || !DOMAIN.matcher(ascii).matches()) {
            throw new IllegalArgumentException("The part after the @ is not a domain name.");
        }
        requireKnown(decoded);
        return ascii;
    }

    private static void requireKnown(String text) {
        if (!Unicode.covers(text)) {
            throw new IllegalArgumentException(TOO_NEW);
        }
    }

    /// The address itself, for the screen and for sealing; for the network only where the person has agreed
    /// that a code is mailed to it (spec, section 10.19).
    public String normalised() {
        return normalised;
    }

    /// What the server knows the account by (spec, section 3.2).
    public Bytes hashed() {
        return Bytes.copyOf(Sha256.of(normalised.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Address that && normalised.equals(that.normalised);
    }

    @Override
    public int hashCode() {
        return normalised.hashCode();
    }

    @Override
    public String toString() {
        return "Address[redacted]";
    }
}
