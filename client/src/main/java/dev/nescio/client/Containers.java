package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.keys.ContainerKey;
import dev.nescio.keys.ContainerList;
import dev.nescio.keys.DomainKey;
import dev.nescio.keys.Manifest;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Rotations;
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Versioned;
import dev.nescio.sealing.RejectedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;

/// The containers of one domain: their list, checked against its seal, and new ones (spec, sections 8.4 and
/// 10.5). What the four domains share; it knows nothing of what is inside. Safe for use by many threads.
final class Containers<K extends ContainerKey> implements AutoCloseable {

    private static final int TRIES = 10;

    private final ContainerApi api;
    private final HighWaterMarks marks;
    private final DomainKey<K> domainKey;
    private final RandomGenerator random;
    private final Map<ContainerId, Container<K>> opened = new HashMap<>();

    Containers(ContainerApi api, HighWaterMarks marks, DomainKey<K> domainKey, RandomGenerator random) {
        this.api = api;
        this.marks = marks;
        this.domainKey = domainKey;
        this.random = random;
    }

    /// The list as served and checked: `sealed` is null before the first container.
    private record Listing(Counted sealed, ContainerList list, List<Sync.Container> containers) {

        List<ContainerId> ids() {
            return containers.stream().map(Sync.Container::id).toList();
        }
    }

    /// All containers of the domain, in order of creation, known to be all of them.
    ///
    /// @throws NescioException.Distrust if one is missing, added or out of order, or the list is an older
    /// one
    List<Sync.Container> list() {
        return load().containers();
    }

