package dev.nescio.cli.demo;

import dev.nescio.cli.drill.Findings;
import dev.nescio.cli.drill.Hit;
import dev.nescio.cli.drill.Limits;
import dev.nescio.cli.drill.Needles;
import dev.nescio.cli.drill.Place;
import dev.nescio.cli.drill.Searcher;
import dev.nescio.cli.drill.Secrecy;
import dev.nescio.cli.drill.Secret;
import dev.nescio.cli.proof.Column;
import dev.nescio.cli.proof.DatabaseDump.Row;
import dev.nescio.cli.terminal.JsonLine;
import dev.nescio.client.Message;
import dev.nescio.keys.Address;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Looks in everything that the server keeps for everything that it must not know, with the search of the
/// breach drill.
final class BreachCheck {

    private final Narrator narrator;
    private final Story.Known known;

    BreachCheck(Narrator narrator, Story.Known known) {
        this.narrator = narrator;
        this.known = known;
    }

    /// @throws StepFailed if something is found, or the search cannot find what is there
    void search(List<Row> rows, List<Path> files, JsonLine result) throws IOException {
        List<Secret> secrets = secrets();
        Findings findings = searched(Needles.of(secrets), rows, files);
        long controls = searched(
                        Needles.of(List.of(Secret.bytes(
                                "the account's id",
                                Secrecy.CLIENT_ONLY,
                                known.account().id().toArray()))),
                        rows,
                        files)
                .hits();
        narrator.say("Searched   " + megabytes(findings.bytes()) + ": the " + files.size()
                + " files of the server (database, write-ahead log,");
        narrator.say("           keyring, its own log) and the " + rows.size() + " rows of its tables");
        narrator.say("For        " + secrets.size() + " secrets: address, password, the authenticator's secret,");
        narrator.say("           backup codes, recovery key, pairing code, title, messages;");
        narrator.say("           as text, UTF-16, hex, base64, compressed …");
        StepFailed.unless(controls > 0, "The search cannot even find the account's id, which the database must hold.");
        narrator.check("control: the account's id, which the server knows, was found " + controls + " times");
        StepFailed.unless(findings.gaps().isEmpty(), "Not all was searched: " + findings.gaps());
        StepFailed.unless(findings.hits() == 0, "The server holds what it must not: " + names(findings));
        narrator.check("hits: 0");
        result.and("searchedBytes", findings.bytes())
                .and("places", findings.searched().size())
                .and("secrets", secrets.size())
                .and("controlHits", controls)
                .and("hits", findings.hits());
    }

    private static Findings searched(Needles needles, List<Row> rows, List<Path> files) throws IOException {
        Findings findings = new Findings();
        Searcher searcher = new Searcher(needles, Limits.DEFAULT, findings);
        for (Path file : files) {
            try (InputStream in = Files.newInputStream(file)) {
                searcher.search(new Place(Place.Kind.FILE, file.getFileName().toString()), in);
            } catch (NoSuchFileException e) {
                // The server is at work: a temporary file may be gone by now.
            }
        }
        for (Row row : rows) {
            Place place = new Place(Place.Kind.TABLES, row.table());
            for (Column column : row.columns()) {
                searcher.search(place, new ByteArrayInputStream(column.value().toArray()));
            }
        }
        return findings;
    }

    private static String names(Findings findings) {
        return findings.firstHits().stream().map(BreachCheck::name).distinct().collect(Collectors.joining("; "));
    }

    private static String name(Hit hit) {
        return hit.secret().name() + " in " + hit.place().name();
    }

    private List<Secret> secrets() {
        List<Secret> secrets = new ArrayList<>();
        secrets.add(Secret.text("the address", Secrecy.CLIENT_ONLY, Texts.ADDRESS));
        secrets.add(Secret.bytes(
                "hashed_email",
                Secrecy.IN_PASSING,
                Address.parse(Texts.ADDRESS).hashed().toArray()));
        secrets.add(Secret.text("the password", Secrecy.CLIENT_ONLY, Texts.PASSWORD));
        secrets.add(Secret.bytes(
                "the authenticator's secret",
                Secrecy.IN_PASSING,
                known.authenticator().secret()));
        for (String code : known.backupCodes()) {
            secrets.add(Secret.text("a backup code", Secrecy.CLIENT_ONLY, code));
            secrets.add(Secret.text("a backup code", Secrecy.CLIENT_ONLY, code.replace("-", "")));
        }
        secrets.add(Secret.text("the recovery key", Secrecy.CLIENT_ONLY, known.recoveryKey()));
        secrets.add(Secret.text(
                "the recovery key", Secrecy.CLIENT_ONLY, known.recoveryKey().replace("-", "")));
        secrets.add(Secret.text("the pairing code", Secrecy.CLIENT_ONLY, known.pairingCode()));
        secrets.add(Secret.text(
                "the pairing code", Secrecy.CLIENT_ONLY, known.pairingCode().replace("-", "")));
        secrets.add(Secret.text("the title", Secrecy.CLIENT_ONLY, known.chat().title()));
        for (Message message : known.all()) {
            secrets.add(Secret.text("a message", Secrecy.CLIENT_ONLY, message.text()));
        }
        return secrets;
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
