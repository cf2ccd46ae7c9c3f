package dev.nescio.cli.drill;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/// The server that is drilled: a process of its own, in folders that nothing else uses. A port, because how
/// it is started is not the drill's business.
public interface DrilledServer {

    URI uri();

    long pid();

    /// Its data folder: database, keyring and all else.
    Path data();

    /// Where it puts temporary files.
    Path temporary();

    /// Its standard output and standard error.
    Path log();

    /// Writes what the database holds into a file, as the server's `dump` command prints it.
    void dump(Path into) throws IOException, InterruptedException;

    /// Stops it in good order.
    void stop();
}
