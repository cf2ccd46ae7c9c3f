package dev.nescio.cli.drill;

import java.security.SecureRandom;

/// Words that nobody has written before, so that finding one is no accident.
final class RandomText {

    private static final int LEAST = 5;
    private static final int MOST = 9;

    private final SecureRandom random = new SecureRandom();

    String word() {
        StringBuilder word = new StringBuilder();
        int length = random.nextInt(LEAST, MOST + 1);
        while (word.length() < length) {
            word.append((char) random.nextInt('a', 'z' + 1));
        }
        return word.toString();
    }

    String words(int count) {
        StringBuilder text = new StringBuilder(word());
        for (int i = 1; i < count; i++) {
            text.append(' ').append(word());
        }
        return text.toString();
    }
}
