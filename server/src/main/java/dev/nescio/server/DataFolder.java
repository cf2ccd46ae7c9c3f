package dev.nescio.server;

import dev.nescio.server.config.OwnerOnly;
import dev.nescio.server.config.UnusableSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The folder that the server keeps its files in.
final class DataFolder {

    private DataFolder() {}

    /// Makes it, for its owner only, where there is none.
    ///
    /// @throws UnusableSetting if it cannot be written
    static void prepare(Path folder) {
        try {
            if (!Files.isDirectory(folder)) {
                OwnerOnly.createFolder(folder);
            }
        } catch (IOException e) {
            throw unusable(folder, e);
        }
        if (!Files.isWritable(folder)) {
            throw unusable(folder, null);
        }
    }

    private static UnusableSetting unusable(Path folder, IOException cause) {
        return new UnusableSetting(
                "The folder " + folder + " cannot be written. Give it to this user, or choose another one with --data.",
                cause);
    }
}
