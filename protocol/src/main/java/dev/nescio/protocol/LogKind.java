package dev.nescio.protocol;

import java.util.Locale;
import java.util.Optional;

/// What an entry of an account's log is about (spec, section 9.5).
public enum LogKind {
    SIGNED_UP,
    SIGNED_IN_WITH_PASSWORD,
    SIGNED_IN_WITH_RECOVERY_KEY,
    SIGNED_IN_WITH_PASSKEY,
    SIGNED_IN_WITH_ACCESS_KEY,
    PAIRED,
    SESSION_ENDED,
    OTHERS_ENDED,
    ALL_ENDED,
    SPENT_TOKEN_USED,
    PASSWORD_ADDED,
    PASSWORD_CHANGED,
    PASSWORD_REMOVED,
    AUTHENTICATOR_CHANGED,
    BACKUP_CODES_CHANGED,
    BACKUP_CODE_USED,
    RECOVERY_KEY_CHANGED,
    PASSKEY_ADDED,
    PASSKEY_REMOVED,
    PASSKEY_CLONE_REFUSED,
    ACCESS_KEY_ADDED,
    ACCESS_KEY_REMOVED,
    NAMES_CHANGED,
    MASTER_KEY_ROTATED,
    ROWS_EXPORTED,
    MAIL_ALERTS_ON,
    MAIL_ALERTS_OFF,
    ALERT_ADDRESS_USED,
    RESET_CODE_MADE,
    RESET_CODE_REPLACED,
    RESET_CODE_CANCELLED,
    RESET_CODE_USED;

    /// As entries hold it.
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// @return nothing for one of a later version
    public static Optional<LogKind> of(String text) {
        for (LogKind kind : values()) {
            if (kind.text().equals(text)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
