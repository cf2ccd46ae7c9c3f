package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.keys.DeviceList;
import dev.nescio.keys.DeviceList.LogHead;
import dev.nescio.keys.ProfileKey;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Devices;
import dev.nescio.protocol.Limits;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SlotId;
import dev.nescio.sealing.RejectedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The account's sessions, compared with what its devices say of themselves (spec, sections 9.4 and 10.10).
final class SessionList {

    private static final int TRIES = 5;

    /// Spec, section 9.4.
    private static final int MOST_UNLISTED = 64;

    private final Api api;
    private final Token token;
    private final SessionId own;
    private final HighWaterMarks marks;
    private final LogChain log;
    private final ProfileKey key;
    private final RandomGenerator random;
    private final Supplier<List<AccessKeyEntry>> accessKeys;
    private final Set<SessionId> ended = ConcurrentHashMap.newKeySet();

    /// @param accessKeys those that the checked directory lists; asked for only where the server names
    /// one
    SessionList(
            Api api,
            Token token,
            SessionId own,
            HighWaterMarks marks,
            LogChain log,
            ProfileKey key,
            RandomGenerator random,
            Supplier<List<AccessKeyEntry>> accessKeys) {
        this.api = api;
        this.token = token;
        this.own = own;
        this.marks = marks;
        this.log = log;
        this.key = key;
        this.random = random;
        this.accessKeys = accessKeys;
    }

