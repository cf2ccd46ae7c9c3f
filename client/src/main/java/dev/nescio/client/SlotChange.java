package dev.nescio.client;

/// What became of a change of the ways to sign in.
public sealed interface SlotChange {

    /// It is in force.
    record Changed() implements SlotChange {}

    /// The server asks for a credential to be proven first, with [Account#prove]; nothing was changed.
    record ProofRequired() implements SlotChange {}
}
