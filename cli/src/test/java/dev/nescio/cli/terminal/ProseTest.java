package dev.nescio.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ProseTest {

    @Test
    void breaksAtSpacesOnly() {
        String words = "word ".repeat(40).strip();
        Prose.wrapped(words).lines().forEach(line -> assertTrue(line.length() <= Prose.WIDTH && !line.endsWith(" ")));
        assertEquals(words, Prose.wrapped(words).replace('\n', ' '));
    }

    @Test
    void aLongPathStaysWholeAndLinesStayLines() {
        String path = "/" + "x".repeat(100);
        assertEquals("In\n" + path + "\nis nothing.", Prose.wrapped("In " + path + " is nothing."));
        assertEquals("one\ntwo three", Prose.wrapped("one\ntwo three"));
    }
}
