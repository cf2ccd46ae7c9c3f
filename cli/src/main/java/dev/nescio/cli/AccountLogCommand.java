package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Printable;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.LogEvent;
import dev.nescio.client.LogReading;
import dev.nescio.protocol.LogKind;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "log",
        description = {
            "Shows what has happened to your account: who signed in and out, which ways to sign in were changed, when its"
                    + " keys were replaced.",
            "",
            "The server writes it down and keeps it for 400 days. Its entries are a chain, which is compared with what this"
                    + " device has seen of it before, and with what your other devices say that they have seen: if it was"
                    + " cut, changed or rolled back since, or is another one than theirs, that is said, and the exit"
                    + " code is 6. That the server has written everything down, you take its word for. Names come from your"
                    + " devices; the server knows hours, and no names.",
            "",
            "From which network somebody signed in the server says as well, sealed so that only you can read it. It can have"
                    + " made that up. After your keys were rotated, nobody can read what it said before."
        },
        footer = {
            "",
            "What is asked: the passphrase of this device, if the profile is sealed.",
            "",
            "Examples:",
            "  nescio account log",
            "  nescio account log --since 2026-11-01",
            "",
            "With --json, a line for each event, then how many:",
            "  {\"number\":…,\"time\":…,\"kind\":…,\"session\":…,\"sessionName\":…,\"other\":…,",
            "   \"otherName\":…,\"slot\":…,\"slotName\":…,\"originSaidByServer\":…}",
            "                                session did it, other it was done to;",
            "                                what does not apply is left out",
            "  {\"ok\":true,\"events\":N}",
            "",
            "Kept on this device: in memory.json, number, hash and hour of the last entry, and how far",
            "it was shown: without --since and --json, and with nothing wrong.",
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
final class AccountLogCommand implements Callable<Integer> {

    private static final String INDENT = "                  ";

    private final Terminal terminal;

    @Option(names = "--since", paramLabel = "DAY", description = "Show only what has happened from this day on.")
    private LocalDate since;

    @Mixin
    private SignedInOptions signedIn;

    AccountLogCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.use(terminal, this::show);
    }

    private int show(Account account) {
        LogReading reading = account.log();
        LogNames names = new LogNames(account);
        List<LogEvent> events = reading.events().stream().filter(this::isWanted).toList();
        events.forEach(event -> show(event, names));
        if (events.isEmpty()) {
            terminal.say("Nothing has happened.");
        }
        return switch (reading) {
            case LogReading.Complete complete -> {
                if (since == null && !terminal.isJson()) {
                    account.logWasShown(complete);
                }
                terminal.json(JsonLine.ok().and("events", events.size()));
                yield Exit.OK;
            }
            case LogReading.Tampered(var finding, var _) ->
                throw new Failure(
                        Exit.DISTRUST,
                        "distrust",
                        finding.text()
                                + " What is shown above is what the server served. If you do not know why, change"
                                + " what opens your account, and sign all other devices out: nescio sessions end --others");
        };
    }

    private boolean isWanted(LogEvent event) {
        Instant from = since == null
                ? Instant.MIN
                : since.atStartOfDay(ZoneId.systemDefault()).toInstant();
        return !event.time().isBefore(from);
    }

    private void show(LogEvent event, LogNames names) {
        terminal.say(When.local(event.time()) + "  "
                + event.kind().map(AccountLogCommand::words).orElseGet(() -> Printable.line(event.kindText())));
        event.slot().ifPresent(slot -> terminal.say(INDENT + "way to sign in: " + names.shown(slot)));
        event.session().ifPresent(session -> terminal.say(INDENT + "by " + names.shown(session)));
        event.other()
                .filter(other -> !event.session().equals(Optional.of(other)))
                .ifPresent(other -> terminal.say(INDENT + "it was " + names.shown(other)));
        event.origin().ifPresent(origin -> terminal.say(INDENT + "said by the server: " + Origin.words(origin)));
        JsonLine line = JsonLine.of("number", event.number())
                .and("time", event.time().toString())
                .and("kind", event.kindText());
        event.session().ifPresent(session -> {
            line.and("session", session.hex());
            names.of(session).ifPresent(name -> line.and("sessionName", name));
        });
        event.other().ifPresent(other -> {
            line.and("other", other.hex());
            names.of(other).ifPresent(name -> line.and("otherName", name));
        });
        event.slot().ifPresent(slot -> {
            line.and("slot", slot.hex());
            names.of(slot).ifPresent(name -> line.and("slotName", name));
        });
        event.origin().ifPresent(origin -> line.and("originSaidByServer", Origin.text(origin)));
        terminal.json(line);
    }

    private static String words(LogKind kind) {
        return switch (kind) {
            case SIGNED_UP -> "the account was made";
            case SIGNED_IN_WITH_PASSWORD -> "signed in with the password";
            case SIGNED_IN_WITH_RECOVERY_KEY -> "signed in with the recovery key";
            case SIGNED_IN_WITH_PASSKEY -> "signed in with a passkey";
            case SIGNED_IN_WITH_ACCESS_KEY -> "a script signed in with an access key, the first time on its day";
            case PAIRED -> "a device was paired";
            case SESSION_ENDED -> "a device was signed out";
            case OTHERS_ENDED -> "all other devices were signed out";
            case ALL_ENDED -> "all devices were signed out";
            case SPENT_TOKEN_USED -> "a session was ended, because somebody had a copy of its token";
            case PASSWORD_ADDED -> "a password was added";
            case PASSWORD_CHANGED -> "the password was changed";
            case PASSWORD_REMOVED -> "the password was removed";
            case AUTHENTICATOR_CHANGED -> "the authenticator was changed";
            case BACKUP_CODES_CHANGED -> "the backup codes were changed";
            case BACKUP_CODE_USED -> "a backup code was used";
            case RECOVERY_KEY_CHANGED -> "the recovery key was changed";
            case PASSKEY_ADDED -> "a passkey was added";
            case PASSKEY_REMOVED -> "a passkey was removed";
            case PASSKEY_CLONE_REFUSED -> "a passkey was refused, because a copy of its authenticator may exist";
            case ACCESS_KEY_ADDED -> "an access key was made";
            case ACCESS_KEY_REMOVED -> "an access key was revoked";
            case NAMES_CHANGED -> "a passkey or an access key was given another name";
            case MASTER_KEY_ROTATED -> "all keys were replaced";
            case ROWS_EXPORTED -> "all that the server stores was written out";
            case MAIL_ALERTS_ON -> "mails about sign-ins were turned on";
            case MAIL_ALERTS_OFF -> "mails about sign-ins were turned off";
            case ALERT_ADDRESS_USED -> "the server read your address, to mail you about a sign-in";
            case RESET_CODE_MADE -> "the operator made a reset code";
            case RESET_CODE_REPLACED -> "the operator made a reset code in place of another one";
            case RESET_CODE_CANCELLED -> "a reset code was cancelled";
            case RESET_CODE_USED -> "the account took the place of another one, by a reset code";
        };
    }
}
