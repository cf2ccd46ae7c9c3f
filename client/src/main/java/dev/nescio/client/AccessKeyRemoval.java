package dev.nescio.client;

/// What became of revoking an access key.
public sealed interface AccessKeyRemoval {

    /// It signs nobody in any more, and its sessions have ended. What it could read stays readable for
    /// whoever kept the key and a copy of what the server stored.
    record Removed() implements AccessKeyRemoval {}

    /// The server asks for a credential to be proven first, with [Account#prove]; nothing was changed.
    record ProofRequired() implements AccessKeyRemoval {}

    /// The account has no such access key.
    record NotThere() implements AccessKeyRemoval {}
}
