package dev.nescio.keys;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Limits;
import dev.nescio.protocol.SessionId;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.Sha256;
import java.util.List;
import java.util.Objects;

/// Which device of the account uses which session, sealed under the profile key, so that the server neither reads
/// the names nor adds a device unnoticed (spec, section 9.4).
///
/// @param counter 1 for the first list, one more with each change
/// @param previous SHA-256 of the list's envelope before this one, zeros for the first
public record DeviceList(long counter, Bytes previous, List<Entry> devices) {

    public static final int LONGEST_NAME = 64;
    public static final int LONGEST_KIND = 32;

    /// What a device says of itself.
    ///
    /// @param name what its owner calls it
    /// @param kind such as `cli`, `sdk` or `browser`
    /// @param since when it signed in, in milliseconds since 1970
    /// @param log how much of the account's log it has checked; null where it has not said so
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Entry(SessionId session, String name, String kind, long since, LogHead log) {

        public Entry {
            Objects.requireNonNull(session, "session");
            SealedJson.requireText(name, LONGEST_NAME);
            SealedJson.requireText(kind, LONGEST_KIND);
            requireTime(since);
        }
    }

    /// The newest entry of the account's log that a device has checked (spec, section 9.5). The
    /// server writes the log, so devices tell each other what they were shown of it.
    ///
    /// @param hash the entry's
    /// @param time the entry's hour, in milliseconds since 1970
    public record LogHead(long number, Bytes hash, long time) {

        public LogHead {
            if (number < 1 || number > Limits.MAX_NUMBER || hash.length() != Sha256.LENGTH) {
                throw new IllegalArgumentException("no number, or no hash, of an entry of a log");
            }
            requireTime(time);
        }
    }

    private static void requireTime(long time) {
        if (time < 0 || time > Limits.MAX_NUMBER) {
            throw new IllegalArgumentException("a time is 0 to " + Limits.MAX_NUMBER);
        }
    }

    public DeviceList {
        if (counter < 1 || counter > Limits.MAX_NUMBER) {
            throw new IllegalArgumentException("a counter is 1 to " + Limits.MAX_NUMBER);
        }
        if (previous.length() != Sha256.LENGTH) {
            throw new IllegalArgumentException("previous has " + Sha256.LENGTH + " octets");
        }
        devices = List.copyOf(devices);
        if (devices.stream().map(Entry::session).distinct().count() != devices.size()) {
            throw new IllegalArgumentException("a session has one device");
        }
    }

    public static DeviceList first(List<Entry> devices) {
        return new DeviceList(1, Predecessor.NONE, devices);
    }

    /// The list that follows on another, which may be one that does not open.
    ///
    /// @param counter the other's
    /// @param sealed its envelope
    public static DeviceList after(long counter, Bytes sealed, List<Entry> devices) {
        return new DeviceList(counter + 1, Bytes.copyOf(Sha256.of(sealed.toArray())), devices);
    }

    byte[] encode() {
        return SealedJson.encode(this);
    }

    static DeviceList decode(long counter, byte[] content) throws RejectedException {
        DeviceList list = SealedJson.decode(content, DeviceList.class);
        if (list.counter != counter || !Predecessor.fits(list.counter, list.previous)) {
            throw new RejectedException(RejectedException.Reason.MALFORMED);
        }
        return list;
    }

    @Override
    public String toString() {
        return "DeviceList[redacted]";
    }
}
