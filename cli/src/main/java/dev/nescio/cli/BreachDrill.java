package dev.nescio.cli;

import dev.nescio.cli.drill.Drill;
import dev.nescio.cli.drill.DrillFailed;
import dev.nescio.cli.drill.DrilledServer;
import dev.nescio.cli.drill.Plant;
import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.NescioException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// `nescio breach-drill`: somebody steals everything that a server holds. The search itself is in
/// `dev.nescio.cli.drill`; this starts the server and says what came of it.
@Command(
        name = "breach-drill",
        description = {
            "Searches everything that a server holds for everything that it must not know.",
            "",
            "Starts a real server as a process of its own on a temporary data folder and fills it through the real"
                    + " client with secrets that the drill knows. Then it reads all tables, all files with the"
                    + " write-ahead log, the log, the heap after a garbage collection and, where this system permits,"
                    + " the memory of the process, and looks for every secret: as text, UTF-16, hex, base64 at every"
                    + " alignment and more, plain and inside gzip, zlib, zip and zstd.",
            "",
            "Password, keys, backup codes, address, titles and messages may be nowhere. Codes, the authenticator's"
                    + " secret, the hashes that are sent and session tokens pass through the server: they may be on no"
                    + " disk, and in no live object " + BreachDrill.SETTLING_SECONDS + " seconds later. Freed memory"
                    + " that nothing has written over yet may still hold those, for any time: no JVM wipes it. That is"
                    + " said, with how often (leftOver), and does not count as a hit.",
            "",
            "Last, it tries the right password on the database alone, as a thief would who guessed it: nothing may"
                    + " confirm it."
        },
        footer = {
            "",
            "What is asked: nothing. It takes about a minute.",
            "",
            "Examples:",
            "  nescio breach-drill",
            "  nescio breach-drill --plant=memory     and see that the drill can fail",
            "",
            "With --json, a line for the encodings, and for each place and hit; the last is",
            "{\"searchedBytes\":…,\"places\":…,\"secrets\":…,\"hits\":…,\"leftOver\":…,…,\"ok\":…}.",
            "Not searched for: six-digit codes by themselves (they occur by chance), base64 broken into lines, and what",
            "a database compresses or encrypts in ways of its own; its tables are read as it returns them.",
            "Kept on this machine: nothing.",
        },
        exitCodeList = {
            " 0:No hit.",
            " 1:A secret was found (with --plant: the planted one), or not all could be searched.",
            Exit.USAGE_TEXT,
            Exit.LEAK_MISSED_TEXT,
            Exit.INTERRUPTED_TEXT
        })
public final class BreachDrill implements Callable<Integer> {

    static final int SETTLING_SECONDS = 20;

    private static final int DUMP_SECONDS = 60;

    private final Terminal terminal;

    @Option(
            names = "--plant",
            arity = "0..1",
            fallbackValue = "file",
            paramLabel = "LEAK",
            converter = PlantName.class,
            description = "Plant a leak that must be found: a secret of the client in a file (unless said otherwise),"
                    + " table, log or memory, or what the server may not keep: token (in the log), hash (in a table).")
    private Plant plant;

    @Option(
            names = "--within",
            paramLabel = "SECONDS",
            description = "How long what passes through the server may stay in its memory; " + SETTLING_SECONDS
                    + " unless given.")
    private int within = SETTLING_SECONDS;

    public BreachDrill(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (within < 0) {
            throw Failure.usage("--within takes a number of seconds, 0 or more.");
        }
        try (TemporaryFolder folder = TemporaryFolder.make("nescio-drill-", false)) {
            return drill(folder.path());
        } catch (ServerProcess.FailedException e) {
            throw new Failure(Exit.FAILED, "server", e.getMessage());
        } catch (DrillFailed e) {
            throw new Failure(Exit.FAILED, "drill-failed", "The drill could not be done. " + e.getMessage());
        } catch (NescioException e) {
            throw new Failure(Exit.FAILED, "drill-failed", "The drill's own client failed. " + e.getMessage());
        } catch (InterruptedException e) {
            throw new Failure(Exit.INTERRUPTED, "interrupted", "Interrupted.");
        }
    }

