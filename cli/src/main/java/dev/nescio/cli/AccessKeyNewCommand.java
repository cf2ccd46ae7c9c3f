package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Printable;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.AccessKeyAddition;
import dev.nescio.client.Account;
import dev.nescio.client.NescioException;
import dev.nescio.client.NewAccessKey;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.InvalidField;
import dev.nescio.protocol.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "new",
        description = {
            "Makes an access key for a script or a service, and shows it once.",
            "",
            "It is one line that begins with nescio-access-1. Whoever has it, has what it opens: put it where only the"
                    + " script can read it, in a file of its own, and never in a command line, a repository or a log. Without"
                    + " --domain it opens the whole account. With --domain only the keys of these domains are sealed for it:"
                    + " it opens nothing else, whatever becomes of the server. That it only reads, and when it ends, is kept"
                    + " by the server. A key that writes can spoil what it reaches: give one that reads where that is enough."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the passphrase of this device, if the profile is sealed",
            "  2. password and code, or with --recovery-key the recovery key, unless you",
            "     have just signed in",
            "",
            "Examples:",
            "  nescio accesskey new --name \"backup job\" --domain chats:read",
            "  nescio accesskey new --name bot --domain chats --expires 30d",
            "  nescio accesskey new --name ci --domain chats:read --json \\",
            "    --password-file pw --code-stdin",
            "",
            "The script then signs in, and works, with:",
            "  nescio signin --access-key-file FILE --unsealed-profile",
            "",
            "With --json, one line:",
            "  {\"ok\":true,\"accessKey\":…,\"id\":…,\"name\":…,\"scope\":…,\"expiresAt\":…}",
            "                                the last one where it ends",
            "",
            "Kept on this device: nothing. The key is not shown again.",
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
            Exit.INTERRUPTED_TEXT
        })
final class AccessKeyNewCommand implements Callable<Integer> {

    private static final Pattern LIFE = Pattern.compile("([1-9][0-9]{0,4})([dh])");

    private final Terminal terminal;

    @Option(
            names = "--name",
            required = true,
            paramLabel = "NAME",
            description = "What you will know it by: 1 to 64 characters. The server never learns it.")
    private String name;

    @Option(
            names = "--domain",
            paramLabel = "DOMAIN[:read]",
            description =
                    "A domain that it opens: chats, apps, emails or embeds; with :read it only reads there. May be"
                            + " given several times. Without any, it opens the whole account.")
    private List<String> domains = List.of();

    @Option(
            names = "--expires",
            paramLabel = "TIME",
            defaultValue = "90d",
            description = "When it ends: a number of days or hours, such as 30d or 12h, or never. Default: 90d.")
    private String expires;

    @Mixin
    private SignedInOptions signedIn;

    @Mixin
    private ProofOptions proof;

    AccessKeyNewCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Scope scope = scope();
        Optional<Instant> end = end();
        return signedIn.useRenewed(terminal, account -> make(account, scope, end));
    }

    private Scope scope() {
        Map<Domain, Scope.Right> rights = new EnumMap<>(Domain.class);
        for (String given : domains) {
            boolean write = !given.endsWith(":read");
            String domain = given.replaceFirst(":(read|write)$", "");
            try {
                Scope.Right before = rights.put(Domain.parse(domain), write ? Scope.Right.WRITE : Scope.Right.READ);
                if (before != null) {
                    throw Failure.usage("--domain " + domain + " is given twice.");
                }
            } catch (InvalidField e) {
                throw Failure.usage("--domain takes chats, apps, emails or embeds, each also with :read.");
            }
        }
        try {
            return new Scope(rights);
        } catch (InvalidField e) {
            throw Failure.usage("--domain takes chats, apps, emails or embeds, each also with :read.");
        }
    }

    private Optional<Instant> end() {
        if (expires.equals("never")) {
            return Optional.empty();
        }
        Matcher life = LIFE.matcher(expires);
        if (!life.matches()) {
            throw Failure.usage("--expires takes a number of days or hours, such as 30d or 12h, or never.");
        }
        long count = Long.parseLong(life.group(1));
        Duration lasts = life.group(2).equals("d") ? Duration.ofDays(count) : Duration.ofHours(count);
        return Optional.of(Instant.ofEpochMilli(Instant.now().plus(lasts).toEpochMilli()));
    }

    private int make(Account account, Scope scope, Optional<Instant> end) {
        try (NewAccessKey key = account.accessKeys().create(name, scope, end)) {
            switch (proof.<AccessKeyAddition>proven(
                    terminal, account, key::use, AccessKeyAddition.ProofRequired.class)) {
                case AccessKeyAddition.Added() -> show(key, scope, end);
                case AccessKeyAddition.Refused() ->
                    throw new Failure(
                            Exit.FAILED,
                            "access-key-refused",
                            "The server does not accept it: an account has at most 32 access keys. Revoke one that is not"
                                    + " used: nescio accesskey list");
                case AccessKeyAddition.ProofRequired() -> throw new IllegalStateException("it was proven");
            }
        } catch (NescioException.Unreachable e) {
            throw new Failure(
                    Exit.UNREACHABLE,
                    "unreachable",
                    "The answer was lost. If 'nescio accesskey list' shows the key, revoke it: it was not shown, so nobody"
                            + " has it. Then run this again.");
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
        return Exit.OK;
    }

    private void show(NewAccessKey key, Scope scope, Optional<Instant> end) {
        terminal.heading("Your access key. Copy it now: it is not shown again.");
        terminal.say();
        terminal.say(key.text());
        terminal.say();
        terminal.say("Name      " + Printable.line(name.strip()));
        terminal.say("Opens     " + AccessKeyView.scope(scope));
        terminal.say("Ends      " + AccessKeyView.end(end));
        terminal.say();
        if (end.isEmpty()) {
            terminal.tell(
                    "It never ends by itself. Revoke it when it is not used any more, and look at the day of its last"
                            + " use from time to time: nescio accesskey list");
        }
        JsonLine line = JsonLine.ok()
                .and("accessKey", key.text())
                .and("id", key.id().hex())
                .and("name", name.strip())
                .and("scope", scope.text());
        end.ifPresent(instant -> line.and("expiresAt", instant.toString()));
        terminal.json(line);
    }
}
