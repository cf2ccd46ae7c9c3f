package dev.nescio.cli;

import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.ThisDevice;
import picocli.CommandLine.Option;

/// What the account's other devices call this one.
final class DeviceNameOption {

    static final String KIND = "cli";

    @Option(
            names = "--device-name",
            paramLabel = "NAME",
            description = "What your other devices call this one; the server cannot read it. Otherwise the name of this"
                    + " host.")
    private String given;

    ThisDevice device() {
        if (given == null) {
            return ThisDevice.ofHost(KIND);
        }
        try {
            return new ThisDevice(Terminal.requireUndamaged(given), KIND);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
    }
}
