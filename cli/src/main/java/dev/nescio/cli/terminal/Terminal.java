package dev.nescio.cli.terminal;

import dev.nescio.protocol.Json;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/// Where a command reads and writes. With `--json`, `say` is silent and `json` prints; without, the other
/// way round, so that a command says both and does not ask which.
public final class Terminal {

    /// Bytes of the longest line that is read.
    private static final int LONGEST_LINE = 1 << 20;

    private static final String BOLD = "\u001b[1m";
    private static final String DIM = "\u001b[2m";
    private static final String PLAIN = "\u001b[0m";

    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;
    private final Optional<Keyboard> keyboard;
    private final boolean json;

    /// @param keyboard nothing where nobody can be asked
    public Terminal(
            InputStream in,
            PrintStream out,
            PrintStream err,
            Map<String, String> environment,
            Optional<Keyboard> keyboard,
            boolean json) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.environment = Map.copyOf(environment);
        this.keyboard = keyboard;
        this.json = json;
    }

    /// That of this process. Its output is UTF-8 whatever the locale says, since JSON is.
    public static Terminal ofThisProcess(boolean json) {
        return new Terminal(
                System.in,
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                System.getenv(),
                ConsoleKeyboard.find(),
                json);
    }

    public boolean isJson() {
        return json;
    }

    public Optional<String> environment(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    public PrintStream out() {
        return out;
    }

    public PrintStream err() {
        return err;
    }

    /// Whether somebody sits at this terminal, who sees styles and a cursor.
    public boolean isScreen() {
        return keyboard.isPresent() && !environment("TERM").orElse("dumb").equals("dumb");
    }

    private boolean isStyled() {
        return isScreen() && environment("NO_COLOR").isEmpty();
    }

    public void say(String text) {
        if (!json) {
            out.println(Printable.text(text));
        }
    }

    /// Says it in lines of up to 80 columns.
    public void tell(String sentences) {
        say(Prose.wrapped(sentences));
    }

    public void say() {
        say("");
    }

    public void heading(String text) {
        styled(BOLD, text);
    }

    public void aside(String text) {
        styled(DIM, text);
    }

    private void styled(String style, String text) {
        if (!json) {
            out.println(isStyled() ? style + Printable.text(text) + PLAIN : Printable.text(text));
        }
    }

    /// Prints what was made for a terminal, control characters included.
    public void draw(String prepared) {
        if (!json) {
            out.println(prepared);
        }
    }

    /// A remark that is not the result: to standard error, so that the output can be piped.
    public void note(String text) {
        if (!json) {
            err.println(Printable.text(text));
        }
    }

    /// What a person has to know beside any result: to standard error, with `--json` as an object on
    /// one line.
    public void alert(String sentences, Map<String, ?> object) {
        err.println(
                json
                        ? Printable.json(Json.LENIENT.writeValueAsString(object))
                        : Printable.text(Prose.wrapped(sentences)));
    }

    /// One object, on one line.
    public void json(Map<String, ?> object) {
        if (json) {
            out.println(Printable.json(Json.LENIENT.writeValueAsString(object)));
        }
    }

    public void failure(Failure failure) {
        if (json) {
            json(JsonLine.of("ok", false).and("problem", failure.problem()).and("message", failure.getMessage()));
        } else {
            err.println(Printable.text(Prose.wrapped(failure.getMessage())));
        }
    }

    /// @throws Failure if nobody can be asked
    /// @param instead how to give it otherwise
    public Optional<String> ask(String prompt, String instead) {
        return keyboard(instead).line(prompt).map(Terminal::requireUndamaged);
    }

    /// Asks without showing what is typed.
    ///
    /// @param instead how to give it otherwise
    /// @return to be wiped by the caller
    /// @throws Failure if nobody can be asked, or the person ended the input
    public char[] askSecret(String prompt, String instead) {
        char[] typed = keyboard(instead).secret(prompt).orElseThrow(Terminal::cancelled);
        requireUndamaged(CharBuffer.wrap(typed));
        return typed;
    }

    public boolean canAsk() {
        return keyboard.isPresent();
    }

    private Keyboard keyboard(String instead) {
        return keyboard.orElseThrow(
                () -> Failure.usage("There is nobody to ask: this is not running on a terminal. " + instead));
    }

    public static Failure cancelled() {
        return new Failure(Exit.FAILED, "cancelled", "Cancelled.");
    }

    /// Where the locale cannot express a character the JDK puts U+FFFD. To go on would seal, or derive from,
    /// another text than the one that was typed.
    public static <T extends CharSequence> T requireUndamaged(T typed) {
        if (typed.chars().anyMatch(c -> c == '\ufffd')) {
            throw Failure.usage("A character that was typed cannot be read in this locale. "
                    + "Set LC_ALL=C.UTF-8, or give it in a file or on standard input.");
        }
        return typed;
    }

    /// The next line of standard input, UTF-8, without its end. Reads no further than that.
    ///
    /// @return to be wiped by the caller if it is a secret; nothing at the end of the input
    public synchronized Optional<char[]> readLine() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            int octet = in.read();
            if (octet < 0) {
                return Optional.empty();
            }
            for (; octet >= 0 && octet != '\n'; octet = in.read()) {
                line.write(octet);
                if (line.size() > LONGEST_LINE) {
                    throw Failure.usage("A line of standard input is longer than 1 MiB.");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Optional.of(withoutReturn(decode(line.toByteArray())));
    }

    /// All that is left of standard input, UTF-8.
    public synchronized String readAll() {
        try {
            byte[] all = in.readNBytes(LONGEST_LINE + 1);
            if (all.length > LONGEST_LINE) {
                throw Failure.usage("Standard input is longer than 1 MiB.");
            }
            return new String(decode(all));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// UTF-8 as text, and the bytes wiped.
    public static char[] decode(byte[] utf8) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        try {
            CharBuffer text = decoder.decode(ByteBuffer.wrap(utf8));
            char[] exact = new char[text.remaining()];
            text.get(exact);
            Arrays.fill(text.array(), '\0');
            return exact;
        } catch (CharacterCodingException e) {
            throw Failure.usage("What was given on standard input or in a file is not UTF-8 text.");
        } finally {
            Arrays.fill(utf8, (byte) 0);
        }
    }

    public static char[] withoutReturn(char[] line) {
        return line.length > 0 && line[line.length - 1] == '\r' ? Arrays.copyOf(line, line.length - 1) : line;
    }
}
