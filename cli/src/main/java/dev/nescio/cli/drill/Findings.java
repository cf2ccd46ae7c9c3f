package dev.nescio.cli.drill;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What was searched, what was found, and what could not be searched. Safe for use by many threads.
public final class Findings {

    /// Of those that do not count, which memory may hold any number of. Those that count are all kept.
    static final int MOST_LEFT_OVER = 1000;

    /// How much of a place was searched.
    ///
    /// @param bytes read from it
    /// @param unpacked bytes that came out of compressed members in it
    /// @param members compressed members, those that turned out to be none left away
    public record Searched(Place place, long bytes, long unpacked, long members) {}

    /// What counts hits that are the same but for the place in a stream.
    private record Same(Place place, Secret secret, String encoding) {}

    private final List<Searched> searched = new ArrayList<>();
    private final List<Hit> kept = new ArrayList<>();
    private final Map<Same, Long> counts = new LinkedHashMap<>();
    private final List<String> gaps = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private long hits;
    private long reported;
    private int leftOver;

    synchronized void add(Hit hit) {
        if (hit.counts()) {
            hits++;
        } else {
            reported++;
        }
        long times = counts.merge(new Same(hit.place(), hit.secret(), hit.encoding()), 1L, Long::sum);
        if (times > 1) {
            return;
        }
        if (hit.counts()) {
            kept.add(hit);
        } else {
            leftOver++;
            if (leftOver <= MOST_LEFT_OVER) {
                kept.add(hit);
            }
        }
    }

    synchronized void add(Searched place) {
        searched.add(place);
    }

    /// Something that should have been searched and was not, or not to its end: the search proves less than
    /// it says.
    public synchronized void gap(String what) {
        gaps.add(what);
    }

    /// Something to know about the search that does not make it worth less.
    public synchronized void note(String what) {
        notes.add(what);
    }

    public synchronized List<Searched> searched() {
        return List.copyOf(searched);
    }

    /// The first hit of each secret in each encoding in each place. Of those that do not count, at most a
    /// thousand; a note says when that is not all.
    public synchronized List<Hit> firstHits() {
        return List.copyOf(kept);
    }

    /// How often the secret of this hit was found in its place and encoding.
    public synchronized long count(Hit hit) {
        return counts.getOrDefault(new Same(hit.place(), hit.secret(), hit.encoding()), 0L);
    }

    /// How many hits break the promise.
    public synchronized long hits() {
        return hits;
    }

    /// How many hits do not: what memory holds by chance until it is written over.
    public synchronized long reported() {
        return reported;
    }

    public synchronized List<String> gaps() {
        return List.copyOf(gaps);
    }

    public synchronized List<String> notes() {
        List<String> all = new ArrayList<>(notes);
        if (leftOver > MOST_LEFT_OVER) {
            all.add("of " + leftOver + " kinds of what is left over and not counted, the first " + MOST_LEFT_OVER
                    + " are shown");
        }
        return all;
    }

    public synchronized long bytes() {
        return searched.stream().mapToLong(Searched::bytes).sum();
    }
}
