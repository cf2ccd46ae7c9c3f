package dev.nescio.protocol;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Messages about codes that confirm an address by mail (spec, section 10.19).
public final class MailedCodes {

    /// Octets of an address in UTF-8.
    private static final int LONGEST = 254;

    private static final int LONGEST_LOCAL = 64;

    /// Whatever a header or a command of SMTP could take for its own is left out: white space,
    /// controls, invisible characters, brackets, quotes, commas; and % and !, by which old mail servers send
    /// on to other hosts. Upper case is none of a normalised
    /// address.
    private static final Pattern LOCAL = Pattern.compile(
            "(?:%1$s)+(?:\\.(?:%1$s)+)*".formatted("[a-z0-9#$&'*+/=?^_`{|}~-]|[^\\x00-\\x7f\\p{C}\\p{Z}]"));

    /// Not an address of digits: mail goes to names.
    private static final Pattern DOMAIN = Pattern.compile("(?:[a-z0-9-]{1,63}\\.)*(?=[0-9-]*[a-z])[a-z0-9-]{1,63}");

    private static final Pattern CODE = Pattern.compile("[0-9A-HJKMNP-TV-Z]{8}");

    private MailedCodes() {}

    /// Whether it is one plain mailbox that can stand in a header and in an envelope as it is.
    public static boolean isMailbox(String address) {
        int at = address.indexOf('@');
        return at > 0
                && address.length() <= LONGEST
                && address.getBytes(StandardCharsets.UTF_8).length <= LONGEST
                && address.substring(0, at).getBytes(StandardCharsets.UTF_8).length <= LONGEST_LOCAL
                && LOCAL.matcher(address.substring(0, at)).matches()
                && DOMAIN.matcher(address.substring(at + 1)).matches();
    }

    /// `POST /v1/signup/code`, and `POST /v1/reset/code` (10.18): no other request holds an address in clear.
    ///
    /// @param address normalised
    public record Ask(String address, Bytes hashedEmail) {

        public Ask {
            if (!isMailbox(Check.present("address", address))) {
                throw new InvalidField("address must be one plain mailbox");
            }
            Check.length("hashedEmail", hashedEmail, 32);
        }

        @Override
        public String toString() {
            return "Ask[redacted]";
        }
    }

    /// The answer, the same whether the address has an account or not.
    ///
    /// @param mailed the only handle to the code
    public record Asked(Bytes mailed, long expiresAt) {

        public Asked {
            Check.length("mailed", mailed, 32);
            Check.counter("expiresAt", expiresAt);
        }
    }

    /// That a mailed code was read.
    ///
    /// @param code eight characters of Crockford's base32, in upper case
    public record Proof(Bytes mailed, String code) {

        public Proof {
            Check.length("mailedCode.mailed", mailed, 32);
            if (!CODE.matcher(Check.present("mailedCode.code", code)).matches()) {
                throw new InvalidField("mailedCode.code must be 8 characters of base32");
            }
        }

        @Override
        public String toString() {
            return "Proof[redacted]";
        }
    }
}
