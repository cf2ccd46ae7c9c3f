package dev.nescio.cli;

import dev.nescio.cli.profile.LocalProfile;
import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Nescio;
import dev.nescio.client.ThisDevice;
import java.net.URI;
import picocli.CommandLine.Option;

/// Which server, for the commands that find none in the profile.
final class ServerOption {

    private static final String DEFAULT = "http://localhost:8300";

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "The server. Otherwise $NESCIO_SERVER, otherwise " + DEFAULT + ".")
    private String given;

    String address(Terminal terminal) {
        return given != null ? given : terminal.environment("NESCIO_SERVER").orElse(DEFAULT);
    }

    Nescio connect(Terminal terminal, LocalProfile profile, ThisDevice device) {
        try {
            return Nescio.connect(URI.create(address(terminal)), profile.memory(), () -> device);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(
                    "A server is given as https://host, or as http://localhost:8300 on this machine: --server URL");
        }
    }
}
