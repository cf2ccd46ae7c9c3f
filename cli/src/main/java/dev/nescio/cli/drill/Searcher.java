package dev.nescio.cli.drill;

import java.io.IOException;
import java.io.InputStream;

/// Looks for all needles at once in a stream of any size, and inside what was compressed in it, in constant
/// memory. Safe for use by many threads.
public final class Searcher {

    private final PatternTable table;
    private final int longest;
    private final Limits limits;
    private final Findings findings;

    public Searcher(Needles needles, Limits limits, Findings findings) {
        this.table = new PatternTable(needles.all());
        this.longest = needles.longest();
        this.limits = limits;
        this.findings = findings;
    }

    public Findings findings() {
        return findings;
    }

    /// Reads the stream to its end; does not close it.
    ///
    /// @throws IOException if it cannot be read; what was found until then is in the findings
    public void search(Place place, InputStream in) throws IOException {
        try (Unpacking unpacking = new Unpacking(place, table, longest, limits, findings)) {
            Scan scan = unpacking.outermost();
            long bytes = 0;
            try {
                int read = scan.readFrom(in);
                while (read >= 0) {
                    bytes += read;
                    read = scan.readFrom(in);
                }
            } finally {
                findings.add(new Findings.Searched(place, bytes, unpacking.unpacked(), unpacking.members()));
            }
        }
    }
}
