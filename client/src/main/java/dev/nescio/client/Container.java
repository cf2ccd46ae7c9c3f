package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.client.DeviceMemory.Mark;
import dev.nescio.keys.ContainerKey;
import dev.nescio.keys.DomainKey;
import dev.nescio.keys.Manifest;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Limits;
import dev.nescio.protocol.Rotations;
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Versioned;
import dev.nescio.sealing.RejectedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// One container as this device holds it: its items, still sealed, checked against the manifest after each
/// load (spec, sections 8.3, 8.5 and 10.5). Safe for use by many threads.
final class Container<K extends ContainerKey> implements AutoCloseable {

    private static final int TRIES = 20;

    private final ContainerApi api;
    private final HighWaterMarks marks;
    private final RandomGenerator random;
    private final K key;

    private Map<ItemId, Sync.Item> items = new LinkedHashMap<>();
    private Versioned sealedMetadata;
    private byte[] metadata;
    private Counted sealedManifest;
    private Manifest manifest;
    private long cursor;

    Container(ContainerApi api, HighWaterMarks marks, RandomGenerator random, K key) {
        this.api = api;
        this.marks = marks;
        this.random = random;
        this.key = key;
    }

    K key() {
        return key;
    }

    /// Checks what a list says of this container, which is all but its items (spec, section 8.5).
    ///
    /// @return its metadata, opened
    synchronized byte[] openListed(Sync.Container served) throws RejectedException {
        Manifest listed = open(served);
        if (!listed.describes(served.metadata())) {
            throw new NescioException.Distrust(Finding.INCOMPLETE);
        }
        if (manifest != null && manifest.counter() < listed.counter()) {
            manifest = null;
        }
        return openMetadata(served);
    }

    /// As of the last load.
    synchronized byte[] metadata() {
        return metadata;
    }

    /// Fetches what changed since the last load and checks the whole.
    ///
    /// @return what is wrong with the server's answer, if anything; the items are kept for reading then,
    ///     and nothing is written on top of them
    synchronized Optional<Finding> load() {
        Map<ItemId, Sync.Item> fetched = new LinkedHashMap<>(cursor == 0 ? Map.of() : items);
        Optional<Finding> finding = Optional.empty();
        try {
            cursor = fetch(fetched);
        } catch (NescioException.Distrust e) {
            // What was fetched may be false. The next load starts over and may find the server mended.
            cursor = 0;
            manifest = null;
            finding = Optional.of(e.finding());
        }
        // Not before: an answer that breaks off must not leave what was never checked beside the manifest.
        items = fetched;
        return finding;
    }

    /// In order of position.
    synchronized List<Sync.Item> items() {
        return ordered(items);
    }

    private static List<Sync.Item> ordered(Map<ItemId, Sync.Item> items) {
        TreeMap<Long, Sync.Item> ordered = new TreeMap<>();
        items.values().forEach(item -> ordered.put(item.position(), item));
        return List.copyOf(ordered.values());
    }

    /// What was fetched: the container as in the last page, its manifest, and the new cursor.
    private record Pages(Sync.Container container, Manifest manifest, long reached) {}

    /// Fetches page by page into `fetched`, then checks the whole and takes the manifest over.
    ///
    /// @return the new cursor
    private long fetch(Map<ItemId, Sync.Item> fetched) {
        Pages pages = fetchPages(cursor, fetched);
        check(pages, fetched);
        return pages.reached();
    }

    private Pages fetchPages(long from, Map<ItemId, Sync.Item> fetched) {
        long reached = from;
        Sync.ContainerContent page;
        Manifest opened;
        do {
            page = api.content(key.container(), reached);
            if (!page.container().id().equals(key.container())
                    || page.container().domain() != key.domain()
                    || (page.more() && page.items().isEmpty())) {
                throw new NescioException.Distrust(Finding.BAD_ANSWER);
            }
            // First, so that an older state is named as one and not as an incomplete one.
            opened = openOrDistrust(page.container());
            page.items().forEach(item -> fetched.put(item.id(), item));
            if (!page.items().isEmpty()) {
                long last = page.items().getLast().sequence();
                if (last <= reached) {
                    throw new NescioException.Distrust(Finding.BAD_ANSWER);
                }
                reached = last;
            }
            // Without this, pages without end would fill the memory.
            if (page.more() && fetched.size() > opened.itemCount()) {
                throw new NescioException.Distrust(Finding.INCOMPLETE);
            }
        } while (page.more());
        return new Pages(page.container(), opened, reached);
    }

