package dev.nescio.client;

import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.sealing.Sha256;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What a device remembers so that a server cannot show it an older or another state (spec, sections 3.4
/// and 8.5): pinned Argon2id parameters and the highest counters. None of it opens anything.
///
/// Implementations are safe for use by many threads. [FileMemory] keeps it on disk.
public interface DeviceMemory {

    /// @param hash SHA-256 of the envelope that had this counter
    record Mark(long counter, Bytes hash) {

        static Mark of(Counted served) {
            return new Mark(served.counter(), Sha256.of(served.sealed()));
        }
    }

    /// @param server its origin: scheme, host and port
    Optional<Argon2Parameters> pinned(String server, Bytes hashedAddress);

    void pin(String server, Bytes hashedAddress, Argon2Parameters parameters);

    Optional<Mark> mark(String name);

    /// Remembers the mark unless a higher one is known.
    void remember(String name, Mark mark);

    /// Does work of this thread. What it remembers may be kept once at its end, also where it fails;
    /// until then other programs do not see it.
    default void together(Runnable work) {
        work.run();
    }

    /// A memory that lasts as long as the program.
    static DeviceMemory inMemory() {
        record Account(String server, Bytes hashedAddress) {}

        Map<Account, Argon2Parameters> pins = new ConcurrentHashMap<>();
        Map<String, Mark> marks = new ConcurrentHashMap<>();
        return new DeviceMemory() {
            @Override
            public Optional<Argon2Parameters> pinned(String server, Bytes hashedAddress) {
                return Optional.ofNullable(pins.get(new Account(server, hashedAddress)));
            }

            @Override
            public void pin(String server, Bytes hashedAddress, Argon2Parameters parameters) {
                pins.put(new Account(server, hashedAddress), parameters);
            }

            @Override
            public Optional<Mark> mark(String name) {
                return Optional.ofNullable(marks.get(name));
            }

            @Override
            public void remember(String name, Mark mark) {
                marks.merge(name, mark, (known, given) -> given.counter() > known.counter() ? given : known);
            }
        };
    }
}
