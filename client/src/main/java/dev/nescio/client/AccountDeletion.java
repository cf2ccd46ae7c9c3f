package dev.nescio.client;

/// What became of deleting the account.
public sealed interface AccountDeletion {

    /// Nobody signs in to it any more. All its sessions have ended, this one too, and the keys here are wiped.
    record Deleted() implements AccountDeletion {}

    /// The server asks for a credential to be proven first, with [Account#prove]; nothing was changed.
    record ProofRequired() implements AccountDeletion {}
}
