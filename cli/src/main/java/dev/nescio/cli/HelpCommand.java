package dev.nescio.cli;

import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "help",
        helpCommand = true,
        description = {"Shows the help of a command."},
        footer = {"", "Example:", "  nescio help chat read"})
final class HelpCommand implements Runnable {

    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "The command, in one word or two.")
    private final List<String> path = new ArrayList<>();

    HelpCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        CommandLine command = spec.parent().commandLine();
        for (String name : path) {
            CommandLine next = command.getSubcommands().get(name);
            if (next == null) {
                throw Failure.usage("There is no command \"" + String.join(" ", path) + "\". See: nescio help");
            }
            command = next;
        }
        if (terminal.isJson()) {
            terminal.json(JsonLine.ok()
                    .and("command", command.getCommandSpec().qualifiedName())
                    .and("help", command.getUsageMessage()));
        } else {
            command.usage(command.getOut());
        }
    }
}
