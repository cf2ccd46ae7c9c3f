package dev.nescio.cli;

import dev.nescio.cli.demo.Holdings;
import dev.nescio.cli.demo.Narrator;
import dev.nescio.cli.demo.Story;
import dev.nescio.cli.proof.DatabaseDump;
import dev.nescio.cli.proof.DatabaseDump.Row;
import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        description = {
            "Shows all of it on a server of its own: signing up, the second factor, a chat on two devices, a third one that"
                    + " is paired and signed out from afar, and what the server holds of it.",
            "",
            "Starts a real server on a temporary data folder, plays the devices with the same code that the other"
                    + " commands use, prints beside each other what a device sees and the very bytes that the database"
                    + " holds for it, and searches everything that the server keeps. Every step is checked; the exit"
                    + " code is 1 if one did not do what it says."
        },
        footer = {
            "",
            "What is asked: nothing. It takes about ten seconds.",
            "",
            "Examples:",
            "  nescio demo",
            "  nescio demo --keep      and look into the database yourself",
            "",
            "With --json, a line for each step, then how many:",
            "  {\"step\":…,\"ok\":true,…}",
            "  {\"ok\":true,\"steps\":N}",
            "",
            "Kept on this machine: nothing. Server and folder go when it ends, or is ended.",
        },
        exitCodeList = {Exit.OK_TEXT, " 1:A step did not do what it says.", Exit.USAGE_TEXT, Exit.INTERRUPTED_TEXT})
final class DemoCommand implements Callable<Integer> {

    private static final List<String> QUICK = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private final Terminal terminal;

    @Option(names = "--keep", description = "Keep the data folder, and say where it is.")
    private boolean keep;

    DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        long begin = System.nanoTime();
        Narrator narrator = new Narrator(terminal);
        try (TemporaryFolder folder = TemporaryFolder.make("nescio-demo-", keep)) {
            tell(narrator, folder.path());
            narrator.step("cleanup", "The end", result -> {
                result.and("kept", keep);
                if (keep) {
                    narrator.say("Kept: " + folder.path());
                    result.and("folder", folder.path().toString());
                } else {
                    folder.remove();
                    narrator.check("the server has stopped, the folder is gone");
                }
                return null;
            });
        } catch (ServerProcess.FailedException e) {
            throw new Failure(Exit.FAILED, "server", e.getMessage());
        } catch (InterruptedException e) {
            throw new Failure(Exit.INTERRUPTED, "interrupted", "Interrupted.");
        } catch (Exception e) {
            if (terminal.environment("NESCIO_DEBUG").isPresent()) {
                e.printStackTrace(terminal.err());
            }
            throw new Failure(Exit.FAILED, "step-failed", "This step did not do what it says. " + e.getMessage());
        }
        terminal.say();
        terminal.say(String.format(
                Locale.ROOT,
                "All %d steps did what they say, in %.1f s. To go on: nescio serve, nescio signup.",
                narrator.steps(),
                (System.nanoTime() - begin) / 1e9));
        terminal.json(JsonLine.ok().and("steps", narrator.steps()));
        return Exit.OK;
    }

    private void tell(Narrator narrator, Path folder) throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        ServerProcess.Options options = ServerProcess.Options.loggingTo(folder.resolve("server.log"));
        try (ServerProcess server = narrator.step("server", "A server of its own", result -> {
                    long begin = System.nanoTime();
                    ServerProcess started = ServerProcess.start(data, options);
                    narrator.check(String.format(
                            Locale.ROOT,
                            "process %d is ready after %.1f s on %s",
                            started.pid(),
                            (System.nanoTime() - begin) / 1e9,
                            started.uri()));
                    narrator.say("Data folder " + data);
                    result.and("uri", started.uri().toString());
                    return started;
                });
                Story story = new Story(narrator, server.uri(), new ServerHoldings(folder, data))) {
            story.tell();
        }
    }

    /// @param folder with the data folder and the log
    private record ServerHoldings(Path folder, Path data) implements Holdings {

        @Override
        public List<Row> rows() throws IOException, InterruptedException {
            Path printed = Files.createTempFile(folder, "dump", ".jsonl");
            try {
                Process dump = new ProcessBuilder(
                                ServerProcess.command(QUICK, List.of("dump", "--data", data.toString())))
                        .redirectOutput(printed.toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                if (!dump.waitFor(60, TimeUnit.SECONDS) || dump.exitValue() != 0) {
                    dump.destroyForcibly();
                    throw new IOException("The server's dump of its tables failed.");
                }
                return DatabaseDump.read(printed).rows();
            } finally {
                Files.delete(printed);
            }
        }

        @Override
        public List<Path> files() throws IOException {
            try (Stream<Path> all = Files.walk(folder)) {
                return all.filter(Files::isRegularFile).toList();
            }
        }
    }
}
