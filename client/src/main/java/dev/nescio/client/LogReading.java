package dev.nescio.client;

import java.util.List;

/// The log of an account, and whether it is the chain that this device knows (spec, section 9.5).
public sealed interface LogReading {

    /// The oldest first.
    List<LogEvent> events();

    /// One chain, which goes on from what this device has seen of it. That the server had every event
    /// written down, nobody can tell.
    record Complete(List<LogEvent> events) implements LogReading {}

    /// It is cut, broken, older or another than what this device has seen: the work of the server. Or it is
    /// longer than a device reads: the work of somebody who could sign in. It is for the person to know.
    ///
    /// @param events what the server served all the same
    record Tampered(Finding finding, List<LogEvent> events) implements LogReading {}
}
