package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.client.AccessKeyEntry;
import dev.nescio.client.Account;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Parameters;

/// Which access key is meant.
final class AccessKeyArgument {

    private static final int LEAST_DIGITS = 4;

    @Parameters(index = "0", paramLabel = "ID", description = "The id, or its beginning: see 'nescio accesskey list'.")
    private String given;

    AccessKeyEntry find(Account account) {
        String wanted = given.toLowerCase(Locale.ROOT);
        List<AccessKeyEntry> matching = account.accessKeys().list().stream()
                .filter(key -> wanted.length() >= LEAST_DIGITS && key.id().hex().startsWith(wanted))
                .toList();
        if (matching.size() > 1) {
            throw new Failure(
                    Exit.FAILED, "ambiguous", "More than one access key begins like this. Give more of its id.");
        }
        return matching.stream().findFirst().orElseThrow(AccessKeyArgument::notFound);
    }

    static Failure notFound() {
        return new Failure(
                Exit.FAILED, "not-found", "There is no such access key. Those there are: nescio accesskey list");
    }
}
