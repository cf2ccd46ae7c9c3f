package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.keys.DeviceList;
import dev.nescio.keys.ProfileKey;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Devices;
import dev.nescio.protocol.Limits;
import dev.nescio.protocol.SessionId;
import dev.nescio.sealing.RejectedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// The account's sessions, compared with what its devices say of themselves (spec, sections 9.4 and 10.10).
final class SessionList {

    private static final int TRIES = 5;

    private final Api api;
    private final Token token;
    private final SessionId own;
    private final HighWaterMarks marks;
    private final ProfileKey key;
    private final RandomGenerator random;
    private final Set<SessionId> ended = ConcurrentHashMap.newKeySet();

    SessionList(Api api, Token token, SessionId own, HighWaterMarks marks, ProfileKey key, RandomGenerator random) {
        this.api = api;
        this.token = token;
        this.own = own;
        this.marks = marks;
        this.key = key;
        this.random = random;
    }

    List<SessionEntry> entries() {
        try {
            return load().entries();
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    /// Adds this device, or gives it another name, and drops the devices whose sessions are no more.
    void announce(ThisDevice device) {
        DeviceList.Entry entry = new DeviceList.Entry(
                own, device.name(), device.kind(), Instant.now().toEpochMilli());
        change(loaded -> Stream.concat(
                        loaded.devices().stream()
                                .filter(other -> !other.session().equals(own))
                                .filter(other -> loaded.isListed(other.session())),
                        Stream.of(entry))
                .toList());
    }

    /// Takes this device off the list, before its session ends.
    void leave() {
        change(loaded -> loaded.devices().stream()
                .filter(device -> !device.session().equals(own))
                .toList());
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
        dropEnded();
        return true;
    }

    void endOthers() {
        try {
            List<SessionId> others = load().sessions().stream()
                    .map(Devices.Session::session)
                    .filter(session -> !session.equals(own))
                    .toList();
            api.post("/v1/sessions/end", token, new Devices.End(Devices.Which.OTHERS), null);
            ended.addAll(others);
        } catch (ProblemException e) {
            throw e.unexpected();
        }
        dropEnded();
    }

    void endAll() {
        try {
            api.post("/v1/sessions/end", token, new Devices.End(Devices.Which.ALL), null);
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    /// The sessions have ended, whether or not the list can be tidied now: whoever signs in next does it.
    private void dropEnded() {
        try {
            change(loaded -> loaded.devices().stream()
                    .filter(device -> !ended.contains(device.session()))
                    .toList());
        } catch (NescioException.Unreachable | NescioException.Refused e) {
            // As said.
        }
    }

    /// Puts the list that follows on the stored one, unless it says the same.
    private void change(Function<Loaded, List<DeviceList.Entry>> change) {
        try {
            for (int attempt = 1; ; attempt++) {
                Loaded loaded = load();
                List<DeviceList.Entry> devices = change.apply(loaded);
                if (devices.equals(loaded.devices())) {
                    return;
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
                    marks.devices(put, next.previous());
                    return;
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

    private Loaded load() throws ProblemException {
        Devices.Sessions served = api.get("/v1/sessions", token, Devices.Sessions.class);
        Loaded loaded = new Loaded(served.sessions(), Optional.ofNullable(served.devices()), open(served.devices()));
        // What has ended does not come back, and whoever asks is there.
        if (!loaded.isListed(own) || ended.stream().anyMatch(loaded::isListed)) {
            throw new NescioException.Distrust(Finding.SESSIONS_CHANGED);
        }
        return loaded;
    }

    private Optional<DeviceList> open(Counted served) {
        if (served == null) {
            marks.noDevices();
            return Optional.empty();
        }
        try {
            DeviceList opened = key.openDevices(served.counter(), served.sealed());
            marks.devices(served, opened.previous());
            return Optional.of(opened);
        } catch (RejectedException e) {
            throw new NescioException.Distrust(Finding.REJECTED);
        }
    }

    private final class Loaded {

        private final List<Devices.Session> sessions;
        private final Optional<Counted> sealed;
        private final Optional<DeviceList> opened;

        private Loaded(List<Devices.Session> sessions, Optional<Counted> sealed, Optional<DeviceList> opened) {
            this.sessions = sessions;
            this.sealed = sealed;
            this.opened = opened;
        }

        List<Devices.Session> sessions() {
            return sessions;
        }

        List<DeviceList.Entry> devices() {
            return opened.map(DeviceList::devices).orElse(List.of());
        }

        boolean isListed(SessionId session) {
            return sessions.stream().anyMatch(listed -> listed.session().equals(session));
        }

        DeviceList next(List<DeviceList.Entry> devices) {
            return opened.map(list -> list.next(sealed.orElseThrow().sealed(), devices))
                    .orElseGet(() -> DeviceList.first(devices));
        }

        List<SessionEntry> entries() {
            Map<SessionId, DeviceList.Entry> named = new HashMap<>();
            devices().forEach(device -> named.put(device.session(), device));
            List<SessionEntry> entries = new ArrayList<>();
            for (Devices.Session session : sessions) {
                DeviceList.Entry device = named.remove(session.session());
                entries.add(device == null ? unknown(session) : known(session, device));
            }
            devices().stream()
                    .filter(device -> named.containsKey(device.session()) && !ended.contains(device.session()))
                    .forEach(device -> entries.add(new SessionEntry.Hidden(
                            device.session(), device.name(), device.kind(), Instant.ofEpochMilli(device.since()))));
            return List.copyOf(entries);
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
