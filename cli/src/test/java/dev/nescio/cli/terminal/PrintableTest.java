package dev.nescio.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.nescio.protocol.Json;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "שלום עולם",
                "مرحبا \u200fبك",
                "می\u200cخواهم",
                "👩‍🚀 🏴\udb40\udc67\udb40\udc62\udb40\udc65\udb40\udc6e\udb40\udc67\udb40\udc7f ✌🏽 ☕️",
                "नमस्ते é ñ 漢字"
            })
    void keepsEveryScriptAndEmoji(String text) {
        assertEquals(text, Printable.line(text));
    }

    @ParameterizedTest
    @CsvSource({
        "001b, \\u{1b}", // escape: colours, titles, clipboard
        "0007, \\u{7}",
        "0008, \\u{8}",
        "000d, \\u{d}", // would write over the beginning of the line
        "007f, \\u{7f}",
        "009b, \\u{9b}", // C1: an escape sequence in one character
        "202a, \\u{202a}",
        "202e, \\u{202e}", // right-to-left override
        "2066, \\u{2066}",
        "2069, \\u{2069}",
        "200b, \\u{200b}",
        "2028, \\u{2028}",
        "feff, \\u{feff}",
        "d800, \\u{d800}",
    })
    void showsWhatCouldSteerOrHide(String hex, String escape) {
        char given = (char) Integer.parseInt(hex, 16);
        assertEquals("a" + escape + "b", Printable.text("a" + given + "b"));
    }

    @Test
    void tagsBelongToFlagsOnly() {
        assertEquals("a\\u{e0061}b", Printable.text("a\udb40\udc61b"));
    }

    @Test
    void linesBreakOnlyWhereTheyMay() {
        assertEquals("a\nb\tc", Printable.text("a\nb\tc"));
        assertEquals("a\\u{a}b\\u{9}c", Printable.line("a\nb\tc"));
    }

    @Property
    void jsonMeansTheSameAndIsSafe(@ForAll String text) {
        String encoded = Printable.json(Json.LENIENT.writeValueAsString(text.replaceAll("\\p{Cs}", "")));
        assertEquals(text.replaceAll("\\p{Cs}", ""), Json.LENIENT.readValue(encoded, String.class));
        assertFalse(encoded.chars().anyMatch(c -> Character.isISOControl(c) || c == 0x202e || c == 0x2028));
    }

    @Property
    void nothingGetsThroughTwice(@ForAll String text) {
        assertEquals(Printable.line(text), Printable.line(Printable.line(text)));
    }
}