    SessionReading read() {
        try {
            return load().reading();
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    /// Loads what the devices say of the log, for the log to be compared with.
    ///
    /// @return whether it is the whole list that they have sealed last, as far as this device can tell
    boolean hear() {
        try {
            return load().finding().isEmpty();
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    /// Adds this device, or gives it another name. Devices whose sessions the server does not list stay: a person is to
    /// learn of them first.
    ///
    /// @return what is wrong with the list that is there; then it stays, so that a person learns of it
    Optional<Finding> announce(ThisDevice device) {
        DeviceList.Entry entry = entry(device);
        return change(
                false,
                loaded -> Stream.concat(
                                loaded.kept().filter(other -> !other.session().equals(own)), Stream.of(entry))
                        .toList());
    }

    /// What is seen of the log comes to it when it is written.
    private DeviceList.Entry entry(ThisDevice device) {
        return new DeviceList.Entry(
                own, device.name(), device.kind(), Instant.now().toEpochMilli(), null);
    }

    /// Tells the other devices how much of the account's log this one has checked. Whatever else is
    /// written says so, too.
    void shareLog(ThisDevice device) {
        tidy(() -> change(false, loaded -> loaded.withOwn(entry(device))));
    }

    /// After the list was loaded: the log is compared with what that says of it.
    private List<DeviceList.Entry> withLog(List<DeviceList.Entry> devices) {
        return devices.stream()
                .map(device -> device.session().equals(own) ? withLog(device) : device)
                .toList();
    }

    private DeviceList.Entry withLog(DeviceList.Entry device) {
        LogHead head = log.head();
        return head == null
                ? device
                : new DeviceList.Entry(device.session(), device.name(), device.kind(), device.since(), head);
    }

    /// What has come to the account's log, by the names that the devices have given themselves.
    SignInNews news() {
        try {
            Loaded loaded = load();
            LogChain.News news = log.news();
            return new SignInNews(
                    news.finding(), news.opened().stream().map(loaded::signIn).toList(), news.newest());
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    /// A person has been shown this: what was hidden is told no more, and a list that does not open is begun anew, with
    /// this device alone.
    void acknowledge(ThisDevice device, SessionReading shown) {
        boolean tampered = shown instanceof SessionReading.Tampered;
        tidy(() -> change(
                tampered,
                loaded -> loaded.withOwn(entry(device)).stream()
                        .filter(other -> loaded.isListed(other.session())
                                || !shown.entries().contains(hidden(other)))
                        .toList()));
    }

    /// Takes this device off the list, before its session ends.
    void leave() {
        change(
                false,
                loaded -> loaded.devices().stream()
                        .filter(device -> !device.session().equals(own))
                        .toList());
    }

    /// The list that a rotation of the master key leaves: of this device alone, under another key (spec,
    /// section 10.13).
    ///
    /// @throws NescioException.Distrust if nothing may follow on the list that is there
    Counted alone(ProfileKey next, ThisDevice device) throws ProblemException {
        Loaded loaded = load();
        // All others end with it, so that a list that was forked has nothing to leave out.
        boolean forked = loaded.finding().equals(Optional.of(Finding.FORK));
        if (!forked && !loaded.canBeFollowed(true)) {
            throw new NescioException.Distrust(loaded.finding().orElseThrow());
        }
        DeviceList list = loaded.next(loaded.withOwn(withLog(entry(device))).stream()
                .filter(other -> other.session().equals(own))
                .toList());
        return new Counted(list.counter(), next.seal(list, random));
    }

    /// @return whether there was such a session
    boolean end(SessionId session) {
        try {
            api.delete("/v1/sessions/" + session.hex(), token);
        } catch (ProblemException e) {
            if (e.is("not-found")) {
                return false;
            }
            throw e.unexpected();
        }
        ended.add(session);
        tidy(() -> change(
                false,
                loaded -> loaded.devices().stream()
                        .filter(device -> !ended.contains(device.session()))
                        .toList()));
        return true;
    }

    /// Ends first, whatever the list is like: a thief may have written it.
    ///
    /// @return what was wrong with the list. One that does not open has been begun anew
    Optional<Finding> endOthers(ThisDevice device) {
        end(Devices.Which.OTHERS);
        return dropOthers(device, true);
    }

    /// All other sessions have ended by something else that this device has done.
    void othersHaveEnded(ThisDevice device) {
        dropOthers(device, false);
    }

    /// All others have ended as this session was opened, because the person wanted it.
    ///
    /// @return what was wrong with the list. One that does not open has been begun anew
    Optional<Finding> beginAlone(ThisDevice device) {
        return dropOthers(device, true);
    }

    /// The person knows why the others are no more. Who has signed in since stays.
    private Optional<Finding> dropOthers(ThisDevice device, boolean anew) {
        return tidy(() -> change(anew, loaded -> {
            loaded.unlisted().map(DeviceList.Entry::session).forEach(ended::add);
            return loaded.withOwn(entry(device)).stream()
                    .filter(other -> loaded.isListed(other.session()))
                    .toList();
        }));
    }

    void endAll() {
        end(Devices.Which.ALL);
    }

    private void end(Devices.Which which) {
        try {
            api.post("/v1/sessions/end", token, new Devices.End(which), null);
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    /// What was to be done is done, whether or not the list can be tidied now: somebody else will do it.
    private static Optional<Finding> tidy(Supplier<Optional<Finding>> change) {
        try {
            return change.get();
        } catch (NescioException.Unreachable | NescioException.Refused | NescioException.TooManyRequests e) {
            return Optional.empty();
        }
    }

    /// Puts the list that follows on the stored one, unless it says the same, or is not one to follow on.
    ///
    /// @param anew whether one may follow on a list that does not open
    /// @return what is wrong with the stored one
    private Optional<Finding> change(boolean anew, Function<Loaded, List<DeviceList.Entry>> change) {
        try {
            for (int attempt = 1; ; attempt++) {
                Loaded loaded = load();
                List<DeviceList.Entry> devices = withLog(change.apply(loaded));
                boolean same = loaded.finding().isEmpty() && devices.equals(loaded.devices());
                if (same || !loaded.canBeFollowed(anew)) {
                    if (same) {
                        noteShared(devices);
                    }
                    return loaded.finding();
                }
                DeviceList next = loaded.next(devices);
                Bytes sealed = key.seal(next, random);
                if (sealed.length() > Limits.ENVELOPE) {
                    throw new NescioException.Refused(
                            "too-large", "There are too many sessions to name them all. End those that are not used.");
                }
                Counted put = new Counted(next.counter(), sealed);
                try {
                    api.putRepeatedly("/v1/devices", token, put);
                    marks.devicesWritten(put);
                    noteShared(devices);
                    return loaded.finding();
                } catch (ProblemException e) {
                    if (!e.is("devices-conflict") || attempt == TRIES) {
                        throw e;
                    }
                }
            }
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    private void noteShared(List<DeviceList.Entry> devices) {
        devices.stream()
                .filter(device -> device.session().equals(own) && device.log() != null)
                .forEach(device -> log.shared(device.log()));
    }

    private Loaded load() throws ProblemException {
        Devices.Sessions served = api.get("/v1/sessions", token, Devices.Sessions.class);
        Loaded loaded = open(served.sessions(), served.devices());
        // What has ended does not come back, and whoever asks is there.
        if (!loaded.isListed(own) || ended.stream().anyMatch(loaded::isListed)) {
            throw new NescioException.Distrust(Finding.SESSIONS_CHANGED);
        }
        log.told(loaded.devices());
        return loaded;
    }

    private Loaded open(List<Devices.Session> sessions, Counted served) {
        Optional<Counted> sealed = Optional.ofNullable(served);
        Optional<DeviceList> list = Optional.empty();
        try {
            if (served == null) {
                marks.noDevices();
            } else {
                DeviceList opened = key.openDevices(served.counter(), served.sealed());
                list = Optional.of(opened);
                marks.devices(served, opened.previous());
            }
            return new Loaded(sessions, sealed, list, Optional.empty());
        } catch (RejectedException e) {
            return new Loaded(sessions, sealed, list, Optional.of(Finding.REJECTED));
        } catch (NescioException.Distrust e) {
            return new Loaded(sessions, sealed, list, Optional.of(e.finding()));
        }
    }

    private static SessionEntry.Hidden hidden(DeviceList.Entry device) {
        return new SessionEntry.Hidden(
                device.session(), device.name(), device.kind(), Instant.ofEpochMilli(device.since()));
    }

    /// The access keys of the checked directory by their slots, or what is wrong with it.
    private record ListedKeys(Map<SlotId, AccessKeyEntry> bySlot, Optional<Finding> finding) {}

    private final class Loaded {

        private final List<Devices.Session> sessions;
        private final Optional<Counted> sealed;
        private final Optional<DeviceList> opened;
        private final Optional<Finding> finding;

        private Loaded(
                List<Devices.Session> sessions,
                Optional<Counted> sealed,
                Optional<DeviceList> opened,
                Optional<Finding> finding) {
            this.sessions = sessions;
            this.sealed = sealed;
            this.opened = opened;
            this.finding = finding;
        }

        /// What is wrong with the devices' list.
        Optional<Finding> finding() {
            return finding;
        }

        List<DeviceList.Entry> devices() {
            return opened.map(DeviceList::devices).orElse(List.of());
        }

        /// The devices whose sessions the server does not list.
        Stream<DeviceList.Entry> unlisted() {
            return devices().stream().filter(device -> !isListed(device.session()));
        }

        /// The devices, but of those whose sessions the server does not list only the newest: a list has an end.
        Stream<DeviceList.Entry> kept() {
            Set<SessionId> old = unlisted()
                    .sorted(Comparator.comparingLong(DeviceList.Entry::since).reversed())
                    .skip(MOST_UNLISTED)
                    .map(DeviceList.Entry::session)
                    .collect(Collectors.toSet());
            return devices().stream().filter(device -> !old.contains(device.session()));
        }

        /// The devices, and this one if it is not among them.
        List<DeviceList.Entry> withOwn(DeviceList.Entry entry) {
            boolean named =
                    devices().stream().anyMatch(device -> device.session().equals(own));
            return named
                    ? devices()
                    : Stream.concat(devices().stream(), Stream.of(entry)).toList();
        }

        SignInNews.SignIn signIn(LogEvent event) {
            SessionId session = event.other().or(event::session).orElseThrow();
            Optional<DeviceList.Entry> device = devices().stream()
                    .filter(entry -> entry.session().equals(session))
                    .findFirst();
            return new SignInNews.SignIn(
                    session,
                    event.time(),
                    device.map(entry -> new SignInNews.Device(entry.name(), entry.kind())),
                    isListed(session),
                    event.origin());
        }

        boolean isListed(SessionId session) {
            return sessions.stream().anyMatch(listed -> listed.session().equals(session));
        }

        /// Whoever follows on an older list, or on another than this device has seen, would leave out what it does not
        /// have. One that does not open has nothing to leave out.
        boolean canBeFollowed(boolean anew) {
            boolean unreadable =
                    opened.isEmpty() && sealed.filter(this::canBeReplaced).isPresent();
            return finding.isEmpty() || (anew && unreadable);
        }

        private boolean canBeReplaced(Counted unreadable) {
            return marks.isNewForDevices(unreadable.counter()) && unreadable.counter() < Limits.MAX_NUMBER;
        }

        DeviceList next(List<DeviceList.Entry> devices) {
            return sealed.map(stored -> DeviceList.after(stored.counter(), stored.sealed(), devices))
                    .orElseGet(() -> DeviceList.first(devices));
        }

        SessionReading reading() {
            ListedKeys listed = accessKeys();
            List<SessionEntry> entries = entries(listed.bySlot());
            if (finding.isPresent()) {
                return new SessionReading.Tampered(finding.get(), listed.finding(), entries);
            }
            return listed.finding()
                    .<SessionReading>map(found -> new SessionReading.Unexplained(found, entries))
                    .orElseGet(() -> new SessionReading.Complete(entries));
        }

        private List<SessionEntry> entries(Map<SlotId, AccessKeyEntry> keys) {
            Map<SessionId, DeviceList.Entry> named = new HashMap<>();
            devices().forEach(device -> named.put(device.session(), device));
            List<SessionEntry> entries = new ArrayList<>();
            for (Devices.Session session : sessions) {
                DeviceList.Entry device = named.get(session.session());
                entries.add(session.accessKey() == null ? ofDevice(session, device) : ofAccessKey(session, keys));
            }
            unlisted()
                    .filter(device -> !ended.contains(device.session()))
                    .forEach(device -> entries.add(hidden(device)));
            return List.copyOf(entries);
        }

        /// A key that no device has listed explains no session. A directory that fails its check
        /// explains none, and hides none either: whoever could spoil it could else keep a session from
        /// being seen.
        private ListedKeys accessKeys() {
            if (sessions.stream().allMatch(session -> session.accessKey() == null)) {
                return new ListedKeys(Map.of(), Optional.empty());
            }
            try {
                return new ListedKeys(
                        accessKeys.get().stream().collect(Collectors.toMap(AccessKeyEntry::id, entry -> entry)),
                        Optional.empty());
            } catch (NescioException.Distrust e) {
                return new ListedKeys(Map.of(), Optional.of(e.finding()));
            }
        }

        private SessionEntry ofDevice(Devices.Session session, DeviceList.Entry device) {
            return device == null ? unknown(session) : known(session, device);
        }

        /// Whatever the list of devices calls it: a script must not pass for a device.
        private SessionEntry ofAccessKey(Devices.Session session, Map<SlotId, AccessKeyEntry> keys) {
            AccessKeyEntry key = keys.get(session.accessKey());
            return key == null || outlives(session, key) ? unknown(session) : byAccessKey(session, key);
        }

        private static boolean outlives(Devices.Session session, AccessKeyEntry key) {
            return key.expiresAt()
                    .filter(end -> session.expiresAt() > end.toEpochMilli())
                    .isPresent();
        }

        private SessionEntry byAccessKey(Devices.Session session, AccessKeyEntry accessKey) {
            return new SessionEntry.ByAccessKey(
                    session.session(),
                    accessKey.id(),
                    accessKey.name(),
                    Instant.ofEpochMilli(session.createdAt()),
                    Instant.ofEpochMilli(session.lastSeenAt()),
                    Instant.ofEpochMilli(session.expiresAt()),
                    session.session().equals(own));
        }

        private SessionEntry known(Devices.Session session, DeviceList.Entry device) {
            return new SessionEntry.Known(
                    session.session(),
                    device.name(),
                    device.kind(),
                    Instant.ofEpochMilli(device.since()),
                    Instant.ofEpochMilli(session.lastSeenAt()),
                    Instant.ofEpochMilli(session.expiresAt()),
                    session.session().equals(own));
        }

        private SessionEntry unknown(Devices.Session session) {
            return new SessionEntry.Unknown(
                    session.session(),
                    Instant.ofEpochMilli(session.createdAt()),
                    Instant.ofEpochMilli(session.lastSeenAt()),
                    Instant.ofEpochMilli(session.expiresAt()),
                    session.session().equals(own));
        }
    }
}
