package dev.nescio.cli.drill;

import dev.nescio.cli.drill.Filling.Filled;
import dev.nescio.cli.proof.Column;
import dev.nescio.cli.proof.DatabaseDump;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The breach drill from beginning to end: fill a server with secrets, let it settle, read everything that
/// it holds, search.
public final class Drill {

    private static final String KEYRING = "keyring";

    private final DrilledServer server;
    private final Path scratch;
    private final Duration settling;
    private final Optional<Plant> plant;
    private final Consumer<String> progress;

    /// @param scratch a folder for dumps, away from the server's
    /// @param settling how long what the server handles in passing may stay in its memory
    /// @param progress is told what is being done
    public Drill(
            DrilledServer server, Path scratch, Duration settling, Optional<Plant> plant, Consumer<String> progress) {
        this.server = server;
        this.scratch = scratch;
        this.settling = settling;
        this.plant = plant;
        this.progress = progress;
    }

    /// What came of it.
    ///
    /// @param columns values of the database that the thief tried
    /// @param confirmations what in the database alone confirms a right guess
    /// @param provenWithKeyring whether the same test succeeds for who has the keyring
    /// @param plantFound whether the planted leak, if there is one, was found
    public record Result(
            Findings findings,
            Report report,
            int columns,
            List<String> confirmations,
            boolean provenWithKeyring,
            boolean plantFound) {

        /// Everything that breaks the promise.
        public long hits() {
            return findings.hits() + confirmations.size();
        }

        /// Whether everything was searched that should have been, and the thief's test could have succeeded.
        public boolean isComplete() {
            return findings.gaps().isEmpty() && provenWithKeyring;
        }
    }

    /// Stops the server on the way.
    ///
    /// @throws DrillFailed if it could not be done
    public Result run() throws DrillFailed, IOException, InterruptedException {
        progress.accept("Filling the server through the real client.");
        Filled filled = Filling.fill(server.uri());
        if (plant.isPresent()) {
            progress.accept("Planting a leak: " + plant.get().secret() + ".");
            plant.get().plant(server, filled);
        }
        Needles needles = Needles.of(filled.known().secrets());
        Findings findings = new Findings();
        Searcher searcher = new Searcher(needles, Limits.DEFAULT, findings);
        findings.note("six digits occur everywhere by chance, so TOTP codes are searched as requests spell them");

        progress.accept("Waiting " + settling.toSeconds()
                + " s: that long, what the server handles in passing may stay in its memory.");
        new Settling(server.uri()).settle(settling);
        DatabaseDump dump = search(searcher);
        progress.accept("Trying the right password on the database alone.");
        Thief.Loot loot = Thief.rob(
                dump, server.data().resolve(KEYRING), filled.session().account(), filled.address(), filled.password());
        return new Result(
                findings,
                new Report(needles, findings),
                loot.columns(),
                loot.alone(),
                loot.canSucceed(),
                plant.isPresent() && findings.firstHits().stream().anyMatch(plant.get()::isFoundBy));
    }

    private DatabaseDump search(Searcher searcher) throws DrillFailed, IOException, InterruptedException {
        Places places = new Places(searcher);
        progress.accept("Searching the heap and the memory of process " + server.pid() + ".");
        places.heap(server.pid(), scratch);
        places.memory(server.pid());
        places.process(server.pid(), List.of(server.data(), server.temporary(), server.log()));
        progress.accept("Searching the tables, the files and the log.");
        DatabaseDump dump = searchTables(searcher, places);
        places.folder("", server.data());
        places.folder("temporary: ", server.temporary());
        server.stop();
        places.folder("once stopped: ", server.data());
        places.file(Place.Kind.LOG, "all that the server said", server.log());
        return dump;
    }

    /// As printed, and every value by itself as bytes: what was compressed shows only so.
    private DatabaseDump searchTables(Searcher searcher, Places places)
            throws DrillFailed, IOException, InterruptedException {
        Path printed = scratch.resolve("dump.jsonl");
        server.dump(printed);
        places.file(Place.Kind.TABLES, "every row, as printed", printed);
        DatabaseDump dump = DatabaseDump.read(printed);
        if (dump.rows("account").isEmpty()) {
            throw new DrillFailed("The dump of the database does not hold the account.");
        }
        ByteArrayOutputStream values = new ByteArrayOutputStream();
        for (Column column : dump.columns()) {
            values.writeBytes(column.value().toArray());
            values.write('\n');
        }
        searcher.search(
                new Place(Place.Kind.TABLES, "every value, as bytes"), new ByteArrayInputStream(values.toByteArray()));
        Files.delete(printed);
        return dump;
    }
}
