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
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/// The account's log, compared with what this device has seen of it and with what it has done itself
/// (spec, section 9.5).
final class LogChain {

    /// Far more than happens in 400 days; a server could go on for ever.
    private static final int MOST = 200_000;

    /// Entries that are younger are never left out. A little less, as the clocks of device and server
    /// differ.
    private static final Duration KEPT = Duration.ofDays(400).minusDays(2);

    private static final Set<LogKind> OPENING = EnumSet.of(
            LogKind.SIGNED_UP,
            LogKind.SIGNED_IN_WITH_PASSWORD,
            LogKind.SIGNED_IN_WITH_RECOVERY_KEY,
            LogKind.SIGNED_IN_WITH_PASSKEY,
            LogKind.PAIRED);

    private final Api api;
    private final Token token;
    private final AccountId account;
    private final SessionId own;
    private final HighWaterMarks marks;
    private final InstantSource clock;
    private final AtomicLong known;
    private final AtomicReference<LogKind> unlooked = new AtomicReference<>();
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
    }

    /// What was wrong with the log when this device last compared it with what it has done itself.
    Optional<Finding> finding() {
        LogKind kind = unlooked.getAndSet(null);
        if (kind != null) {
            done(kind);
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
            walk.last().ifPresent(marks::logShown);
            return walk.finding
                    .<LogReading>map(found -> new LogReading.Tampered(found, events))
                    .orElseGet(() -> new LogReading.Complete(events));
        } catch (ProblemException e) {
            throw e.unexpected();
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

    /// This device's session was opened just now.
    void sessionOpened() {
        Optional<Mark> shown = marks.logShown();
        expect(entry -> LogKind.of(entry.kind()).filter(OPENING::contains).isPresent()
                        && (own.equals(entry.session()) || own.equals(entry.other())))
                .ifPresent(last -> {
                    if (shown.isEmpty()) {
                        marks.logShown(last);
                    } else {
                        // This sign-in is no news.
                        unseen = OptionalLong.of(
                                Math.max(0, last.counter() - shown.get().counter() - 1));
                    }
                });
    }

    /// This device has done this just now.
    void done(LogKind kind) {
        long before = known.get();
        expect(entry -> entry.number() > before && kind.text().equals(entry.kind()) && own.equals(entry.session()));
    }

    /// As above, for what must not wait for a server: the log is looked at when somebody asks for its
    /// [#finding].
    void doneUnlooked(LogKind kind) {
        unlooked.set(kind);
    }

    /// Whatever is found keeps nobody from going on; it is told.
    ///
    /// @return the newest entry, where nothing is wrong
    private Optional<Mark> expect(Predicate<Entry> ownEntry) {
        try {
            // From the entry that was seen last on, so that it is compared as well.
            Walk walk = walk(Math.max(0, known.get() - 1));
            boolean there = walk.entries.stream().anyMatch(ownEntry)
                    // Another program of this device may have seen it already.
                    || walk(0).entries.stream().anyMatch(ownEntry);
            walk.last().ifPresent(last -> known.accumulateAndGet(last.counter(), Math::max));
            finding = walk.finding.or(() -> there ? Optional.empty() : Optional.of(Finding.LOG_OMITS));
            return finding.isPresent() ? Optional.empty() : walk.last();
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
            if ((more && page.entries().isEmpty()) || walk.entries.size() > MOST) {
                throw new NescioException.Distrust(Finding.BAD_ANSWER);
            }
        }
        walk.end();
        return walk;
    }

    /// Entries as they come, and what is wrong with them.
    private final class Walk {

        private final long after;
        private final Optional<Mark> seen = marks.log();
        private final List<Entry> entries = new ArrayList<>();
        private Optional<Finding> finding = Optional.empty();
        private Bytes hash = LogEntryHash.NONE;

        private Walk(long after) {
            this.after = after;
        }

        private long number() {
            return entries.isEmpty() ? after : entries.getLast().number();
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
        }

        private void begin(Entry first) {
            boolean isFirst = first.number() == 1;
            if (isFirst && !first.previous().equals(LogEntryHash.NONE)) {
                note(Finding.LOG_BROKEN);
            }
            if (first.number() <= after) {
                note(Finding.BAD_ANSWER);
            }
            Instant oldest = clock.instant().minus(KEPT);
            if (first.number() != after + 1
                    && Instant.ofEpochMilli(first.time()).isAfter(oldest)) {
                note(Finding.LOG_CUT);
            }
            // Of what is gone this device cannot tell whether it is what it has seen.
            if (seen.filter(mark -> mark.counter() < first.number() - 1).isPresent()) {
                note(Finding.LOG_CUT);
            }
            compare(first.number() - 1, first.previous());
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
            // Told once where the log does not reach back; what comes later is compared with what was told.
            if (finding.isEmpty() || finding.get() == Finding.LOG_CUT) {
                last().ifPresent(marks::log);
            }
        }

        /// That it is cut hides nothing worse, or what follows on another history would count as seen.
        private void note(Finding found) {
            if (finding.isEmpty() || finding.get() == Finding.LOG_CUT) {
                finding = Optional.of(found);
            }
        }
    }
}
