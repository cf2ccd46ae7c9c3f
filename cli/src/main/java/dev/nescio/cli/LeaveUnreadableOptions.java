package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.MasterKeyRotation;
import dev.nescio.client.NewMasterKey;
import dev.nescio.protocol.ContainerId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/// What does not open, and is left like that when the keys are rotated (spec, section 10.13): nothing that
/// the person was not shown before. A server can spoil one thing after the other.
final class LeaveUnreadableOptions {

    private static final String NAME = "--leave-unreadable";

    private static final String CONSEQUENCE = "What of them can be read now can be read then, but not what the server"
            + " puts right later, and a list is begun anew with what the server has.";

    @Option(
            names = NAME,
            paramLabel = "WHAT",
            description =
                    "Go on though this does not open, as the run before has named it; may be repeated. It opens no"
                            + " more afterwards than now. At a terminal you are asked.")
    private List<String> agreed = new ArrayList<>();

    private final Set<String> left = new LinkedHashSet<>();

    /// Has it left, if the person agrees to all that is named.
    ///
    /// @param ending what a failure says of the rotation
    void leave(Terminal terminal, NewMasterKey next, MasterKeyRotation.Unreadable named, String ending) {
        List<String> unheard =
                forms(named).filter(what -> !agreed.contains(what)).toList();
        boolean agrees = unheard.isEmpty() || (!terminal.isJson() && askWhether(terminal, named));
        left.addAll(forms(named).toList());
        if (!agrees) {
            terminal.json(JsonLine.of("step", "unreadable").and("unreadable", unheard));
            throw refused(named, ending);
        }
        next.leave(named);
    }

    /// The forms in which they are given.
    private static Stream<String> forms(MasterKeyRotation.Unreadable named) {
        return Stream.concat(
                named.lists().stream().map(list -> list.domain().text() + "=" + list.containers()),
                named.containers().stream().map(ContainerId::hex));
    }

    private static List<String> words(MasterKeyRotation.Unreadable named) {
        return Stream.concat(
                        named.lists().stream()
                                .map(list -> "the list of your " + list.domain().text() + " (the server has "
                                        + list.containers() + ")"),
                        named.containers().stream().map(ContainerId::hex))
                .toList();
    }

    private static boolean askWhether(Terminal terminal, MasterKeyRotation.Unreadable named) {
        terminal.say();
        terminal.heading("These fail a check or do not open:");
        terminal.say();
        words(named).forEach(what -> terminal.say("  " + what));
        terminal.say();
        terminal.tell(
                CONSEQUENCE + " If there are fewer than you had, or if somebody is signed in who should not be, say"
                        + " no: nothing is left then.");
        return terminal.ask("Leave them like that? (yes or no): ", "")
                .orElse("no")
                .strip()
                .toLowerCase(Locale.ROOT)
                .equals("yes");
    }

    private Failure refused(MasterKeyRotation.Unreadable named, String ending) {
        String options = left.stream().map(what -> NAME + " " + what).collect(Collectors.joining(" "));
        return new Failure(
                Exit.DISTRUST,
                "unreadable",
                "These fail a check or do not open: " + String.join(", ", words(named)) + ". " + ending
                        + " End what should not be there with 'nescio sessions end' and 'nescio accesskey revoke'. If"
                        + " they stay like that, add  " + options + "  to leave them. " + CONSEQUENCE);
    }

    /// To be called when the rotation is in force.
    void tellLeft(Terminal terminal) {
        if (!left.isEmpty()) {
            terminal.tell("These were left as they were: " + String.join(", ", left) + ".");
            terminal.json(JsonLine.of("step", "left").and("left", List.copyOf(left)));
        }
    }
}
