package dev.nescio.cli;

import dev.nescio.client.FromServer;

/// From where a session was opened, as the server says: nobody can check it.
final class Origin {

    private Origin() {}

    /// To be shown behind words that say who says so.
    static String words(FromServer origin) {
        return origin instanceof FromServer.Said ? "from the network " + text(origin) : "something that does not open";
    }

    /// For a program.
    static String text(FromServer origin) {
        return switch (origin) {
            case FromServer.Said(String network) -> network;
            case FromServer.Unreadable() -> "unreadable";
        };
    }
}
