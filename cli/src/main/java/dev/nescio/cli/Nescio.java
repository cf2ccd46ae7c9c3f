package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.protocol.Json;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;

/// The `nescio` command: which command is which class.
public final class Nescio {

    private static final int WIDTH = 80;

    private Nescio() {}

    public static void main(String[] arguments) {
        System.exit(run(Terminal.ofThisProcess(wantsJson(arguments)), arguments));
    }

    /// Runs one command.
    ///
    /// @return the exit code
    public static int run(Terminal terminal, String... arguments) {
        return commandLine(terminal).execute(arguments);
    }

    /// Known before the arguments are understood, so that a program can read what was not understood.
    static boolean wantsJson(String[] arguments) {
        for (String argument : arguments) {
            if (argument.equals("--")) {
                return false;
            }
            if (argument.equals("--json")) {
                return true;
            }
        }
        return false;
    }

    static CommandLine commandLine(Terminal terminal) {
        CommandLine nescio = new CommandLine(new Root());
        nescio.addSubcommand(new SignUpCommand(terminal));
        nescio.addSubcommand(new SignInCommand(terminal));
        nescio.addSubcommand(new SignOutCommand(terminal));
        nescio.addSubcommand(new WhoAmICommand(terminal));
        nescio.addSubcommand(new CommandLine(new ChatCommand())
                .addSubcommand(new ChatNewCommand(terminal))
                .addSubcommand(new ChatListCommand(terminal))
                .addSubcommand(new ChatSendCommand(terminal))
                .addSubcommand(new ChatReadCommand(terminal)));
        nescio.addSubcommand(RecoveryCommand.commandLine(new RecoveryNewCommand(terminal)));
        nescio.addSubcommand(PasswordCommand.commandLine(terminal));
        nescio.addSubcommand(
                TotpCommand.commandLine(new TotpNewCommand(terminal), new TotpBackupCodesCommand(terminal)));
        nescio.addSubcommand(PairCommand.commandLine(new PairCommand(terminal), new PairApproveCommand(terminal)));
        nescio.addSubcommand(SessionsCommand.commandLine(terminal));
        nescio.addSubcommand(PasskeyCommand.commandLine(terminal));
        nescio.addSubcommand(KeysCommand.commandLine(new KeysRotateCommand(terminal)));
        nescio.addSubcommand(AccountCommand.commandLine(terminal));
        nescio.addSubcommand(AccessKeyCommand.commandLine(terminal));
        nescio.addSubcommand(ServeCommand.commandLine(terminal));
        nescio.addSubcommand(new DemoCommand(terminal));
        nescio.addSubcommand(new BreachDrill(terminal));
        nescio.addSubcommand(new HelpCommand(terminal));
        nescio.getCommandSpec()
                .addOption(OptionSpec.builder("-V", "--version")
                        .versionHelp(true)
                        .description("Show the version.")
                        .build());
        nescio.getCommandSpec().versionProvider(new Version(terminal));
        arrange(nescio);
        Reports reports = new Reports(terminal);
        return nescio.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler(reports::misunderstood)
                .setExecutionExceptionHandler(reports::failed);
    }

    /// The options of every command, and one look for the help of all.
    private static void arrange(CommandLine command) {
        command.getCommandSpec()
                .addOption(OptionSpec.builder("--json")
                        .description("For programs: one JSON object a line; the last one has \"ok\".")
                        .build())
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this help, as text. For programs: nescio help --json COMMAND.")
                        .build());
        UsageMessageSpec help = command.getCommandSpec().usageMessage();
        help.width(WIDTH);
        help.sortOptions(false);
        help.abbreviateSynopsis(true);
        help.descriptionHeading("%n");
        help.parameterListHeading("%nArguments:%n");
        help.optionListHeading("%nOptions:%n");
        help.commandListHeading("%nCommands:%n");
        if (!help.exitCodeList().isEmpty()) {
            help.exitCodeListHeading("%nExit codes:%n");
        }
        command.getSubcommands().values().forEach(Nescio::arrange);
    }

    /// What there is without a command.
    @Command(
            name = "nescio",
            description = {
                "Private chats on a server that cannot read them.",
                "",
                "Everything is sealed on your devices, under keys that only they hold, before the server stores it. They"
                        + " notice when it changes something, leaves something out, or serves an older state."
            },
            footer = {
                "",
                "Also, from a checkout, of the script ./nescio:",
                "  test [--deep]   Runs every test.",
                "  bench           Runs the benchmarks.",
                "  format          Puts all Java sources into the house format.",
                "",
                "Begin with:",
                "  nescio demo                          see all of it in ten seconds",
                "  nescio serve                         run a server on this machine",
                "  nescio signup ada@example.org        make an account there",
                "  nescio chat new \"Weekend plans\"      and a first chat",
                "",
                "'nescio help COMMAND' says what a command asks, what it keeps on disk, and its"
                        + " exit codes. No password is ever taken as an argument. NESCIO_DEBUG=1 shows where an error"
                        + " came from.",
            },
            exitCodeList = {
                Exit.OK_TEXT,
                Exit.FAILED_TEXT,
                Exit.USAGE_TEXT,
                Exit.SIGN_IN_FAILED_TEXT,
                Exit.NOT_SIGNED_IN_TEXT,
                Exit.UNREACHABLE_TEXT,
                Exit.DISTRUST_TEXT,
                Exit.PROFILE_TEXT,
                Exit.LEAK_MISSED_TEXT,
                Exit.INTERRUPTED_TEXT
            })
    static final class Root implements Runnable {

        @CommandLine.Spec
        private CommandLine.Model.CommandSpec spec;

        @Override
        public void run() {
            throw new ParameterException(spec.commandLine(), "Say what to do: 'nescio help' lists the commands.");
        }
    }

    /// @param terminal says for whom the version is
    private record Version(Terminal terminal) implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String packaged = Nescio.class.getPackage().getImplementationVersion();
            String version = packaged == null ? "(not packaged)" : packaged;
            return new String[] {
                terminal.isJson()
                        ? Json.LENIENT.writeValueAsString(JsonLine.ok().and("version", version))
                        : "nescio " + version
            };
        }
    }
}
