package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;

/// Messages about access keys (spec, section 10.17).
public final class AccessKeys {

    private static final long DAY = 24 * 60 * 60 * 1000L;

    private AccessKeys() {}

    /// `PUT /v1/slots/access`: one more access key.
    ///
    /// @param directory the one that lists the new slot
    public record Add(SignUp.NewSlot slot, Counted directory) {

        public Add {
            SignUp.NewSlot.require("slot", slot, SlotKind.ACCESS);
            Check.present("directory", directory);
        }
    }

    /// The answer to `POST /v1/signin/access`. A key of the whole account is given its wrapped master
    /// key, and what 10.8 shows; a key of some domains its scope record, and nothing else. `token` is
    /// absent when a cookie carries it.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Opened(
            AccountId account,
            SessionId session,
            Bytes token,
            long expiresAt,
            Bytes scopeRecord,
            Bytes wrappedMasterKey,
            SignIn.Account whole) {

        public Opened {
            Check.present("account", account);
            Check.present("session", session);
            if (token != null) {
                Check.length("token", token, 32);
            }
            Check.counter("expiresAt", expiresAt);
            if (scopeRecord != null) {
                checkScopeRecord("scopeRecord", scopeRecord);
                Check.absent("wrappedMasterKey", wrappedMasterKey);
                Check.absent("whole", whole);
            } else {
                Check.wrappedKey("wrappedMasterKey", wrappedMasterKey);
                Check.present("whole", whole);
            }
        }

        @Override
        public String toString() {
            return "Opened[redacted]";
        }
    }

    static void checkSlot(
            SlotKind kind,
            Scope scope,
            Long expiresAt,
            Long createdDay,
            Long usedDay,
            Bytes scopeRecord,
            Bytes wrappedMasterKey) {
        if (kind != SlotKind.ACCESS) {
            Check.absent("slot.scope", scope);
            Check.absent("slot.expiresAt", expiresAt);
            Check.absent("slot.createdDay", createdDay);
            Check.absent("slot.usedDay", usedDay);
            Check.absent("slot.scopeRecord", scopeRecord);
            return;
        }
        Check.absent(
                Check.present("slot.scope", scope).isAll() ? "slot.scopeRecord" : "slot.wrappedMasterKey",
                scope.isAll() ? scopeRecord : wrappedMasterKey);
        if (scopeRecord != null) {
            checkScopeRecord("slot.scopeRecord", scopeRecord);
        }
        if (expiresAt != null) {
            Check.counter("slot.expiresAt", expiresAt);
        }
        checkDay("slot.createdDay", createdDay);
        checkDay("slot.usedDay", usedDay);
    }

    private static void checkScopeRecord(String field, Bytes scopeRecord) {
        Check.envelope(field, scopeRecord, Limits.SCOPE_RECORD);
    }

    private static void checkDay(String field, Long day) {
        if (day != null && Check.position(field, day) % DAY != 0) {
            throw new InvalidField(field + " must be the first millisecond of a day");
        }
    }
}
