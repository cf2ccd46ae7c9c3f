package dev.nescio.cli.terminal;

import java.util.LinkedHashMap;

/// A JSON object whose members keep their order.
public final class JsonLine extends LinkedHashMap<String, Object> {

    private static final long serialVersionUID = 1L;

    private JsonLine() {}

    public static JsonLine of(String name, Object value) {
        return new JsonLine().and(name, value);
    }

    /// What the last line of a successful command begins with.
    public static JsonLine ok() {
        return of("ok", true);
    }

    /// What was typed in this step does not do; the next line is read for it.
    public static JsonLine notYet(String step, String problem, String message) {
        return of("step", step).and("ok", false).and("problem", problem).and("message", message);
    }

    public JsonLine and(String name, Object value) {
        put(name, value);
        return this;
    }
}
