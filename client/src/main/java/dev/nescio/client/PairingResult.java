package dev.nescio.client;

/// What became of a [PairingRequest].
public sealed interface PairingResult {

    /// Another device has handed its account over. The person has to say that it is theirs before it is joined.
    record Offered(PairingOffer offer) implements PairingResult {}

    /// It expired, was cancelled, or the digits were wrong. Begin again.
    record Gone() implements PairingResult {}
}