    private int drill(Path folder) throws IOException, InterruptedException, DrillFailed {
        long begin = System.nanoTime();
        Path data = Files.createDirectory(folder.resolve("data"));
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        Path scratch = Files.createDirectory(folder.resolve("scratch"));
        ServerProcess.Options options =
                ServerProcess.Options.loggingTo(folder.resolve("server.log")).withJvm("-Djava.io.tmpdir=" + temporary);
        try (ServerProcess process = ServerProcess.start(data, options)) {
            Drilled server = new Drilled(process, data, temporary);
            Drill.Result result = new Drill(
                            server, scratch, Duration.ofSeconds(within), Optional.ofNullable(plant), terminal::note)
                    .run();
            say(result);
            terminal.say(String.format(Locale.ROOT, "%.0f s.", (System.nanoTime() - begin) / 1e9));
            terminal.json(lastLine(result));
            return exitCode(result);
        }
    }

    private void say(Drill.Result result) {
        terminal.say();
        result.report().print(terminal::say);
        result.report().printJson(terminal::json);
        terminal.say(String.format(
                Locale.ROOT,
                "The right password, tried on the %,d values of the database alone: %s",
                result.columns(),
                result.confirmations().isEmpty() ? "nothing confirms it." : "CONFIRMED."));
        result.confirmations().forEach(confirmation -> terminal.say("FOUND: " + confirmation + "."));
        result.confirmations().forEach(confirmation -> terminal.json(Map.of("confirmation", confirmation)));
        terminal.say(
                result.provenWithKeyring()
                        ? "With the server's keyring the same test confirms it, as it must."
                        : "NOT PROVEN: even with the keyring this test confirms nothing, so it proves nothing.");
        terminal.say();
        terminal.heading(verdict(result));
    }

    private String verdict(Drill.Result result) {
        if (plant != null) {
            return result.plantFound()
                    ? "The planted leak was found: this drill can fail."
                    : "THE PLANTED LEAK WAS NOT FOUND. Do not trust this drill.";
        } else if (result.hits() > 0) {
            return "Hits: " + result.hits() + ". The server holds what it must not.";
        } else if (!result.isComplete()) {
            return "No hit, but not everything could be searched.";
        }
        return "Hits: 0.";
    }

    private Map<String, Object> lastLine(Drill.Result result) {
        Map<String, Object> line = new LinkedHashMap<>(
                result.report().summary(result.confirmations().size()));
        if (plant != null) {
            line.put("planted", plant.name().toLowerCase(Locale.ROOT));
            line.put("plantFound", result.plantFound());
        }
        line.put("ok", exitCode(result) == Exit.OK);
        return line;
    }

    private int exitCode(Drill.Result result) {
        if (plant != null) {
            return result.plantFound() ? Exit.FAILED : Exit.LEAK_MISSED;
        }
        return result.hits() == 0 && result.isComplete() ? Exit.OK : Exit.FAILED;
    }

    static final class PlantName implements ITypeConverter<Plant> {

        @Override
        public Plant convert(String name) {
            for (Plant plant : Plant.values()) {
                if (plant.name().toLowerCase(Locale.ROOT).equals(name)) {
                    return plant;
                }
            }
            throw new TypeConversionException("it is file, table, log, memory, token or hash");
        }
    }

    /// @param data its data folder
    private record Drilled(ServerProcess process, Path data, Path temporary) implements DrilledServer {

        @Override
        public URI uri() {
            return process.uri();
        }

        @Override
        public long pid() {
            return process.pid();
        }

        @Override
        public Path log() {
            return process.logFile();
        }

        @Override
        public void dump(Path into) throws IOException, InterruptedException {
            Process dump = new ProcessBuilder(
                            ServerProcess.command(List.of(), List.of("dump", "--data", data.toString())))
                    .redirectOutput(into.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!dump.waitFor(DUMP_SECONDS, TimeUnit.SECONDS) || dump.exitValue() != 0) {
                dump.destroyForcibly();
                throw new ServerProcess.FailedException("The server's dump of its tables failed.");
            }
        }

        @Override
        public void stop() {
            process.close();
        }
    }
}
