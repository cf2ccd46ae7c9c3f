package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.client.DeviceMemory.Mark;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.AccountLog.Entry;
import dev.nescio.protocol.AccountLog.Page;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.LogKind;
import dev.nescio.protocol.SessionId;
import dev.nescio.sealing.v1.LogEntryHash;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/// The account's log, compared with what this device has seen of it and with what it has done itself
/// (spec, section 9.5).
final class LogChain {

    /// Far more than a person does in 400 days; a server could go on for ever.
    private static final int MOST = 200_000;

    /// Entries that are younger are never left out. A little less, as the clocks of device and server
    /// differ.
    private static final Duration KEPT = Duration.ofDays(400).minusDays(2);

    private final Api api;
    private final Token token;
    private final AccountId account;
    private final SessionId own;
    private final HighWaterMarks marks;
    private final InstantSource clock;
    private final AtomicLong known;
    private final long knownHour;
    private final AtomicReference<Unlooked> unlooked = new AtomicReference<>();
    private volatile Optional<Finding> finding = Optional.empty();
    private volatile OptionalLong unseen = OptionalLong.empty();

    LogChain(Api api, Token token, AccountId account, SessionId own, HighWaterMarks marks, InstantSource clock) {
        this.api = api;
        this.token = token;
        this.account = account;
        this.own = own;
        this.marks = marks;
        this.clock = clock;
        this.known = new AtomicLong(marks.log().map(Mark::counter).orElse(0L));
        this.knownHour = marks.logHour().orElse(0);
    }

    private record Unlooked(LogKind kind, long before) {}

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
            List<LogEvent> events = walk.entries.stream().map(LogChain::event).toList();
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

    private static LogEvent event(Entry entry) {
        return new LogEvent(
                entry.number(),
                Instant.ofEpochMilli(entry.time()),
                LogKind.of(entry.kind()),
                entry.kind(),
                Optional.ofNullable(entry.session()),
                Optional.ofNullable(entry.other()),
                Optional.ofNullable(entry.slot()));
    }

    /// This device's session was opened just now, in this way.
    void sessionOpened(LogKind way) {
        OptionalLong shown = marks.logShown();
        long before = known.get();
        expect(entry -> way.text().equals(entry.kind())
                        && (own.equals(entry.session()) || own.equals(entry.other()))
                        // Another program of this device may have read on meanwhile, in this hour.
                        && (entry.number() > before || entry.time() >= knownHour))
                .filter(walk -> !walk.entries.isEmpty())
                .ifPresent(walk -> {
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
            // From the entry that was seen last on, so that it is compared as well.
            Walk walk = walk(Math.max(0, known.get() - 1));
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
        private final List<Entry> entries = new ArrayList<>();
        private Optional<Finding> finding = Optional.empty();
        private boolean goesOn = true;
        private Bytes hash = LogEntryHash.NONE;

        private Walk(long after) {
            this.after = after;
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
        }

        private void end() {
            if (seen.filter(mark -> mark.counter() > number()).isPresent()) {
                note(Finding.ROLLBACK);
            }
            keep();
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
