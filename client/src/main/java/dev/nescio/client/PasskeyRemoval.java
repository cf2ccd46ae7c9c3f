package dev.nescio.client;

/// What became of removing a passkey.
public sealed interface PasskeyRemoval {

    /// It opens nothing any more.
    record Removed() implements PasskeyRemoval {}

    /// It opens nothing any more, but another device changed the directory at the same moment: it may
    /// have removed it, so whether other devices are signed out is not known here.
    record RemovedMeanwhile() implements PasskeyRemoval {}

    /// The server asks for a credential to be proven first, with [Account#prove]; nothing was changed.
    record ProofRequired() implements PasskeyRemoval {}

    /// Neither a password nor another passkey would remain; nothing was changed.
    record LastWayIn() implements PasskeyRemoval {}

    /// The account has no such passkey.
    record NotThere() implements PasskeyRemoval {}
}
