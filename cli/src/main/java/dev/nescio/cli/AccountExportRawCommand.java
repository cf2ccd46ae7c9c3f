package dev.nescio.cli;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.StoredRow;
import dev.nescio.client.StoredRows;
import dev.nescio.protocol.Json;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "export-raw",
        description = {
            "Writes out all that the server stores of your account, as it stores it.",
            "",
            "One JSON object a line: {\"table\":…,\"row\":{…}}, bytes as base64url. It is what somebody gets who steals the"
                    + " database: hashed, wrapped and sealed. docs/what-the-server-sees.md says what each column is. It is"
                    + " not a backup: nothing can be restored from it. That it is all, you take the server's word for."
        },
        footer = {
            "",
            "What is asked:",
            "  1. the passphrase of this device, if the profile is sealed",
            "  2. password and code, or with --recovery-key the recovery key, unless you",
            "     have just signed in",
            "",
            "Examples:",
            "  nescio account export-raw --output everything.jsonl",
            "  nescio account export-raw --json --password-file pw --code-stdin",
            "",
            "Kept on this device: nothing but the file, which only you can read.",
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
final class AccountExportRawCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Write to a new file. Without it, the rows are printed.")
    private Path output;

    @Mixin
    private SignedInOptions signedIn;

    @Mixin
    private ProofOptions proof;

    AccountExportRawCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return signedIn.useRenewed(terminal, this::export);
    }

    private int export(Account account) {
        long rows = output == null ? export(account, this::print) : toFile(account);
        terminal.note(rows + (rows == 1 ? " row." : " rows."));
        terminal.json(JsonLine.ok().and("rows", rows));
        return Exit.OK;
    }

    private interface Sink {
        void row(JsonLine row) throws IOException;
    }

    private void print(JsonLine row) {
        if (terminal.isJson()) {
            terminal.json(row);
        } else {
            terminal.say(Json.LENIENT.writeValueAsString(row));
        }
    }

    private long toFile(Account account) {
        FileAttribute<?> owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (Writer file = Channels.newWriter(
                Files.newByteChannel(output, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW), owner),
                StandardCharsets.UTF_8)) {
            return export(account, row -> file.write(Json.LENIENT.writeValueAsString(row) + "\n"));
        } catch (FileAlreadyExistsException e) {
            throw Failure.usage("The file is there already: " + output + ". Name one that is not.");
        } catch (IOException e) {
            throw new Failure(
                    Exit.FAILED, "output", "The file cannot be written: " + output + ". What it has is not all.");
        }
    }

    /// A page at a time, so that it takes no more memory than that.
    private long export(Account account, Sink sink) {
        long rows = 0;
        while (true) {
            long from = rows;
            StoredRows.Page page = (StoredRows.Page) proof.<StoredRows>proven(
                    terminal, account, () -> account.storedRows(from), StoredRows.ProofRequired.class);
            try {
                for (StoredRow row : page.rows()) {
                    sink.row(JsonLine.of("table", row.table()).and("row", row.columns()));
                }
            } catch (IOException e) {
                throw new Failure(
                        Exit.FAILED, "output", "The file cannot be written: " + output + ". What it has is not all.");
            }
            rows += page.rows().size();
            if (!page.more()) {
                return rows;
            }
        }
    }
}
