package dev.nescio.cli.demo;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// What the people in the story type.
final class Texts {

    static final String ADDRESS = "ada@example.org";
    static final String PASSWORD = "seven lanterns hum below deck";
    static final String TITLE = "Weekend at the lighthouse";

    static final String SHORT = "Shall we meet at the old lighthouse on Sunday?";
    static final String RIGHT_TO_LEFT = "🌊 👩‍🚀 ניפגש ביום ראשון, إن شاء الله 🌙";
    static final String LONG = IntStream.rangeClosed(1, 40)
            .mapToObj(
                    "%d. Past the harbour wall the path forks: keep left, count the boats, mind the gulls, go on."
                            ::formatted)
            .collect(Collectors.joining("\n", "The way there, from the station:\n", "\nThen you see the light."));

    static final List<String> MESSAGES = List.of(SHORT, RIGHT_TO_LEFT, LONG);
    static final String ANSWER = "Yes! I bring the tea ☕ — from my other device.";

    private Texts() {}
}
