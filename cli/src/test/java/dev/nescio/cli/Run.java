package dev.nescio.cli;

import dev.nescio.cli.terminal.Keyboard;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.protocol.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One run of the command, in this process, by a program: nobody can be asked.
record Run(int exitCode, String out, String err) {

    static Run of(Path home, String... arguments) {
        return of(home, Optional.empty(), arguments);
    }

    static Run of(Path home, Optional<Keyboard> keyboard, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of("NESCIO_HOME", home.toString(), "HOME", home.toString()),
                keyboard,
                Nescio.wantsJson(arguments));
        int exitCode = Nescio.run(terminal, arguments);
        return new Run(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    List<Map<?, ?>> json() {
        return out.lines()
                .<Map<?, ?>>map(line -> Json.LENIENT.readValue(line, Map.class))
                .toList();
    }
}
