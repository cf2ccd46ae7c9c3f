package dev.nescio.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Versioned;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.Sha256;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/// H8: the server drops, replays, reorders or rolls back what a container or a domain holds.
class ManifestTest {

    private static final Bytes ENVELOPE = envelope(1);
    private static final Versioned METADATA = new Versioned(1, ENVELOPE);

    private static Bytes envelope(int fill) {
        byte[] octets = new byte[137];
        java.util.Arrays.fill(octets, (byte) fill);
        return Bytes.copyOf(octets);
    }

    private static ItemId item(int number) {
        return new ItemId(id(number));
    }

    private static Bytes id(int number) {
        return Bytes.copyOf(ByteBuffer.allocate(16).putInt(number).array());
    }

    private static List<Manifest.Entry> entries(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Manifest.Entry.of(item(i), i + 1, ENVELOPE))
                .toList();
    }

    private static Manifest manifest(List<Manifest.Entry> entries) {
        return Manifest.first(METADATA).next(ENVELOPE, entries, METADATA);
    }

    @Property(tries = 100)
    void anyOtherListOfItemsIsNotCovered(
            @ForAll @IntRange(min = 1, max = 300) int count, @ForAll @IntRange(max = 10_000) int number) {
        List<Manifest.Entry> sound = entries(count);
        Manifest manifest = manifest(sound);
        assertTrue(manifest.covers(sound, METADATA));

        int at = number % count;
        int other = (at + 1 + number % Math.max(1, count - 1)) % count;
        Manifest.Entry entry = sound.get(at);
        List<Manifest.Entry> dropped = new ArrayList<>(sound);
        dropped.remove(at);
        assertFalse(manifest.covers(dropped, METADATA), "dropped");
        List<Manifest.Entry> twice = new ArrayList<>(sound);
        twice.add(at, entry);
        assertFalse(manifest.covers(twice, METADATA), "twice");
        assertFalse(manifest(twice).covers(twice, METADATA), "twice, as another device sealed it");
        List<Manifest.Entry> invented = new ArrayList<>(sound);
        invented.add(Manifest.Entry.of(item(count), 1, ENVELOPE));
        assertFalse(manifest.covers(invented, METADATA), "invented");
        if (at != other) {
            List<Manifest.Entry> reordered = new ArrayList<>(sound);
            Collections.swap(reordered, at, other);
            assertFalse(manifest.covers(reordered, METADATA), "reordered");
        }
        for (Manifest.Entry changed : List.of(
                new Manifest.Entry(item(count), entry.version(), entry.hash()),
                new Manifest.Entry(entry.id(), entry.version() + 1, entry.hash()),
                new Manifest.Entry(entry.id(), entry.version() - 1, entry.hash()),
                Manifest.Entry.of(entry.id(), entry.version(), envelope(2)))) {
            List<Manifest.Entry> replaced = new ArrayList<>(sound);
            replaced.set(at, changed);
            assertFalse(manifest.covers(replaced, METADATA), "replaced");
        }
    }

    @Test
    void otherMetadataIsNotCovered() {
        Manifest manifest = Manifest.first(METADATA);
        assertTrue(manifest.covers(List.of(), METADATA));
        assertFalse(manifest.covers(List.of(), new Versioned(2, ENVELOPE)));
        assertFalse(manifest.covers(List.of(), new Versioned(1, envelope(2))));
    }

    @Test
    void eachManifestNamesTheOneBefore() {
        Manifest first = Manifest.first(METADATA);
        assertEquals(1, first.counter());
        assertEquals(Bytes.copyOf(new byte[32]), first.previous());
        Manifest second = first.next(ENVELOPE, List.of(), METADATA);
        assertEquals(2, second.counter());
        assertEquals(Bytes.copyOf(Sha256.of(ENVELOPE.toArray())), second.previous());
    }

    @Property
    void encodesAndDecodes(
            @ForAll @IntRange(min = 1) int counter,
            @ForAll @IntRange int itemCount,
            @ForAll @IntRange(min = 1) int version,
            @ForAll @Size(32) byte[] hash)
            throws RejectedException {
        Bytes some = Bytes.copyOf(hash);
        Bytes before = counter == 1 ? Predecessor.NONE : some;
        Manifest manifest = new Manifest(counter, itemCount, before, ENVELOPE_HASH, version, some);
        assertEquals(121, manifest.encode().length);
        assertEquals(manifest, Manifest.decode(counter, manifest.encode()));
        ContainerList list = new ContainerList(counter, itemCount, before, ENVELOPE_HASH);
        assertEquals(81, list.encode().length);
        assertEquals(list, ContainerList.decode(counter, list.encode()));
    }

    private static final Bytes ENVELOPE_HASH = Bytes.copyOf(Sha256.of(ENVELOPE.toArray()));

    @Property
    void arbitraryOctetsAreDecodedToThemselvesOrRejected(
            @ForAll @Size(min = 120, max = 122) byte[] octets, @ForAll boolean ofVersionOne) {
        if (ofVersionOne) {
            octets[0] = 1;
        }
        long counter = ByteBuffer.wrap(octets).getLong(1);
        try {
            assertEquals(
                    Bytes.copyOf(octets),
                    Bytes.copyOf(Manifest.decode(counter, octets).encode()));
            assertEquals(121, octets.length);
        } catch (RejectedException e) {
            assertThrows(RejectedException.class, () -> Manifest.decode(counter, octets));
        }
    }

    @Property(tries = 100)
    void anyOtherListOfContainersIsNotCovered(
            @ForAll @IntRange(min = 2, max = 300) int count, @ForAll @IntRange(max = 10_000) int number) {
        List<ContainerId> sound = containers(count);
        ContainerList list = ContainerList.first(sound);
        assertTrue(list.covers(sound));
        int at = number % (count - 1);
        List<ContainerId> dropped = new ArrayList<>(sound);
        dropped.remove(at);
        assertFalse(list.covers(dropped));
        List<ContainerId> twice = new ArrayList<>(sound);
        twice.add(at, sound.get(at));
        assertFalse(list.covers(twice));
        assertFalse(ContainerList.first(twice).covers(twice), "twice, as another device sealed it");
        List<ContainerId> invented = new ArrayList<>(sound);
        invented.add(at, new ContainerId(id(count)));
        assertFalse(list.covers(invented));
        List<ContainerId> replaced = new ArrayList<>(sound);
        replaced.set(at, new ContainerId(id(count)));
        assertFalse(list.covers(replaced));
        List<ContainerId> reordered = new ArrayList<>(sound);
        Collections.swap(reordered, at, at + 1);
        assertFalse(list.covers(reordered));
        ContainerList next = list.next(ENVELOPE, dropped);
        assertEquals(2, next.counter());
        assertEquals(ENVELOPE_HASH, next.previous());
        assertTrue(next.covers(dropped));
    }

    private static List<ContainerId> containers(int count) {
        return IntStream.range(0, count).mapToObj(i -> new ContainerId(id(i))).toList();
    }

    /// By the definition of RFC 9162 word for word, and a tree of its own.
    @Property(tries = 60)
    void rootIsThatOfTheRfc(@ForAll @IntRange(max = 700) int count) {
        List<byte[]> entries =
                entries(count).stream().map(Manifest.Entry::encode).toList();
        List<byte[]> level = new ArrayList<>();
        for (int from = 0; from < count; from += 64) {
            ByteBuffer page =
                    ByteBuffer.allocate(1 + 57 * Math.min(64, count - from)).put((byte) 0);
            entries.subList(from, Math.min(count, from + 64)).forEach(page::put);
            level.add(Sha256.of(page.array()));
        }
        // Bottom up: pairs are joined, and an odd one out moves up as it is.
        while (level.size() > 1) {
            List<byte[]> above = new ArrayList<>();
            for (int i = 0; i < level.size(); i += 2) {
                above.add(
                        i + 1 == level.size()
                                ? level.get(i)
                                : Sha256.of(new byte[] {1}, level.get(i), level.get(i + 1)));
            }
            level = above;
        }
        byte[] root = level.isEmpty() ? Sha256.of() : level.getFirst();
        assertEquals(Bytes.copyOf(root), Merkle.root(entries));
    }
}
