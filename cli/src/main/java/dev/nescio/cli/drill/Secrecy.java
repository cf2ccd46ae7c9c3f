package dev.nescio.cli.drill;

/// Where a secret must not be.
public enum Secrecy {
    /// It never leaves the client: password, keys, recovery material, content, address.
    CLIENT_ONLY,

    /// The server handles it for a moment: codes, the authenticator's seed, hashes that are sent, session
    /// tokens.
    ///
    /// It must not be kept anywhere, nor be in a live object once that moment is over. What lies in freed
    /// memory that nothing has written over yet is reported and not counted: no JVM can prevent it, nor say for
    /// how long it lies there.
    IN_PASSING;

    /// Whether finding it there breaks the promise.
    public boolean forbids(Place.Kind kind) {
        return this == CLIENT_ONLY || kind != Place.Kind.MEMORY;
    }
}
