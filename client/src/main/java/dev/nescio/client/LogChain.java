package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.client.DeviceMemory.Mark;
import dev.nescio.keys.AccountKeyPair;
import dev.nescio.keys.DeviceList;
import dev.nescio.keys.DeviceList.LogHead;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.AccountLog.Entry;
import dev.nescio.protocol.AccountLog.Page;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.SessionId;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.v1.LogEntryHash;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/// The account's log, compared with what this device has seen of it and with what it has done itself
/// (spec, section 9.5).
final class LogChain {

    /// Far more than a person does in 400 days; a server could go on for ever.
    private static final int MOST = 200_000;

    /// Entries that are younger are never left out. A little less, as the clocks of device and server
    /// differ.
    private static final Duration KEPT = Duration.ofDays(400).minusDays(2);

    /// The kinds of entries that tell of a session which a person has opened.
    private static final Set<LogKind> SIGN_INS = EnumSet.of(
            LogKind.SIGNED_IN_WITH_PASSWORD,
            LogKind.SIGNED_IN_WITH_RECOVERY_KEY,
            LogKind.SIGNED_IN_WITH_PASSKEY,
            LogKind.PAIRED);

    private final Api api;
    private final Token token;
    private final AccountId account;
    private final SessionId own;
    private final HighWaterMarks marks;
    private final AccountKeyPair pair;
    private final InstantSource clock;
    private final AtomicLong known;
    private final long knownHour;
    private final AtomicReference<Unlooked> unlooked = new AtomicReference<>();
    private final AtomicReference<LogKind> opening = new AtomicReference<>();
    private volatile List<Told> told = List.of();

    /// The number of the newest entry, as the server said last; empty where there may be newer ones by now.
    private volatile OptionalLong served = OptionalLong.empty();

    private volatile Optional<Finding> finding = Optional.empty();
    private volatile OptionalLong unseen = OptionalLong.empty();

    LogChain(
            Api api,
            Token token,
            AccountId account,
            SessionId own,
            HighWaterMarks marks,
            AccountKeyPair pair,
            InstantSource clock) {
        this.api = api;
        this.token = token;
        this.account = account;
        this.own = own;
        this.marks = marks;
        this.pair = pair;
        this.clock = clock;
        this.known = new AtomicLong(marks.log().map(Mark::counter).orElse(0L));
        this.knownHour = marks.logHour().orElse(0);
    }

    private record Unlooked(LogKind kind, long before) {}

    /// What another device says that it has seen.
    private record Told(SessionId device, LogHead head) {}

    /// What the account's devices say of the log, in a list that opened, before the log is loaded: so
    /// an honest one has all of it. What this device has compared already is left out.
    void told(List<DeviceList.Entry> devices) {
        told = devices.stream()
                .filter(device -> device.log() != null && !device.session().equals(own))
                .map(device -> new Told(device.session(), device.log()))
                .filter(said -> !marks.isLogCompared(said.device(), said.head()))
                .toList();
    }

    /// How much of the log this device has checked, for the others; null where it has not. Where this
    /// session has just been opened, the log is looked at first.
    LogHead head() {
        lookAtOpening();
        OptionalLong hour = marks.logHour();
        return marks.log()
                .filter(mark -> hour.isPresent())
                .map(mark -> new LogHead(mark.counter(), mark.hash(), hour.getAsLong()))
                .orElse(null);
    }

    /// The others have been told this.
    void shared(LogHead head) {
        marks.logShared(head);
    }

    /// Whether this device has checked more than it has told the others.
    boolean isUnshared() {
        return marks.logHour().isPresent()
                && marks.log()
                        .filter(mark -> mark.counter() > marks.logShared().orElse(0))
                        .isPresent();
    }

    /// The server has said that the newest entry has this number; 0 where it has none.
    void served(long newest) {
        served = OptionalLong.of(newest);
    }

    /// What the server has said of it may be out of date.
    void mayHaveGrown() {
        served = OptionalLong.empty();
    }

