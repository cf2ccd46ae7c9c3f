package dev.nescio.protocol;

/// An envelope whose associated data holds a counter: a manifest, a container list, a slot directory, a device list.
public record Counted(long counter, Bytes sealed) {

    public Counted {
        Check.counter("counter", counter);
        Check.envelope("sealed", sealed, Limits.ENVELOPE);
    }
}
