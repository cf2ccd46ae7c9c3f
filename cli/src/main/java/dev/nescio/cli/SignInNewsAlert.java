package dev.nescio.cli;

import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.SignInNews;
import dev.nescio.protocol.SessionId;
import java.util.List;
import java.util.Set;

/// Says beside the result of any command who has signed in since this device last said so: it may
/// have been off then.
final class SignInNewsAlert {

    /// Of many the newest: the log has them all.
    private static final int MOST = 5;

    private SignInNewsAlert() {}

    static void tell(Terminal terminal, Account account) {
        tell(terminal, account, Set.of());
    }

    /// @param known the sessions that were told of otherwise
    /// @return those that were told of here
    static List<SignInNews.SignIn> tell(Terminal terminal, Account account, Set<SessionId> known) {
        SignInNews news = account.signInNews();
        news.finding().ifPresent(finding -> LogWarning.alert(terminal, finding));
        List<SignInNews.SignIn> untold = news.signIns().stream()
                .filter(signIn -> !known.contains(signIn.session()))
                .toList();
        int more = Math.max(0, untold.size() - MOST);
        if (more > 0) {
            terminal.alert(
                    "! " + more + " more sign-ins to your account came before these. See: nescio account log",
                    JsonLine.of("alert", "new-sessions").and("more", more));
        }
        untold.stream().skip(more).forEach(signIn -> tell(terminal, signIn));
        // Lines for a program are not shown to a person.
        if (!terminal.isJson()) {
            account.signInNewsWereTold(news);
        }
        return untold;
    }

    private static void tell(Terminal terminal, SignInNews.SignIn signIn) {
        String what = signIn.device()
                .map(device -> "A new device has signed in to your account in the hour from "
                        + When.local(signIn.time()) + ": " + SessionsListCommand.device(device.name(), device.kind())
                        + ".")
                .orElseGet(() -> "Somebody has signed in to your account in the hour from "
                        + When.local(signIn.time())
                        + (signIn.live() ? ", and none of your devices has said that it was you." : "."));
        String from = signIn.origin()
                .map(origin -> " Said by the server: " + Origin.words(origin) + ".")
                .orElse("");
        String then = signIn.live()
                ? " If it was not you, end it, then change what somebody may know: nescio sessions end "
                        + signIn.session().shortened()
                : " It is signed out. If it was not you, change what somebody may know. See: nescio account log";
        JsonLine line = JsonLine.of("alert", "new-session")
                .and("session", signIn.session().hex())
                .and("time", signIn.time().toString())
                .and("live", signIn.live());
        signIn.device().ifPresent(device -> line.and("name", device.name()).and("kind", device.kind()));
        signIn.origin().ifPresent(origin -> line.and("originSaidByServer", Origin.text(origin)));
        terminal.alert("! " + what + from + then, line);
    }
}
