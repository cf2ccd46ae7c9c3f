package dev.nescio.client;

/// What became of a [PairingRequest].
public sealed interface PairingResult {

    /// This device is signed in. Show the person whose account it is: [Account#address].
    record Paired(Account account) implements PairingResult {}

    /// It expired, was cancelled, or the digits were wrong. Begin again.
    record Gone() implements PairingResult {}
}
