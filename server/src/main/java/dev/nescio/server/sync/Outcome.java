package dev.nescio.server.sync;

import dev.nescio.protocol.Domain;
import dev.nescio.protocol.ItemId;

/// What became of a write to an account's containers.
sealed interface Outcome {

    /// Written now.
    record Written(long sequence, Domain domain) implements Outcome {}

    /// Written before, by the same request.
    record Repeated(long sequence) implements Outcome {}

    record ListConflict(long counter) implements Outcome {}

    record ManifestConflict(long counter) implements Outcome {}

    record ItemConflict(ItemId item) implements Outcome {}

    record ContainerExists() implements Outcome {}

    record NotFound() implements Outcome {}

    /// The session that asked has ended before all of its request was there (spec, section 10.4).
    record SessionEnded() implements Outcome {}

    /// The metadata does not follow on the stored one though the manifest does: the client contradicts
    /// itself.
    record MetadataVersion() implements Outcome {}
}
