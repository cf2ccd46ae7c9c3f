package dev.nescio.client;

import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Compares with what a device remembers, and adds nothing to that before it is told to [#keep] it.
final class UnkeptMemory implements DeviceMemory {

    private final DeviceMemory memory;
    private final DeviceMemory unkept = DeviceMemory.inMemory();
    private final List<Consumer<DeviceMemory>> changes = new ArrayList<>();
    private boolean kept;

    UnkeptMemory(DeviceMemory memory) {
        this.memory = memory;
    }

    /// Adds what came until now, and from now on what comes.
    synchronized void keep() {
        memory.together(() -> changes.forEach(change -> change.accept(memory)));
        changes.clear();
        kept = true;
    }

    @Override
    public synchronized Optional<Argon2Parameters> pinned(String server, Bytes hashedAddress) {
        Optional<Argon2Parameters> added = kept ? Optional.empty() : unkept.pinned(server, hashedAddress);
        return added.or(() -> memory.pinned(server, hashedAddress));
    }

    @Override
    public void pin(String server, Bytes hashedAddress, Argon2Parameters parameters) {
        change(changed -> changed.pin(server, hashedAddress, parameters));
    }

    @Override
    public synchronized Optional<Mark> mark(String name) {
        Optional<Mark> added = kept ? Optional.empty() : unkept.mark(name);
        return added.or(() -> memory.mark(name));
    }

    @Override
    public synchronized void remember(String name, Mark mark) {
        if (mark(name).filter(known -> known.counter() >= mark.counter()).isEmpty()) {
            change(changed -> changed.remember(name, mark));
        }
    }

    private synchronized void change(Consumer<DeviceMemory> change) {
        if (kept) {
            change.accept(memory);
        } else {
            change.accept(unkept);
            changes.add(change);
        }
    }
}
