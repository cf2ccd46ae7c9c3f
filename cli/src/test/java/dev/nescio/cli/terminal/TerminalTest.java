package dev.nescio.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TerminalTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Terminal terminal(byte[] in, boolean json) {
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        return new Terminal(new ByteArrayInputStream(in), print, print, Map.of(), Optional.empty(), json);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void readsOneLineAndNoFurther() {
        Terminal terminal = terminal(utf8("first ü\r\nsecond\nthe\nrest\n"), false);
        assertEquals("first ü", new String(terminal.readLine().orElseThrow()));
        assertEquals("second", new String(terminal.readLine().orElseThrow()));
        assertEquals("the\nrest\n", terminal.readAll());
        assertEquals(Optional.empty(), terminal.readLine());
    }

    @Test
    void refusesWhatIsNotText() {
        assertThrows(
                Failure.class,
                () -> terminal(new byte[] {'a', (byte) 0xff, '\n'}, false).readLine());
        assertThrows(Failure.class, () -> terminal(new byte[1 << 21], false).readAll());
        assertThrows(Failure.class, () -> terminal(new byte[1 << 21], false).readLine());
        assertThrows(Failure.class, () -> Terminal.requireUndamaged("caf\ufffd"));
    }

    @Test
    void saysOneOrTheOther() {
        terminal(new byte[0], false).say("for people\u001b[2J");
        terminal(new byte[0], false).json(JsonLine.ok());
        assertEquals("for people\\u{1b}[2J\n", out.toString(StandardCharsets.UTF_8));
        out.reset();
        terminal(new byte[0], true).say("for people");
        terminal(new byte[0], true).json(JsonLine.ok().and("text", "\u202e\u009b"));
        assertEquals("{\"ok\":true,\"text\":\"\\u202e\\u009b\"}\n", out.toString(StandardCharsets.UTF_8));
    }
}
