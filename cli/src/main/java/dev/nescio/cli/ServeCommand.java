package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

@Command(
        name = "serve",
        description = {
            "Runs a server on this machine until Ctrl-C.",
            "",
            "It keeps everything in one folder: the database, and beside it the keyring, three keys without which"
                    + " nobody can sign in. Back up both, and apart from each other: with a copy of the database alone"
                    + " no guess of a password can be tested, with both each guess costs a full Argon2id.",
            "",
            "'nescio serve reset-code' is for somebody who has lost every way into an account on it.",
            "",
            "Options that are not listed here are passed on to the server; 'nescio serve -- --help' lists them."
        },
        footer = {
            "",
            "What is asked: nothing.",
            "",
            "Examples:",
            "  nescio serve",
            "  nescio serve --data /srv/nescio --port 8443",
            "",
            "With --json, a line when it starts and one when it answers; a failure is the last:",
            "  {\"step\":\"serve\",\"ok\":true,\"data\":…}",
            "  {\"step\":\"ready\",\"ok\":true,\"server\":…}",
            "What the server logs goes to standard error, and is not JSON.",
            "",
            "Kept on this machine: the data folder, for you only; without --data it is $XDG_DATA_HOME/nescio or"
                    + " ~/.local/share/nescio.",
        },
        exitCodeList = {
            Exit.OK_TEXT,
            Exit.FAILED_TEXT,
            Exit.USAGE_TEXT,
            Exit.INTERRUPTED_TEXT,
            "    Otherwise that of the server."
        })
final class ServeCommand implements Callable<Integer> {

    private static final int DEFAULT_PORT = 8300;

    private final Terminal terminal;

    @Option(names = "--data", paramLabel = "FOLDER", description = "The data folder. It is made if it is not there.")
    private Path data;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "The port, " + DEFAULT_PORT + " unless given; 0 for any that is free.")
    private int port = DEFAULT_PORT;

    @Unmatched
    private final List<String> passedOn = new ArrayList<>();

    ServeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        Path folder = folder();
        makePrivate(folder);
        terminal.say("Data folder: " + folder);
        terminal.tell("Back up its keyring too, apart from the database: without it nobody can sign in.");
        terminal.json(JsonLine.of("step", "serve").and("ok", true).and("data", folder.toString()));
        try {
            int exitCode = ServerProcess.runInForeground(folder, port, passedOn, this::pass);
            if (exitCode != Exit.OK) {
                terminal.json(JsonLine.of("ok", false)
                        .and("problem", "server")
                        .and("message", "The server ended with exit code " + exitCode + ". Standard error says why."));
            }
            return exitCode;
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, "server", "The server did not start: " + e.getMessage());
        }
    }

    private void pass(String line) {
        terminal.say(line);
        terminal.json(ServerProcess.readyAddress(line)
                .map(address -> JsonLine.of("step", "ready").and("ok", true).and("server", address.toString()))
                .orElseGet(() -> JsonLine.of("said", line)));
    }

    Path folder() {
        return (data == null ? defaultFolder() : data).toAbsolutePath();
    }

    /// The options of the server that were given to this.
    List<String> passedOn() {
        return List.copyOf(passedOn);
    }

    static CommandLine commandLine(Terminal terminal) {
        ServeCommand serve = new ServeCommand(terminal);
        return new CommandLine(serve).addSubcommand(new ServeResetCodeCommand(terminal, serve));
    }

    private Path defaultFolder() {
        return terminal.environment("XDG_DATA_HOME")
                .map(Path::of)
                .orElseGet(() -> Path.of(
                        terminal.environment("HOME").orElseGet(() -> System.getProperty("user.home")),
                        ".local",
                        "share"))
                .resolve("nescio");
    }

    private static void makePrivate(Path folder) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException e) {
            throw Failure.usage("The data folder cannot be made: " + folder + ". Choose another with --data FOLDER.");
        }
    }
}
