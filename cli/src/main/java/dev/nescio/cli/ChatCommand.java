package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "chat",
        description = {
            "Chats: make one, list them, write, read.",
            "",
            "Titles and messages are sealed on this device, each chat under a key of its own. The server sees that"
                    + " there is a chat, how many messages it has, when they came, and roughly how long they are."
        },
        footer = {
            "",
            "A chat is named by its title, its id, or the first digits of its id (4 or more).",
            "",
            "Examples:",
            "  nescio chat new \"Weekend plans\"",
            "  nescio chat send \"Weekend plans\" \"Shall we meet on Sunday?\"",
            "  nescio chat read --follow \"Weekend plans\"",
        },
        exitCodeList = {
            Exit.OK_TEXT,
            Exit.FAILED_TEXT,
            Exit.USAGE_TEXT,
            Exit.NOT_SIGNED_IN_TEXT,
            Exit.UNREACHABLE_TEXT,
            Exit.DISTRUST_TEXT,
            Exit.PROFILE_TEXT,
            Exit.INTERRUPTED_TEXT
        })
final class ChatCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: new, list, send or read.");
    }
}