    private Manifest openOrDistrust(Sync.Container served) {
        try {
            return open(served);
        } catch (RejectedException e) {
            throw new NescioException.Distrust(Finding.REJECTED);
        }
    }

    /// What opens counts as seen, whatever fails afterwards.
    private Manifest open(Sync.Container served) throws RejectedException {
        Counted given = served.manifest();
        Manifest opened = key.openManifest(given.counter(), given.sealed());
        marks.manifest(key.container(), given, opened.previous());
        return opened;
    }

    private byte[] openMetadata(Sync.Container served) throws RejectedException {
        return key.openMetadata(served.metadata().version(), served.metadata().sealed());
    }

    private static void requireCovered(Pages pages, Map<ItemId, Sync.Item> fetched) {
        if (!pages.manifest().covers(entries(fetched), pages.container().metadata())) {
            throw new NescioException.Distrust(Finding.INCOMPLETE);
        }
    }

    private void check(Pages pages, Map<ItemId, Sync.Item> fetched) {
        requireCovered(pages, fetched);
        Sync.Container served = pages.container();
        try {
            metadata = openMetadata(served);
            sealedMetadata = served.metadata();
            sealedManifest = served.manifest();
            manifest = pages.manifest();
        } catch (RejectedException e) {
            throw new NescioException.Distrust(Finding.REJECTED);
        }
    }

    /// @throws NescioException.Distrust unless the positions are 0, 1, 2, …
    private static List<Manifest.Entry> entries(Map<ItemId, Sync.Item> items) {
        List<Sync.Item> ordered = ordered(items);
        List<Manifest.Entry> entries = new ArrayList<>(ordered.size());
        for (Sync.Item item : ordered) {
            if (item.position() != entries.size()) {
                throw new NescioException.Distrust(Finding.INCOMPLETE);
            }
            entries.add(Manifest.Entry.of(item.id(), item.version(), item.sealed()));
        }
        if (entries.size() != items.size()) {
            throw new NescioException.Distrust(Finding.INCOMPLETE);
        }
        return entries;
    }

    /// Adds an item at the end and waits until it is stored. Where another device was faster, only the
    /// manifest is sealed again; the item stays as it was sealed, so it is stored once however often this
    /// is tried.
    ///
    /// @param checkMetadata refuses by an exception to write under the metadata as loaded
    /// @throws IllegalArgumentException if the content is too long
    synchronized Sync.Item append(ItemId id, byte[] content, Consumer<byte[]> checkMetadata) {
        Bytes sealed = key.sealItem(id, 1, content, random);
        if (sealed.length() > Limits.ITEM) {
            throw new IllegalArgumentException("This is too long: at most " + Limits.ITEM / 1024 + " KiB when sealed.");
        }
        for (int attempt = 0; attempt < TRIES; attempt++) {
            if (manifest == null || attempt > 0) {
                load().ifPresent(finding -> {
                    throw new NescioException.Distrust(finding);
                });
            }
            checkMetadata.accept(metadata);
            Sync.Item stored = items.get(id);
            if (stored != null && stored.sealed().equals(sealed)) {
                return stored;
            }
            try {
                return commit(new Sync.ItemWrite(id, 1, sealed));
            } catch (ProblemException e) {
                if (!e.is("manifest-conflict")) {
                    throw e.unexpected();
                }
            }
        }
        throw new NescioException.Refused("manifest-conflict", "Other devices keep writing here. Try again.");
    }

