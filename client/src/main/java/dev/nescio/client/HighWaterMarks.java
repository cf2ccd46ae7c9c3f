package dev.nescio.client;

import dev.nescio.client.DeviceMemory.Mark;
import dev.nescio.keys.DeviceList.LogHead;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.Limits;
import dev.nescio.protocol.Rotations;
import dev.nescio.protocol.SessionId;
import dev.nescio.sealing.v1.LogEntryHash;
import java.util.Optional;
import java.util.OptionalLong;

/// Compares what a server serves with the highest that this device has seen (spec, section 8.5).
final class HighWaterMarks {

    private final DeviceMemory memory;
    private final AccountId account;

    HighWaterMarks(DeviceMemory memory, AccountId account) {
        this.memory = memory;
        this.account = account;
    }

    /// What is noted in this work is kept once.
    void together(Runnable work) {
        memory.together(work);
    }

    void directory(Counted served, Bytes previous) {
        check(account.hex() + "/directory", served, previous);
    }

    /// Another device of the account has seen this directory, and said so under a seal of its own.
    void directorySeenElsewhere(long counter, Bytes hash) {
        String name = account.hex() + "/directory";
        Mark told = new Mark(counter, hash);
        if (memory.mark(name)
                .filter(known -> known.counter() == counter && !known.equals(told))
                .isPresent()) {
            throw new NescioException.Distrust(Finding.FORK);
        }
        memory.remember(name, told);
    }

    void devices(Counted served, Bytes previous) {
        check(devicesName(), served, previous);
    }

    /// The server has completed a rotation of ours (spec, section 10.13). The manifests are noted as they are read: one
    /// of before does not open any more.
    void rotated(Rotations.Complete rotation) {
        written(account.hex() + "/directory", rotation.directory());
        devicesWritten(rotation.devices());
        for (Domain domain : Domain.values()) {
            if (domain.holdsContainers()) {
                written(listName(domain), rotation.lists().of(domain));
            }
        }
    }

    private void written(String name, Counted written) {
        memory.remember(name, Mark.of(written));
    }

    /// The server has stored this list of ours.
    void devicesWritten(Counted written) {
        written(devicesName(), written);
    }

    /// Whether a list with this counter could follow on what this device has seen, if it opened.
    boolean isNewForDevices(long counter) {
        return memory.mark(devicesName())
                .filter(known -> known.counter() >= counter)
                .isEmpty();
    }

    /// The server says that there is no device list yet.
    void noDevices() {
        absent(devicesName());
    }

    private String devicesName() {
        return account.hex() + "/devices";
    }

    /// The newest entry of the account's log that this device has seen.
    Optional<Mark> log() {
        return memory.mark(logName());
    }

    /// The hour that the newest entry was of, where it is known.
    OptionalLong logHour() {
        return counter(logName() + "/hour");
    }

    void log(Mark newest, long hour) {
        memory.remember(logName(), newest);
        // Never newer than the mark, or what is honest would seem to go back in time.
        memory.remember(logName() + "/hour", new Mark(hour, newest.hash()));
    }

    /// The number of the newest one that a person has been shown here.
    OptionalLong logShown() {
        return counter(logName() + "/shown");
    }

    void logShown(long newest) {
        memory.remember(logName() + "/shown", new Mark(newest, LogEntryHash.NONE));
    }

    /// Up to which number a person has been told here of sessions that others have opened.
    OptionalLong logTold() {
        return counter(logName() + "/told");
    }

    void logTold(long newest) {
        memory.remember(logName() + "/told", new Mark(newest, LogEntryHash.NONE));
    }

    /// The number of the newest one that this device has told the others that it has seen.
    OptionalLong logShared() {
        return counter(logName() + "/shared");
    }

    void logShared(LogHead own) {
        memory.remember(logName() + "/shared", new Mark(own.number(), own.hash()));
    }

    /// Whether what another device says that it has seen was compared already. What follows on it was
    /// compared since with what followed.
    boolean isLogCompared(SessionId device, LogHead told) {
        return memory.mark(comparedName(device)).equals(Optional.of(new Mark(told.number(), told.hash())));
    }

    void logCompared(SessionId device, LogHead told) {
        memory.remember(comparedName(device), new Mark(told.number(), told.hash()));
    }

    private String comparedName(SessionId device) {
        return logName() + "/of/" + device.hex();
    }

    private OptionalLong counter(String name) {
        return memory.mark(name).stream().mapToLong(Mark::counter).findFirst();
    }

    private String logName() {
        return account.hex() + "/log";
    }

    void list(Domain domain, Counted served, Bytes previous) {
        check(listName(domain), served, previous);
    }

    /// The server says that the domain has no list yet.
    void noList(Domain domain) {
        absent(listName(domain));
    }

    private void absent(String name) {
        if (memory.mark(name).isPresent()) {
            throw new NescioException.Distrust(Finding.ROLLBACK);
        }
    }

    void manifest(ContainerId container, Counted served, Bytes previous) {
        check(manifestName(container), served, previous);
    }

    /// Whether a list that fails a check may have been written by somebody who has been cut off since. All else only
    /// the server can serve: what is older than, or another than, what this device has seen.
    boolean mayBeLeft(Finding finding, Domain domain, Counted list) {
        return mayBeLeft(finding, listName(domain), Mark.of(list));
    }

    /// As above, for a manifest.
    boolean mayBeLeft(Finding finding, ContainerId container, Mark manifest) {
        return mayBeLeft(finding, manifestName(container), manifest);
    }

    /// Whether this device has opened a manifest of this container.
    boolean isKnown(ContainerId container) {
        return memory.mark(manifestName(container)).isPresent();
    }

    private boolean mayBeLeft(Finding finding, String name, Mark served) {
        Optional<Mark> known = memory.mark(name);
        boolean newer = known.filter(mark -> mark.counter() >= served.counter()).isEmpty();
        boolean seen = known.equals(Optional.of(served));
        return served.counter() < Limits.MAX_NUMBER
                && switch (finding) {
                    // What this device has seen with this counter did open, and followed.
                    case REJECTED, FORK -> newer;
                    case INCOMPLETE -> newer || seen;
                    default -> false;
                };
    }

    private String manifestName(ContainerId container) {
        return account.hex() + "/manifest/" + container.hex();
    }

    private String listName(Domain domain) {
        return account.hex() + "/list/" + domain.text();
    }

    /// @param previous the hash that the opened value names as its predecessor's
    private void check(String name, Counted served, Bytes previous) {
        Mark given = Mark.of(served);
        Mark known = memory.mark(name).orElse(null);
        if (known != null) {
            if (given.counter() < known.counter()) {
                throw new NescioException.Distrust(Finding.ROLLBACK);
            }
            boolean sameCounter = given.counter() == known.counter();
            if (sameCounter && !given.hash().equals(known.hash())) {
                throw new NescioException.Distrust(Finding.FORK);
            }
            if (given.counter() == known.counter() + 1 && !previous.equals(known.hash())) {
                throw new NescioException.Distrust(Finding.FORK);
            }
        }
        memory.remember(name, given);
    }
}
