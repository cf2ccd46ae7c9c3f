package dev.nescio.server.signin;

import dev.nescio.server.credential.StoredSlot;

/// What somebody has shown of a credential. Nothing of it is used up yet.
///
/// @param first whether the lookup hash is that of the slot
record Proof(StoredSlot slot, boolean first, SecondFactor second) {

    boolean complete() {
        return first && second.right();
    }

    /// Whether whoever tries it knows one factor and could find the other by trying on.
    boolean helpsToGuess() {
        return second.right() || (first && second.canBeGuessed());
    }
}
