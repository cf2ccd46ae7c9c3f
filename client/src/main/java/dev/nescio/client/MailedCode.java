package dev.nescio.client;

import dev.nescio.keys.Address;
import dev.nescio.protocol.MailedCodes;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Pattern;

/// A code that was mailed to an address, and is to be typed by whoever signs up with it (spec, section
/// 10.19).
public final class MailedCode {

    private static final Pattern CODE = Pattern.compile("[0-9A-HJKMNP-TV-Z]{8}");

    private final Address address;
    private final MailedCodes.Asked asked;

    MailedCode(Address address, MailedCodes.Asked asked) {
        this.address = address;
        this.asked = asked;
    }

    /// When it stops working.
    public Instant expiresAt() {
        return Instant.ofEpochMilli(asked.expiresAt());
    }

    Address address() {
        return address;
    }

    /// @throws IllegalArgumentException with words for the person, if what was typed cannot be a mailed
    /// code
    MailedCodes.Proof proof(String typed) {
        String code = typed.replaceAll("[\\s-]", "")
                .toUpperCase(Locale.ROOT)
                .replace('O', '0')
                .replace('I', '1')
                .replace('L', '1');
        if (!CODE.matcher(code).matches()) {
            throw new IllegalArgumentException("A mailed code is 8 letters and digits, such as 7K2M-9QXA.");
        }
        return new MailedCodes.Proof(asked.mailed(), code);
    }

    @Override
    public String toString() {
        return "MailedCode[redacted]";
    }
}
