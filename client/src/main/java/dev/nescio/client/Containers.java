package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.client.DeviceMemory.Mark;
import dev.nescio.keys.ContainerKey;
import dev.nescio.keys.ContainerList;
import dev.nescio.keys.DomainKey;
import dev.nescio.keys.Manifest;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.Limits;
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

    /// A server must not fill the memory by a list whose count nobody has sealed (spec, section 10.13).
    private static final int MOST_UNCOUNTED = 100_000;

    /// What the keys of so many may take, in octets.
    private static final long MOST_UNCOUNTED_KEYS = 128L * 1024 * 1024;

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

    /// The list as served and checked: `sealed` is null before the first container, and `list` where it
    /// was not opened.
    private record Listing(Counted sealed, ContainerList list, List<Sync.Container> containers) {

        List<ContainerId> ids() {
            return containers.stream().map(Sync.Container::id).toList();
        }
    }

    /// What a rotation needs to know of a container before it fetches it; metadata and manifest are large.
    private record Rotating(ContainerId id, Domain domain, Bytes wrappedKey, Bytes earlierKeys, Mark manifest) {

        static Rotating of(Sync.Container served) {
            return new Rotating(
                    served.id(),
                    served.domain(),
                    served.wrappedKey(),
                    served.earlierKeys(),
                    Mark.of(served.manifest()));
        }

        int keyOctets() {
            return wrappedKey.length() + (earlierKeys == null ? 0 : earlierKeys.length());
        }
    }

    /// The list as a rotation takes it over.
    private record RotatingList(Counted sealed, List<Rotating> containers) {

        List<ContainerId> ids() {
            return containers.stream().map(Rotating::id).toList();
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

    /// To look at many: what is seen of them is kept once.
    void together(Runnable work) {
        marks.together(work);
    }

    /// @throws RejectedException if its key was not sealed for it
    synchronized Container<K> open(Sync.Container served) throws RejectedException {
        requireOwnDomain(served.domain());
        Container<K> known = opened.get(served.id());
        return known != null
                ? known
                : remember(domainKey.unwrap(served.id(), served.wrappedKey(), served.earlierKeys()));
    }

    private void requireOwnDomain(Domain domain) throws RejectedException {
        if (domain != domainKey.domain()) {
            throw new RejectedException(RejectedException.Reason.DAMAGED);
        }
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
    /// @param rotated takes them, and what fails a check or does not open
    /// @return the list that follows on the stored one, under the fresh key
    /// @throws TooManyKeysException if one cannot have another key
    /// @throws NescioException.Distrust if the list is older than, or another than, what this device has
    ///     seen, or a container that is left is
    Counted rotate(DomainKey<K> next, RotatedContainers rotated) throws ProblemException, TooManyKeysException {
        RotatingList listing = listForRotation(rotated);
        for (Rotating served : listing.containers()) {
            if (!rotated.sendAgain(served.id(), served.manifest().counter())) {
                rotate(next, served, rotated);
            }
        }
        rotated.flush();
        Counted sealed = listing.sealed();
        ContainerList list = sealed == null
                ? ContainerList.first(List.of())
                : ContainerList.after(sealed.counter(), sealed.sealed(), listing.ids());
        return new Counted(list.counter(), next.seal(list, random));
    }

    /// The containers, as the list says, or, where it fails a check, as the server does: a person decides whether these
    /// are to be all.
    private RotatingList listForRotation(RotatedContainers rotated) {
        try {
            Listing listing = load();
            return new RotatingList(
                    listing.sealed(),
                    listing.containers().stream().map(Rotating::of).toList());
        } catch (NescioException.Distrust e) {
            RotatingList served = listWithoutChecks();
            if (served.sealed() == null || !marks.mayBeLeft(e.finding(), domainKey.domain(), served.sealed())) {
                throw new NescioException.Distrust(
                        e.finding(),
                        "the list of " + domainKey.domain().text() + ", which can neither be rotated nor left");
            }
            MasterKeyRotation.UnreadableList unreadable = new MasterKeyRotation.UnreadableList(
                    domainKey.domain(), served.containers().size());
            if (!rotated.isLeft(unreadable)) {
                rotated.unreadable(unreadable);
            }
            return served;
        }
    }

    private RotatingList listWithoutChecks() {
        List<Rotating> containers = new ArrayList<>();
        long keyOctets = 0;
        Sync.ContainerPage page;
        do {
            page = api.list(domainKey.domain(), containers.size());
            List<Rotating> some = page.containers().stream().map(Rotating::of).toList();
            containers.addAll(some);
            keyOctets += some.stream().mapToLong(Rotating::keyOctets).sum();
            boolean endless = containers.size() > MOST_UNCOUNTED || keyOctets > MOST_UNCOUNTED_KEYS;
            if (endless || (page.more() && some.isEmpty())) {
                throw new NescioException.Distrust(Finding.BAD_ANSWER);
            }
        } while (page.more());
        RotatingList listing = new RotatingList(page.list(), containers);
        if (listing.ids().stream().distinct().count() != containers.size()) {
            throw new NescioException.Distrust(Finding.BAD_ANSWER);
        }
        return listing;
    }

    private void rotate(DomainKey<K> next, Rotating served, RotatedContainers rotated)
            throws ProblemException, TooManyKeysException {
        Rotations.Container container;
        try {
            container = rotate(next, served, rotated.isLeft(served.id()));
        } catch (RejectedException | NescioException.Distrust e) {
            if (rotated.isLeft(served.id())) {
                throw new NescioException.Distrust(
                        e instanceof NescioException.Distrust distrust ? distrust.finding() : Finding.REJECTED,
                        "the container " + served.id().hex() + ", which can neither be rotated nor left");
            }
            rotated.unreadable(served.id());
            return;
        }
        rotated.add(container);
    }

    /// Not the one that is kept open: an account may hold more than fits into memory at once.
    ///
    /// @param leave whether it is carried on though it fails a check or does not open
    private Rotations.Container rotate(DomainKey<K> next, Rotating served, boolean leave)
            throws RejectedException, TooManyKeysException {
        requireOwnDomain(served.domain());
        K key;
        try {
            key = domainKey.unwrap(served.id(), served.wrappedKey(), served.earlierKeys());
        } catch (RejectedException e) {
            // One that this device has read had a key, and nobody but the server has another one for it. Nor does
            // anybody but the server count up to the end.
            boolean ofTheServer =
                    marks.isKnown(served.id()) || served.manifest().counter() >= Limits.MAX_NUMBER;
            if (!leave || ofTheServer) {
                throw e;
            }
            // It opens for nobody, and so it does afterwards.
            try (Container<K> container =
                    new Container<>(api, marks, random, domainKey.generate(served.id(), random))) {
                return container.leave(next, served.manifest());
            }
        }
        try (Container<K> container = new Container<>(api, marks, random, key)) {
            return leave ? container.rotateAnyway(next, served.manifest()) : container.rotate(next);
        }
    }

    /// A container has as many earlier keys as it can have, and needs all of them.
    static final class TooManyKeysException extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient ContainerId container;

        TooManyKeysException(ContainerId container) {
            super("a container has too many keys");
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
