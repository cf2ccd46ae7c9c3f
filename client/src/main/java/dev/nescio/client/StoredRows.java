package dev.nescio.client;

import java.util.List;

/// A part of what the server stores of the account.
public sealed interface StoredRows {

    /// @param more whether there are rows after these
    record Page(List<StoredRow> rows, boolean more) implements StoredRows {

        public Page {
            rows = List.copyOf(rows);
        }
    }

    /// The server asks for a credential to be proven first, with [Account#prove].
    record ProofRequired() implements StoredRows {}
}
