package dev.nescio.client;

/// What came of giving a pairing code to a device that is signed in.
public sealed interface PairingAnswer {

    /// The new device shows its digits now.
    record Answered(PairingApproval approval) implements PairingAnswer {}

    /// No new device waits with this code: it is mistyped, expired, or was answered by another session.
    record Gone() implements PairingAnswer {}
}