    private Sync.Item commit(Sync.ItemWrite write) throws ProblemException {
        List<Manifest.Entry> entries = entries(items);
        entries.add(Manifest.Entry.of(write.id(), write.version(), write.sealed()));
        Manifest next = manifest.next(sealedManifest.sealed(), entries, sealedMetadata);
        Counted sealedNext = new Counted(next.counter(), key.seal(next, random));
        Sync.Committed committed = api.commit(key.container(), new Sync.Commit(sealedNext, List.of(write), null));
        marks.manifest(key.container(), sealedNext, next.previous());
        Sync.Item item =
                new Sync.Item(write.id(), entries.size() - 1, write.version(), committed.sequence(), write.sealed());
        items.put(item.id(), item);
        manifest = next;
        sealedManifest = sealedNext;
        cursor = Math.max(cursor, committed.sequence());
        return item;
    }

    /// Loads it, opens all of it, and seals its key and its manifest anew (spec, section 10.13). Nothing
    /// is sent.
    ///
    /// @param next the fresh key of its domain
    /// @throws RejectedException if something in it does not open
    /// @throws NescioException.Distrust if it fails a check
    synchronized Rotations.Container rotate(DomainKey<K> next)
            throws RejectedException, Containers.TooManyKeysException {
        Map<ItemId, Sync.Item> all = new LinkedHashMap<>();
        Pages pages = fetchCovered(all);
        openMetadata(pages.container());
        List<Bytes> envelopes =
                new ArrayList<>(List.of(pages.container().metadata().sealed()));
        for (Sync.Item item : all.values()) {
            key.openItem(item.id(), item.version(), item.sealed());
            envelopes.add(item.sealed());
        }
        try (K needed = next.withoutUnneeded(key, envelopes)) {
            return renewed(next, needed, after(pages, all));
        }
    }

    /// The same where a check fails or something does not open. What its manifest covers is carried on as it
    /// was sealed, and all its keys are; where its manifest does not do so, it will open no more than now.
    ///
    /// @param served its manifest, as listed
    /// @throws NescioException.Distrust if what fails the check can be by the server alone
    synchronized Rotations.Container rotateAnyway(DomainKey<K> next, Mark served)
            throws Containers.TooManyKeysException {
        Map<ItemId, Sync.Item> all = new LinkedHashMap<>();
        Pages pages;
        try {
            pages = fetchCovered(all);
        } catch (NescioException.Distrust e) {
            if (!marks.mayBeLeft(e.finding(), key.container(), served)) {
                throw e;
            }
            return leave(next, served);
        }
        return renewed(next, key, after(pages, all));
    }

    /// Carries its keys on, with a manifest that opens for nobody.
    ///
    /// @param served its manifest, as listed
    synchronized Rotations.Container leave(DomainKey<K> next, Mark served) throws Containers.TooManyKeysException {
        Bytes nothing = served.hash();
        Manifest after = new Manifest(served.counter() + 1, 0, nothing, nothing, 1, nothing);
        try (K nobodys = next.generate(key.container(), random)) {
            Rotations.Container left = renewed(next, key, after);
            return new Rotations.Container(
                    left.id(),
                    left.wrappedKey(),
                    left.earlierKeys(),
                    new Counted(after.counter(), nobodys.seal(after, random)));
        }
    }

    private Pages fetchCovered(Map<ItemId, Sync.Item> all) {
        Pages pages = fetchPages(0, all);
        requireCovered(pages, all);
        return pages;
    }

    private static Manifest after(Pages pages, Map<ItemId, Sync.Item> all) {
        Sync.Container served = pages.container();
        return pages.manifest().next(served.manifest().sealed(), entries(all), served.metadata());
    }

    /// @param present its key, with the earlier ones that it is to keep
    private Rotations.Container renewed(DomainKey<K> next, K present, Manifest after)
            throws Containers.TooManyKeysException {
        if (!present.isRenewable()) {
            throw new Containers.TooManyKeysException(key.container());
        }
        try (K fresh = next.renew(present, random)) {
            return new Rotations.Container(
                    key.container(),
                    next.wrap(fresh, random),
                    fresh.sealEarlierKeys(random),
                    new Counted(after.counter(), fresh.seal(after, random)));
        }
    }

    @Override
    public void close() {
        key.close();
    }
}
