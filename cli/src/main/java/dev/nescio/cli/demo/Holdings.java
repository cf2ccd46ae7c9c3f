package dev.nescio.cli.demo;

import dev.nescio.cli.proof.DatabaseDump.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Everything that a server keeps.
public interface Holdings {

    /// Every row of every table, as the server's own `dump` prints them.
    List<Row> rows() throws IOException, InterruptedException;

    /// Every file: the data folder with the database and its write-ahead log, and what the server logs.
    List<Path> files() throws IOException;
}
