package dev.nescio.cli.demo;

/// How many columns a terminal takes for a text, as far as that can be known.
final class Width {

    private static final int ZERO_WIDTH_JOINER = 0x200D;
    private static final int FIRST_EMOJI = 0x1F300;

    private Width() {}

    static int of(String text) {
        int width = 0;
        boolean joined = false;
        for (int codePoint : text.codePoints().toArray()) {
            if (codePoint == ZERO_WIDTH_JOINER) {
                joined = true;
            } else {
                width += joined ? 0 : ofOne(codePoint);
                joined = false;
            }
        }
        return width;
    }

    private static int ofOne(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
            default -> codePoint >= FIRST_EMOJI || Character.isIdeographic(codePoint) ? 2 : 1;
        };
    }
}
