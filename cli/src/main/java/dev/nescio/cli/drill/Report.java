package dev.nescio.cli.drill;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/// What was searched, what was found and what could not be searched, for a person or for a program. Never a
/// secret: its name only.
public final class Report {

    private final Needles needles;
    private final Findings findings;

    public Report(Needles needles, Findings findings) {
        this.needles = needles;
        this.findings = findings;
    }

    /// For a person, line by line. Regions of memory are summed up, everything else has a line of its own.
    public void print(Consumer<String> out) {
        out.accept(String.format(
                Locale.ROOT,
                "Searched for %d secrets, which is %,d byte strings: %s.",
                needles.secrets(),
                needles.count(),
                Encodings.DESCRIPTION));
        out.accept("");
        long regions = 0;
        long bytes = 0;
        long unpacked = 0;
        for (Findings.Searched searched : findings.searched()) {
            Place place = searched.place();
            if (place.kind() == Place.Kind.MEMORY) {
                regions++;
                bytes += searched.bytes();
                unpacked += searched.unpacked();
            } else {
                out.accept(line(place.kind().text(), place.name(), searched.bytes(), searched.unpacked()));
            }
        }
        if (regions > 0) {
            out.accept(line(Place.Kind.MEMORY.text(), regions + " regions of the process", bytes, unpacked));
        }
        out.accept(line("all", findings.searched().size() + " places", findings.bytes(), 0));
        out.accept("");
        findings.notes().forEach(note -> out.accept("Note: " + note + "."));
        findings.gaps().forEach(gap -> out.accept("NOT SEARCHED: " + gap + "."));
        findings.firstHits().forEach(hit -> out.accept(line(hit)));
        if (findings.reported() > 0) {
            out.accept(String.format(
                    Locale.ROOT,
                    "Left over, not counted as hits: %,d. What is left over is in no object of the heap. It lies in"
                            + " memory that was freed and has not been written over yet, or in a buffer outside the"
                            + " heap that has not been used again. A JVM cannot wipe it, and nothing bounds how long"
                            + " it stays; whoever reads the memory of the machine could see it.",
                    findings.reported()));
        }
    }

    private static String line(String kind, String name, long bytes, long unpacked) {
        return String.format(Locale.ROOT, "  %-6s  %-42s %,14d bytes", kind, name, bytes)
                + (unpacked == 0 ? "" : String.format(Locale.ROOT, ", and %,d unpacked", unpacked));
    }

    private String line(Hit hit) {
        long times = findings.count(hit);
        return String.format(
                Locale.ROOT,
                "%s: %s, in %s %s, %s, as %s%s.",
                hit.counts() ? "FOUND" : "Left over (not counted)",
                hit.secret().name(),
                hit.place().kind().text(),
                hit.place().name(),
                hit.where(),
                hit.encoding(),
                times > 1 ? String.format(Locale.ROOT, "; %,d times", times) : "");
    }

    /// For a program: an object for the encodings, and for each place, note, gap and hit. The last line is
    /// the caller's, with [#summary].
    public void printJson(Consumer<Map<String, ?>> out) {
        out.accept(Map.of("encodings", Encodings.DESCRIPTION));
        for (Findings.Searched searched : findings.searched()) {
            Map<String, Object> place = object(searched.place());
            place.put("bytes", searched.bytes());
            place.put("unpacked", searched.unpacked());
            out.accept(Map.of("searched", place));
        }
        findings.notes().forEach(note -> out.accept(Map.of("note", note)));
        findings.gaps().forEach(gap -> out.accept(Map.of("notSearched", gap)));
        findings.firstHits().forEach(hit -> out.accept(Map.of(hit.counts() ? "hit" : "leftOver", object(hit))));
    }

    private static Map<String, Object> object(Place place) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("kind", place.kind().text());
        object.put("name", place.name());
        return object;
    }

    private Map<String, Object> object(Hit hit) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("secret", hit.secret().name());
        object.put("encoding", hit.encoding());
        object.put("place", object(hit.place()));
        object.put("where", hit.where());
        object.put("times", findings.count(hit));
        return object;
    }

    /// The figures of the last line.
    ///
    /// @param more hits that are not of the search
    public Map<String, Object> summary(long more) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("searchedBytes", findings.bytes());
        summary.put("places", findings.searched().size());
        summary.put("secrets", needles.secrets());
        summary.put("hits", findings.hits() + more);
        summary.put("leftOver", findings.reported());
        return summary;
    }
}
