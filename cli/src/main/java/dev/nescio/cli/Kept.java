package dev.nescio.cli;

/// What the help says about what lies on disk; the same words for each command that writes it.
final class Kept {

    static final String SESSION_1 = "Kept on this device, for you only, in $NESCIO_HOME or ~/.config/nescio:";
    static final String SESSION_2 = "  profile.json  server and account id; sealed: the session and the master key";
    static final String SESSION_3 = "  memory.json   SHA-256 of your address, cost of the password's hash, counters:";
    static final String SESSION_4 = "                no key, no content; it shows when a server serves an older state";

    private Kept() {}
}
