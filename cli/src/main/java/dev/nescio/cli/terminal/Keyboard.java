package dev.nescio.cli.terminal;

import java.util.Optional;

/// A person who can be asked.
public interface Keyboard {

    /// @return nothing when the person ended the input (Ctrl-D)
    Optional<String> line(String prompt);

    /// Asks without showing what is typed.
    ///
    /// @return to be wiped by the caller; nothing when the person ended the input
    Optional<char[]> secret(String prompt);
}
