package dev.nescio.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Spec, section 10.19: what a mail is sent to is one plain mailbox.
class MailboxTest {

    private static final Bytes HASH = Bytes.copyOf(new byte[32]);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ada@example.org",
                "a.b+c_d-e'f@mail.example.org",
                "josé@example.org",
                "用户@xn--fiqs8s.example",
                "ada@1and1.example",
                "ada@intranet"
            })
    void plainMailboxes(String address) {
        assertTrue(MailedCodes.isMailbox(address));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ada",
                "@example.org",
                "ada@",
                "a@b@example.org",
                "Ada@example.org",
                "ada@Example.org",
                "ada @example.org",
                ".ada@example.org",
                "a..b@example.org",
                "\"ada\"@example.org",
                "<ada@example.org",
                "ada>@example.org",
                "ada,eve@example.org",
                "ada;eve@example.org",
                "ada%example.net@example.org",
                "example.net!ada@example.org",
                "ada:eve@example.org",
                "ada\\eve@example.org",
                "ada(x)@example.org",
                "ada[x]@example.org",
                "ada\u00a0eve@example.org",
                "ada\u202eeve@example.org",
                "ada\u2028eve@example.org",
                "ada\ud800@example.org",
                "ada@127.0.0.1",
                "ada@[127.0.0.1]",
                "ada@example.org.",
                "ada@b\u00fccher.example"
            })
    void whatIsNone(String address) {
        assertFalse(MailedCodes.isMailbox(address));
    }

    @Test
    void lengthsAreBounded() {
        String host = "@" + "a".repeat(63) + "." + "b".repeat(63) + "." + "c".repeat(61);
        assertTrue(MailedCodes.isMailbox("a".repeat(64) + host));
        assertEquals(254, ("a".repeat(64) + host).length());
        assertFalse(MailedCodes.isMailbox("a".repeat(64) + host + "c"));
        assertFalse(MailedCodes.isMailbox("a".repeat(65) + "@example.org"));
        assertFalse(MailedCodes.isMailbox("é".repeat(33) + "@example.org"), "octets count");
    }

    /// A line end begins a header, or a command: it gets through nowhere, nor does any other control
    /// character.
    @Property
    void noControlCharacterGetsThroughAnywhere(
            @ForAll @IntRange(min = 0, max = 15) int at, @ForAll @IntRange(min = 0, max = 33) int control) {
        String character = control < 33 ? Character.toString(control) : "\r\nBcc: eve@example.org";
        String plain = "ada@example.org";
        String address = plain.substring(0, at) + character + plain.substring(at);
        assertFalse(MailedCodes.isMailbox(address));
        assertThrows(InvalidField.class, () -> new MailedCodes.Ask(address, HASH));
    }

    /// Whatever is accepted holds nothing that ends a line, a path of SMTP, or an address in a header.
    @Property
    void whatIsAcceptedCanEndNothing(@ForAll String local, @ForAll String domain) {
        String address = local + "@" + domain;
        if (MailedCodes.isMailbox(address)) {
            assertTrue(address.codePoints().noneMatch(c -> c <= ' ' || c == 0x7f || "<>()[]\\,;:\"".indexOf(c) >= 0));
        }
    }
}
