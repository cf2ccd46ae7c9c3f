package dev.nescio.cli;

import dev.nescio.cli.terminal.Failure;
import dev.nescio.cli.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Set;

/// A secret in the first line of a file.
final class SecretFile {

    private static final int LARGEST = 64 * 1024;

    private SecretFile() {}

    /// @param what the file holds, for the messages
    /// @return to be wiped by the caller
    static char[] firstLine(Path file, String what, Terminal terminal) {
        char[] text;
        try (var in = Files.newInputStream(file)) {
            text = Terminal.decode(in.readNBytes(LARGEST));
        } catch (IOException e) {
            throw Failure.usage("The file with the " + what + " cannot be read: " + file);
        }
        warnIfOpen(file, what, terminal);
        int end = 0;
        while (end < text.length && text[end] != '\n') {
            end++;
        }
        char[] line = Terminal.withoutReturn(Arrays.copyOf(text, end));
        Arrays.fill(text, '\0');
        if (line.length == 0) {
            throw Failure.usage("The first line of the file with the " + what + " is empty: " + file);
        }
        return line;
    }

    private static void warnIfOpen(Path file, String what, Terminal terminal) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.contains(PosixFilePermission.OTHERS_READ)
                    || permissions.contains(PosixFilePermission.GROUP_READ)) {
                terminal.note("Note: other users of this machine can read the " + what + " in " + file
                        + ". Close it with: chmod 600 " + file);
            }
        } catch (IOException | UnsupportedOperationException e) {
            // A pipe, or a file system without such permissions.
        }
    }
}
