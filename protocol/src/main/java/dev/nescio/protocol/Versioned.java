package dev.nescio.protocol;

/// An envelope whose associated data holds a version: metadata, a profile.
public record Versioned(long version, Bytes sealed) {

    public Versioned {
        Check.counter("version", version);
        Check.envelope("sealed", sealed, Limits.ENVELOPE);
    }
}