    private Listing load() {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            Listing listing = fetch();
            if (listing != null) {
                return listing;
            }
        }
        throw new NescioException.Refused("unavailable", "The list of containers keeps changing. Try again.");
    }

    /// @return null if the list changed while its pages were fetched
    private Listing fetch() {
        List<Sync.Container> containers = new ArrayList<>();
        Sync.ContainerPage page = api.list(domainKey.domain(), 0);
        Counted sealed = page.list();
        containers.addAll(page.containers());
        ContainerList list = sealed == null ? null : open(sealed);
        long count = list == null ? 0 : list.containerCount();
        while (page.more()) {
            page = api.list(domainKey.domain(), containers.size());
            if (page.containers().isEmpty()) {
                throw new NescioException.Distrust(Finding.BAD_ANSWER);
            }
            if (!Objects.equals(page.list(), sealed)) {
                return null;
            }
            containers.addAll(page.containers());
            // Without this, pages without end would fill the memory.
            if (containers.size() > count) {
                throw new NescioException.Distrust(Finding.INCOMPLETE);
            }
        }
        return check(new Listing(sealed, list, containers));
    }

    private Listing check(Listing listing) {
        if (listing.sealed() == null) {
            marks.noList(domainKey.domain());
            if (!listing.containers().isEmpty()) {
                throw new NescioException.Distrust(Finding.INCOMPLETE);
            }
        } else if (!listing.list().covers(listing.ids())) {
            throw new NescioException.Distrust(Finding.INCOMPLETE);
        }
        return listing;
    }

    private ContainerList open(Counted sealed) {
        try {
            ContainerList list = domainKey.openList(sealed.counter(), sealed.sealed());
            marks.list(domainKey.domain(), sealed, list.previous());
            return list;
        } catch (RejectedException e) {
            throw new NescioException.Distrust(Finding.REJECTED);
        }
    }

    /// @throws RejectedException if its key was not sealed for it
    synchronized Container<K> open(Sync.Container served) throws RejectedException {
        requireOwnDomain(served);
        Container<K> known = opened.get(served.id());
        return known != null ? known : remember(unwrap(served));
    }

    private void requireOwnDomain(Sync.Container served) throws RejectedException {
        if (served.domain() != domainKey.domain()) {
            throw new RejectedException(RejectedException.Reason.DAMAGED);
        }
    }

    private K unwrap(Sync.Container served) throws RejectedException {
        return domainKey.unwrap(served.id(), served.wrappedKey(), served.earlierKeys());
    }

    /// Creates a container and waits until it is stored.
    Container<K> create(byte[] metadata) {
        ContainerId id = ContainerId.generate(random);
        K key = domainKey.generate(id, random);
        Bytes wrapped = domainKey.wrap(key, random);
        Versioned sealedMetadata = new Versioned(1, key.sealMetadata(1, metadata, random));
        Bytes manifest = key.seal(Manifest.first(sealedMetadata), random);
        for (int attempt = 0; attempt < TRIES; attempt++) {
            Listing before = load();
            if (before.ids().contains(id)) {
                return remember(key);
            }
            List<ContainerId> ids = new ArrayList<>(before.ids());
            ids.add(id);
            ContainerList next = before.sealed() == null
                    ? ContainerList.first(ids)
                    : before.list().next(before.sealed().sealed(), ids);
            Counted list = new Counted(next.counter(), domainKey.seal(next, random));
            try {
                api.create(
                        domainKey.domain(),
                        new Sync.NewContainer(id, wrapped, sealedMetadata.sealed(), manifest, list));
                marks.list(domainKey.domain(), list, next.previous());
                return remember(key);
            } catch (ProblemException e) {
                if (!e.is("list-conflict")) {
                    throw e.unexpected();
                }
            }
        }
        throw new NescioException.Refused("list-conflict", "Other devices keep changing the list. Try again.");
    }

    /// Seals the keys and manifests of all containers anew, for a rotation of the master key (spec,
    /// section 10.13).
    ///
    /// @param next the domain's fresh key
    /// @param staged what was sent before, by id; what has not changed since is not sent again
    /// @param send sends at most [Rotations#MOST_AT_ONCE] of them
    /// @return the list that follows on the stored one, under the fresh key
    /// @throws UnreadableException if one fails a check, or something in it does not open
    Counted rotate(DomainKey<K> next, Map<ContainerId, Rotations.Container> staged, Sending send)
            throws UnreadableException, ProblemException {
        Listing listing = load();
        List<Rotations.Container> unsent = new ArrayList<>();
        for (Sync.Container served : listing.containers()) {
            Rotations.Container known = staged.get(served.id());
            if (known == null || known.manifest().counter() != served.manifest().counter() + 1) {
                unsent.add(rotate(next, served));
            }
            if (unsent.size() == Rotations.MOST_AT_ONCE) {
                send(unsent, staged, send);
            }
        }
        if (!unsent.isEmpty()) {
            send(unsent, staged, send);
        }
        ContainerList list = listing.sealed() == null
                ? ContainerList.first(List.of())
                : listing.list().next(listing.sealed().sealed(), listing.ids());
        return new Counted(list.counter(), next.seal(list, random));
    }

    private static void send(
            List<Rotations.Container> unsent, Map<ContainerId, Rotations.Container> staged, Sending send)
            throws ProblemException {
        send.send(new Rotations.Stage(unsent));
        unsent.forEach(sent -> staged.put(sent.id(), sent));
        unsent.clear();
    }

    /// Not the one that is kept open: an account may hold more than fits into memory at once.
    private Rotations.Container rotate(DomainKey<K> next, Sync.Container served) throws UnreadableException {
        try {
            requireOwnDomain(served);
            try (Container<K> container = new Container<>(api, marks, random, unwrap(served))) {
                return container.rotate(next);
            }
        } catch (RejectedException | NescioException.Distrust e) {
            throw new UnreadableException(served.id(), e);
        }
    }

    interface Sending {
        void send(Rotations.Stage some) throws ProblemException;
    }

    /// A container fails a check.
    static final class UnreadableException extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient ContainerId container;

        private UnreadableException(ContainerId container, Exception cause) {
            super("a container cannot be read", cause);
            this.container = container;
        }

        ContainerId container() {
            return container;
        }
    }

    private synchronized Container<K> remember(K key) {
        Container<K> container = new Container<>(api, marks, random, key);
        opened.put(key.container(), container);
        return container;
    }

    @Override
    public synchronized void close() {
        opened.values().forEach(Container::close);
    }
}
