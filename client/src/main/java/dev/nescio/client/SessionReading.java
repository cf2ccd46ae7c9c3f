package dev.nescio.client;

import java.util.List;
import java.util.Optional;

/// The sessions of an account, and whether the devices' own list could be compared with them (spec, section 9.4).
public sealed interface SessionReading {

    List<SessionEntry> entries();

    /// The server's sessions, compared with a list that the account's devices wrote and that is not older than what
    /// this device has seen.
    record Complete(List<SessionEntry> entries) implements SessionReading {}

    /// The devices' list is in order, but the directory of the ways to sign in is not, which says what
    /// the access keys are called: sessions that access keys have opened are shown as unknown. It is
    /// for the person to know.
    record Unexplained(Finding finding, List<SessionEntry> entries) implements SessionReading {}

    /// The devices' list does not open, or is older or another than what this device has seen: the work of the server,
    /// or, where it does not open, of somebody who has the token of a session. Names may be missing or old, and a
    /// session that the server hides cannot be told. It is for the person to know.
    ///
    /// @param directory what is wrong with the directory of the ways to sign in, too, as in [Unexplained];
    ///     empty also where it was not needed
    record Tampered(Finding finding, Optional<Finding> directory, List<SessionEntry> entries)
            implements SessionReading {}
}
