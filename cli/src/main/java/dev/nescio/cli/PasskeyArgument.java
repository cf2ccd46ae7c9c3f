package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.client.Account;
import dev.nescio.client.PasskeyEntry;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Parameters;

/// Which passkey is meant.
final class PasskeyArgument {

    private static final int LEAST_DIGITS = 4;

    @Parameters(index = "0", paramLabel = "ID", description = "The id, or its beginning: see 'nescio passkey list'.")
    private String given;

    PasskeyEntry find(Account account) {
        String wanted = given.toLowerCase(Locale.ROOT);
        List<PasskeyEntry> matching = account.passkeys().stream()
                .filter(passkey ->
                        wanted.length() >= LEAST_DIGITS && passkey.id().hex().startsWith(wanted))
                .toList();
        if (matching.size() == 1) {
            return matching.getFirst();
        }
        throw matching.isEmpty() ? notFound() : ambiguous();
    }

    static Failure notFound() {
        return new Failure(Exit.FAILED, "not-found", "There is no such passkey. Those there are: nescio passkey list");
    }

    private static Failure ambiguous() {
        return new Failure(Exit.FAILED, "ambiguous", "More than one passkey begins like this. Give more of its id.");
    }
}
