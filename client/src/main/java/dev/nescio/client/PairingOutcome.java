package dev.nescio.client;

/// What came of typing the digits of a new device.
public sealed interface PairingOutcome {

    /// The new device is being handed the account.
    record Approved() implements PairingOutcome {}

    /// They are not the digits of this pairing: mistyped, or somebody is in between. Nothing was handed over, and the
    /// pairing has ended.
    record WrongDigits() implements PairingOutcome {}

    /// The digits are right. A credential has to be proven first, with [Account#prove]; then confirm again. Nothing was
    /// handed over.
    record ProofRequired() implements PairingOutcome {}

    /// It expired or was cancelled. Nothing was handed over.
    record Gone() implements PairingOutcome {}
}