    /// Whether there may be something in the log that this device has not seen, told a person of, or
    /// compared.
    boolean isNews() {
        long seen = marks.log().map(Mark::counter).orElse(0L);
        boolean upToDate = served.equals(OptionalLong.of(seen));
        return !upToDate || seen > marks.logTold().orElse(0) || !told.isEmpty();
    }

    /// What has come since a person was last told here of sessions that others have opened.
    ///
    /// @return what is wrong with it, or those entries
    News news() throws ProblemException {
        OptionalLong before = marks.logTold();
        Walk walk = walk(Math.max(0, Math.min(start(), before.orElse(Long.MAX_VALUE) - 1)));
        if (walk.finding.isPresent()) {
            return new News(walk.finding, List.of(), 0);
        }
        long newest = walk.number();
        served = OptionalLong.of(newest);
        // A device that is new to the account has nothing to count from.
        long from = before.orElse(newest);
        List<LogEvent> opened = walk.entries.stream()
                .filter(entry -> entry.number() > from)
                .map(this::event)
                .filter(event -> event.kind().filter(SIGN_INS::contains).isPresent())
                .filter(event -> !event.session().equals(Optional.of(own))
                        && !event.other().equals(Optional.of(own)))
                // The server may write what tells of nobody.
                .filter(event -> event.other().or(event::session).isPresent())
                .toList();
        if (opened.isEmpty()) {
            marks.logTold(newest);
        }
        return new News(Optional.empty(), opened, newest);
    }

    /// @param opened the entries of sessions that others have opened
    /// @param newest the number of the newest entry
    record News(Optional<Finding> finding, List<LogEvent> opened, long newest) {}

    /// A person has been told of all up to this number.
    void newsTold(long newest) {
        marks.logTold(newest);
    }

    /// The session was opened just now, in this way: the log is to be looked at.
    void opened(LogKind way) {
        opening.set(way);
    }

    /// Looks at the log where this session was opened just now, and that was not done yet.
    void lookAtOpening() {
        LogKind way = opening.getAndSet(null);
        if (way != null) {
            sessionOpened(way);
        }
    }

    /// What was wrong with the log when this device last compared it with what it has done itself.
    Optional<Finding> finding() {
        Unlooked change = unlooked.getAndSet(null);
        if (change != null) {
            done(change.kind(), change.before());
        }
        return finding;
    }

    /// How many entries have come since a person was last shown the log on this device, when this
    /// session was opened.
    OptionalLong unseen() {
        return unseen;
    }

