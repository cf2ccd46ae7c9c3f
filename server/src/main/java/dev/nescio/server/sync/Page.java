package dev.nescio.server.sync;

import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import org.jdbi.v3.core.statement.Query;

/// Part of a list, small enough for one answer.
///
/// @param more whether the list goes on
record Page<T>(List<T> entries, boolean more) {

    /// Octets of sealed content in one page. In base64 this is well under what a client reads
    /// (`Limits.RESPONSE_BODY`), even when the last step adds a whole commit.
    private static final long MOST_OCTETS = 4L << 20;

    /// Where a page ends.
    ///
    /// @param last the cursor of the last step in it; empty for an empty page
    record End(OptionalLong last, boolean more) {}

    private record Step(long cursor, long entries, long size) {}

    /// Finds out how much fits before any content is read. A page holds whole steps, at least one, so that
    /// the next one can go on after the last step's cursor.
    ///
    /// @param steps in order, with the columns `cursor`, `entries` and `size`
    static End end(Query steps, int limit) {
        OptionalLong last = OptionalLong.empty();
        long entries = 0;
        long octets = 0;
        List<Step> all = steps.map(
                        (row, context) -> new Step(row.getLong("cursor"), row.getLong("entries"), row.getLong("size")))
                .list();
        for (Iterator<Step> rest = all.iterator(); rest.hasNext(); ) {
            Step step = rest.next();
            entries += step.entries();
            octets += step.size();
            if (last.isPresent() && (entries > limit || octets > MOST_OCTETS)) {
                return new End(last, true);
            }
            last = OptionalLong.of(step.cursor());
        }
        return new End(last, false);
    }
}
