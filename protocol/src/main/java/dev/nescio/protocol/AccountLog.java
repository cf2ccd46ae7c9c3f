package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/// Messages that show an account's log (spec, sections 9.5 and 10.20).
public final class AccountLog {

    private static final int LONGEST_KIND = 64;

    private AccountLog() {}

    /// The answer to `GET /v1/account/log`.
    ///
    /// @param more whether there are entries after these
    public record Page(List<Entry> entries, boolean more) {

        public Page {
            entries = Check.items("entries", entries, 0, Limits.LOG_PAGE);
        }
    }

    /// One entry of the chain.
    ///
    /// @param number 1, 2, 3 …
    /// @param previous the hash of the entry before, zeros for the first one
    /// @param time a full hour, in milliseconds since 1970
    /// @param kind one of [LogKind], or of a later version
    /// @param session which did it, or was opened by it; null where there is none
    /// @param other the session that it was done to; null where there is none
    /// @param slot the slot that it is about; null where there is none
    /// @param note from where the session was opened, sealed to the account; null where there is none.
    /// No part of the chain, and of any length: what does not open must not hide the log
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Entry(
            long number,
            Bytes previous,
            long time,
            String kind,
            SessionId session,
            SessionId other,
            SlotId slot,
            Bytes note) {

        public Entry {
            Check.counter("number", number);
            Check.length("previous", previous, 32);
            Check.position("time", time);
            if (!Check.present("kind", kind).matches("[a-z-]{1," + LONGEST_KIND + "}")) {
                throw new InvalidField("kind must be 1 to " + LONGEST_KIND + " of a to z and hyphens");
            }
        }
    }
}
