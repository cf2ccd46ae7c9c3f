package dev.nescio.cli.terminal;

import java.util.Locale;

/// Makes text that others wrote safe to print. What could steer a terminal, hide or reorder text becomes a
/// visible escape; every script and emoji stays as it is.
public final class Printable {

    private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
    private static final int ZERO_WIDTH_JOINER = 0x200D;
    private static final int LEFT_TO_RIGHT_MARK = 0x200E;
    private static final int RIGHT_TO_LEFT_MARK = 0x200F;
    private static final int ARABIC_LETTER_MARK = 0x061C;
    private static final int BLACK_FLAG = 0x1F3F4;
    private static final int FIRST_TAG = 0xE0020;
    private static final int LAST_TAG = 0xE007F;

    private Printable() {}

    /// Text of any number of lines; line breaks and tabs stay.
    public static String text(String given) {
        return escaped(given, true, "\\u{%x}");
    }

    /// Text for one line: line breaks and tabs become visible too.
    public static String line(String given) {
        return escaped(given, false, "\\u{%x}");
    }

    /// A JSON text with the same characters spelled as JSON escapes: it means the same, and is safe to
    /// print.
    static String json(String encoded) {
        StringBuilder safe = new StringBuilder(encoded.length());
        int before = 0;
        for (int at = 0; at < encoded.length(); ) {
            int codePoint = encoded.codePointAt(at);
            int next = at + Character.charCount(codePoint);
            if (staysAsItIs(codePoint, before, false)) {
                safe.appendCodePoint(codePoint);
            } else {
                for (char unit : Character.toChars(codePoint)) {
                    safe.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                }
            }
            before = codePoint;
            at = next;
        }
        return safe.toString();
    }

    private static String escaped(String given, boolean lines, String escape) {
        StringBuilder safe = new StringBuilder(given.length());
        int before = 0;
        for (int at = 0; at < given.length(); ) {
            int codePoint = given.codePointAt(at);
            if (staysAsItIs(codePoint, before, lines)) {
                safe.appendCodePoint(codePoint);
                before = codePoint;
            } else {
                safe.append(String.format(Locale.ROOT, escape, codePoint));
                before = 0;
            }
            at += Character.charCount(codePoint);
        }
        return safe.toString();
    }

    private static boolean staysAsItIs(int codePoint, int before, boolean lines) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL -> lines && (codePoint == '\n' || codePoint == '\t');
            case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE -> false;
            case Character.FORMAT -> isHarmlessFormat(codePoint, before);
            default -> true;
        };
    }

    /// Joiners belong to emoji and to Persian and Indic words, the marks to right-to-left text, and some
    /// Arabic signs are visible. Tags are part of a flag, and of nothing else.
    private static boolean isHarmlessFormat(int codePoint, int before) {
        return switch (codePoint) {
            case ZERO_WIDTH_NON_JOINER, ZERO_WIDTH_JOINER -> true;
            case LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK, ARABIC_LETTER_MARK -> true;
            case 0x0600, 0x0601, 0x0602, 0x0603, 0x0604, 0x0605, 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2 -> true;
            default -> isTag(codePoint) && (before == BLACK_FLAG || isTag(before));
        };
    }

    private static boolean isTag(int codePoint) {
        return codePoint >= FIRST_TAG && codePoint <= LAST_TAG;
    }
}
