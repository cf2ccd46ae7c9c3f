package dev.nescio.cli.terminal;

/// Sentences in lines that fit any terminal.
final class Prose {

    static final int WIDTH = 80;

    private Prose() {}

    /// Breaks at spaces. A longer word, such as a path, stays whole.
    static String wrapped(String text) {
        StringBuilder lines = new StringBuilder();
        int column = 0;
        for (String word : text.split(" ", -1)) {
            int broken = word.lastIndexOf('\n');
            if (column > 0 && column + 1 + length(word, broken) > WIDTH) {
                lines.append('\n');
                column = 0;
            } else if (column > 0) {
                lines.append(' ');
                column++;
            }
            lines.append(word);
            column = broken < 0 ? column + word.length() : word.length() - broken - 1;
        }
        return lines.toString();
    }

    /// What the word adds to the line that it begins on.
    private static int length(String word, int broken) {
        return broken < 0 ? word.length() : word.indexOf('\n');
    }
}
