package dev.nescio.cli.demo;

import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;

/// Tells the story step by step, for a person or for a program.
public final class Narrator {

    private final Terminal terminal;
    private int steps;

    public Narrator(Terminal terminal) {
        this.terminal = terminal;
    }

    /// What a step does.
    @FunctionalInterface
    public interface Deed<T> {

        /// @param result to add to what a program reads
        T perform(JsonLine result) throws Exception;
    }

    /// @param name for programs
    /// @param title for the person
    public <T> T step(String name, String title, Deed<T> deed) throws Exception {
        steps++;
        terminal.say();
        terminal.heading(steps + "  " + title);
        JsonLine result = JsonLine.of("step", name).and("ok", true);
        try {
            T made = deed.perform(result);
            terminal.json(result);
            return made;
        } catch (Exception e) {
            terminal.json(JsonLine.of("step", name).and("ok", false).and("message", String.valueOf(e.getMessage())));
            throw e;
        }
    }

    /// Something that was checked and holds.
    public void check(String text) {
        terminal.say("   ✓ " + text);
    }

    public void say(String text) {
        terminal.say("   " + text);
    }

    public int steps() {
        return steps;
    }

    Terminal terminal() {
        return terminal;
    }
}