    /// All of it, for a person.
    LogReading read() {
        try {
            Walk walk = walk(0);
            List<LogEvent> events = walk.entries.stream().map(this::event).toList();
            return walk.finding
                    .<LogReading>map(found -> new LogReading.Tampered(found, events))
                    .orElseGet(() -> new LogReading.Complete(events));
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    /// A person has been shown all of this.
    void shown(LogReading.Complete reading) {
        if (!reading.events().isEmpty()) {
            marks.logShown(reading.events().getLast().number());
        }
    }

    private LogEvent event(Entry entry) {
        return new LogEvent(
                entry.number(),
                Instant.ofEpochMilli(entry.time()),
                LogKind.of(entry.kind()),
                entry.kind(),
                Optional.ofNullable(entry.session()),
                Optional.ofNullable(entry.other()),
                Optional.ofNullable(entry.slot()),
                Optional.ofNullable(entry.note()).map(note -> origin(entry.number(), note)));
    }

    /// What does not open hides nothing else: it would be a way to keep somebody from the log.
    private FromServer origin(long number, Bytes note) {
        try {
            return new FromServer.Said(pair.open(number, note).text());
        } catch (RejectedException e) {
            return new FromServer.Unreadable();
        }
    }

    private void sessionOpened(LogKind way) {
        OptionalLong shown = marks.logShown();
        long before = known.get();
        expect(entry -> way.text().equals(entry.kind())
                        && (own.equals(entry.session()) || own.equals(entry.other()))
                        // Another program of this device may have read on meanwhile, in this hour.
                        && (entry.number() > before || entry.time() >= knownHour))
                .filter(walk -> !walk.entries.isEmpty())
                .ifPresent(walk -> {
                    if (marks.logTold().isEmpty()) {
                        marks.logTold(walk.number());
                    }
                    if (shown.isEmpty()) {
                        marks.logShown(walk.number());
                    } else {
                        // This sign-in is no news, nor that it is mailed.
                        unseen = OptionalLong.of(Math.max(0, walk.number() - shown.getAsLong() - walk.own()));
                    }
                });
    }

    /// The number of the newest entry that this device has seen: what it does from now on comes after it.
    long known() {
        return Math.max(known.get(), marks.log().map(Mark::counter).orElse(0L));
    }

    /// This device has done this just now.
    ///
    /// @param before what was [#known] before it was asked for
    void done(LogKind kind, long before) {
        expect(entry -> entry.number() > before && kind.text().equals(entry.kind()) && own.equals(entry.session()));
    }

    /// As above, for what must not wait for a server: the log is looked at when somebody asks for its
    /// [#finding].
    void doneUnlooked(LogKind kind, long before) {
        unlooked.set(new Unlooked(kind, before));
    }

    /// Whatever is found keeps nobody from going on; it is told.
    ///
    /// @return what was read, where nothing is wrong
    private Optional<Walk> expect(Predicate<Entry> ownEntry) {
        try {
            Walk walk = walk(start());
            if (walk.finding.isEmpty() && !walk.has(ownEntry)) {
                // Another program of this device may have seen it already.
                walk = walk(0);
            }
            boolean there = walk.has(ownEntry);
            finding = walk.finding.or(() -> there ? Optional.empty() : Optional.of(Finding.LOG_OMITS));
            return finding.isPresent() ? Optional.empty() : Optional.of(walk);
        } catch (NescioException.Distrust e) {
            finding = Optional.of(e.finding());
        } catch (NescioException | ProblemException e) {
            // A server that withholds the log must not hide by that what it leaves out.
            finding = Optional.of(Finding.LOG_WITHHELD);
        }
        return Optional.empty();
    }

    /// From the entry that was seen last on, or from the oldest that another device has told of.
    private long start() {
        return LongStream.concat(
                        LongStream.of(known.get()),
                        told.stream().mapToLong(said -> said.head().number()))
                .map(number -> Math.max(0, number - 1))
                .min()
                .getAsLong();
    }

    private Walk walk(long after) throws ProblemException {
        Walk walk = new Walk(after);
        boolean more = true;
        while (more) {
            Page page = api.get("/v1/account/log?after=" + walk.number(), token, Page.class);
            page.entries().forEach(walk::add);
            more = page.more();
            if (more && page.entries().isEmpty()) {
                throw new NescioException.Distrust(Finding.BAD_ANSWER);
            }
            if (more && walk.entries.size() > MOST) {
                walk.giveUp();
                return walk;
            }
        }
        walk.end();
        return walk;
    }

    /// Entries as they come, and what is wrong with them.
    private final class Walk {

        private final long after;
        // Before the mark: another program may move both meanwhile.
        private final OptionalLong seenHour = marks.logHour();
        private final Optional<Mark> seen = marks.log();
        private final List<Told> compared;
        private final List<Entry> entries = new ArrayList<>();
        private Optional<Finding> finding = Optional.empty();
        private boolean goesOn = true;
        private Bytes hash = LogEntryHash.NONE;

        private Walk(long after) {
            this.after = after;
            this.compared =
                    told.stream().filter(said -> said.head().number() > after).toList();
        }

        private long number() {
            return entries.isEmpty() ? after : entries.getLast().number();
        }

        private boolean has(Predicate<Entry> wanted) {
            return entries.stream().anyMatch(wanted);
        }

        /// How many of them are of this session.
        private long own() {
            return entries.stream()
                    .filter(entry -> own.equals(entry.session()) || own.equals(entry.other()))
                    .count();
        }

        private Optional<Mark> last() {
            return entries.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Mark(entries.getLast().number(), hash));
        }

        private void add(Entry entry) {
            if (entries.isEmpty()) {
                begin(entry);
            } else {
                goOn(entry, entries.getLast());
            }
            entries.add(entry);
            hash = LogEntryHash.of(account, entry);
            compare(entry.number(), hash);
            if (seen.filter(mark -> mark.counter() < entry.number()).isPresent() && entry.time() < seenHour.orElse(0)) {
                note(Finding.LOG_BROKEN);
            }
        }

        private void begin(Entry first) {
            boolean isFirst = first.number() == 1;
            if (isFirst && !first.previous().equals(LogEntryHash.NONE)) {
                note(Finding.LOG_BROKEN);
            }
            if (first.number() <= after) {
                note(Finding.BAD_ANSWER);
            }
            if (first.number() != after + 1 && isYoung(first.time())) {
                note(Finding.LOG_CUT);
            }
            if (seen.filter(mark -> mark.counter() < first.number()).isPresent()) {
                beginAfterWhatWasSeen(first);
            }
            if (compared.stream()
                    .map(Told::head)
                    .anyMatch(head -> head.number() < first.number() - 1 && isYoung(head.time()))) {
                note(Finding.LOG_CUT);
            }
            compare(first.number() - 1, first.previous());
        }

        /// The entry that was seen last is gone, which it may be when it is old enough itself.
        private void beginAfterWhatWasSeen(Entry first) {
            if (seenHour.isEmpty() || isYoung(seenHour.getAsLong())) {
                note(Finding.LOG_CUT);
            } else if (finding.isEmpty() && seen.orElseThrow().counter() < first.number() - 1) {
                // Nobody can tell any more what came between. Told once: what comes later is compared with
                // what is told now.
                finding = Optional.of(Finding.LOG_CUT);
            }
        }

        private boolean isYoung(long time) {
            return Instant.ofEpochMilli(time).isAfter(clock.instant().minus(KEPT));
        }

        private void goOn(Entry entry, Entry before) {
            if (entry.number() <= before.number()) {
                // Else the next page would be asked for again and again.
                throw new NescioException.Distrust(Finding.LOG_BROKEN);
            }
            boolean follows = entry.number() == before.number() + 1;
            boolean linked = entry.previous().equals(hash);
            boolean later = entry.time() >= before.time();
            if (!follows || !linked || !later) {
                note(Finding.LOG_BROKEN);
            }
        }

        private void compare(long number, Bytes served) {
            if (seen.filter(mark -> mark.counter() == number && !mark.hash().equals(served))
                    .isPresent()) {
                note(Finding.FORK);
            }
            if (compared.stream()
                    .map(Told::head)
                    .anyMatch(head -> head.number() == number && !head.hash().equals(served))) {
                note(Finding.LOG_DIFFERS);
            }
        }

        private void end() {
            if (seen.filter(mark -> mark.counter() > number()).isPresent()) {
                note(Finding.ROLLBACK);
            }
            if (compared.stream().anyMatch(said -> said.head().number() > number())) {
                note(Finding.LOG_DIFFERS);
            }
            marks.together(() -> {
                keep();
                if (goesOn) {
                    compared.forEach(said -> marks.logCompared(said.device(), said.head()));
                }
            });
            if (goesOn) {
                told = told.stream().filter(said -> !compared.contains(said)).toList();
            }
        }

        /// There is more than this device reads: what it has read it knows from now on.
        private void giveUp() {
            boolean whole = goesOn;
            note(Finding.LOG_TOO_LONG);
            goesOn = whole;
            keep();
        }

        private void keep() {
            if (goesOn && !entries.isEmpty()) {
                marks.log(last().orElseThrow(), entries.getLast().time());
                known.accumulateAndGet(number(), Math::max);
            }
        }

        /// That it is cut hides nothing worse. What follows on another history never counts as seen.
        private void note(Finding found) {
            goesOn = false;
            if (finding.isEmpty() || finding.get() == Finding.LOG_CUT) {
                finding = Optional.of(found);
            }
        }
    }
}
