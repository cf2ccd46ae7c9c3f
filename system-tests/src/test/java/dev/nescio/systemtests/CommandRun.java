package dev.nescio.systemtests;

import dev.nescio.cli.Nescio;
import dev.nescio.cli.terminal.Keyboard;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.protocol.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/// One run of the command, in this process: by a program, with `--json`, or else by a person at the keyboard.
record CommandRun(int exitCode, String out, String err) {

    static CommandRun of(Path home, String... arguments) {
        return of(Map.of("NESCIO_HOME", home.toString(), "HOME", home.toString()), List.of(), arguments);
    }

    /// @param answers what is typed, or given on standard input, line by line; each is made of what the command
    ///     has shown until then
    static CommandRun of(Map<String, String> environment, List<UnaryOperator<String>> answers, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = run(environment, answers, out, err, arguments);
        return new CommandRun(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /// The same, into streams that somebody may read meanwhile.
    ///
    /// @return the exit code
    static int run(
            Map<String, String> environment,
            List<UnaryOperator<String>> answers,
            ByteArrayOutputStream out,
            ByteArrayOutputStream err,
            String... arguments) {
        boolean json = Arrays.asList(arguments).contains("--json");
        Answers given = new Answers(answers.iterator(), out);
        Terminal terminal = new Terminal(
                json ? given.lines() : InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                json ? Optional.empty() : Optional.of(given),
                json);
        return Nescio.run(terminal, arguments);
    }

    /// What it printed with `--json`.
    List<JsonNode> lines() {
        return out.lines().map(Json.LENIENT::readTree).toList();
    }

    JsonNode last() {
        return lines().getLast();
    }

    private static final class Answers implements Keyboard {

        private final Iterator<UnaryOperator<String>> answers;
        private final ByteArrayOutputStream shown;

        Answers(Iterator<UnaryOperator<String>> answers, ByteArrayOutputStream shown) {
            this.answers = answers;
            this.shown = shown;
        }

        @Override
        public Optional<String> line(String prompt) {
            shown.writeBytes(prompt.getBytes(StandardCharsets.UTF_8));
            return answers.hasNext()
                    ? Optional.of(answers.next().apply(shown.toString(StandardCharsets.UTF_8)))
                    : Optional.empty();
        }

        @Override
        public Optional<char[]> secret(String prompt) {
            return line(prompt).map(String::toCharArray);
        }

        /// The same as standard input. A line is made when it is read.
        InputStream lines() {
            return new InputStream() {

                private InputStream line = nullInputStream();

                @Override
                public int read() throws IOException {
                    byte[] octet = new byte[1];
                    return read(octet, 0, 1) < 0 ? -1 : octet[0] & 0xff;
                }

                @Override
                public int read(byte[] into, int offset, int length) throws IOException {
                    int count = line.read(into, offset, length);
                    if (count < 0 && answers.hasNext()) {
                        String next = line("").orElseThrow() + "\n";
                        line = new ByteArrayInputStream(next.getBytes(StandardCharsets.UTF_8));
                        count = line.read(into, offset, length);
                    }
                    return count;
                }
            };
        }
    }
}
