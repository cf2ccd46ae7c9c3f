package dev.nescio.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.client.DeviceMemory.Mark;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.Limits;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What a rotation may leave as it is, when the person says so, and what only a server can serve (spec, section
/// 10.13).
class HighWaterMarksTest {

    private static final long SEEN = 7;

    private final HighWaterMarks marks = new HighWaterMarks(DeviceMemory.inMemory(), new AccountId(octets(16, 1)));
    private final ContainerId container = new ContainerId(octets(16, 2));

    private static Bytes octets(int length, int value) {
        byte[] octets = new byte[length];
        Arrays.fill(octets, (byte) value);
        return Bytes.copyOf(octets);
    }

    private static Counted served(long counter, int envelope) {
        return new Counted(counter, octets(217, envelope));
    }

    /// For a list and for a manifest alike.
    ///
    /// @return the findings with which this may be left
    private Set<Finding> left(Counted served) {
        Set<Finding> lists = EnumSet.noneOf(Finding.class);
        Set<Finding> manifests = EnumSet.noneOf(Finding.class);
        for (Finding finding : Finding.values()) {
            if (marks.mayBeLeft(finding, Domain.CHATS, served)) {
                lists.add(finding);
            }
            if (marks.mayBeLeft(finding, container, Mark.of(served))) {
                manifests.add(finding);
            }
        }
        assertEquals(lists, manifests);
        return lists;
    }

    private void see(Counted served) {
        marks.list(Domain.CHATS, served, octets(32, 0));
        marks.manifest(container, served, octets(32, 0));
    }

    @Test
    void whatIsNewMayBeLeft() {
        Set<Finding> all = Set.of(Finding.REJECTED, Finding.FORK, Finding.INCOMPLETE);
        assertEquals(all, left(served(SEEN, 3)), "nothing was seen");
        see(served(SEEN, 3));
        assertEquals(all, left(served(SEEN + 1, 3)));
    }

    /// It did open here, and followed: if it does not any more, or forks, that is the server's doing.
    @Test
    void whatWasSeenMayBeLeftOnlyWhereWhatItDescribesIsIncomplete() {
        see(served(SEEN, 3));
        assertEquals(Set.of(Finding.INCOMPLETE), left(served(SEEN, 3)));
    }

    @Test
    void anotherEnvelopeWithTheSameCounterIsNeverLeft() {
        see(served(SEEN, 3));
        assertEquals(Set.of(), left(served(SEEN, 4)));
    }

    @Test
    void whatIsOlderIsNeverLeft() {
        see(served(SEEN, 3));
        assertEquals(Set.of(), left(served(SEEN - 1, 3)));
    }

    @Test
    void whatNoCounterCanFollowIsNeverLeft() {
        assertEquals(Set.of(), left(served(Limits.MAX_NUMBER, 3)));
    }
}
