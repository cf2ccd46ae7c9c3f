package dev.nescio.protocol;

import java.util.HashSet;
import java.util.List;

/// Checks that the records of this package make in their constructors, so that no malformed one exists.
final class Check {

    private Check() {}

    static <T> T present(String field, T value) {
        if (value == null) {
            throw new InvalidField(field + " is missing");
        }
        return value;
    }

    static void absent(String field, Object value) {
        if (value != null) {
            throw new InvalidField(field + " does not belong here");
        }
    }

    static Bytes length(String field, Bytes value, int length) {
        if (present(field, value).length() != length) {
            throw new InvalidField(field + " must be " + length + " bytes");
        }
        return value;
    }

    static Bytes lengths(String field, Bytes value, int least, int most) {
        int length = present(field, value).length();
        if (length < least || length > most) {
            throw new InvalidField(field + " must be " + least + " to " + most + " bytes");
        }
        return value;
    }

    static Bytes envelope(String field, Bytes value, int most) {
        int length = present(field, value).length();
        if (length < SMALLEST_ENVELOPE || length > most) {
            throw new InvalidField(field + " must be an envelope of " + SMALLEST_ENVELOPE + " to " + most + " bytes");
        }
        return value;
    }

    static Bytes wrappedKey(String field, Bytes value) {
        return length(field, value, SMALLEST_ENVELOPE);
    }

    static long counter(String field, long value) {
        return between(field, value, 1, Limits.MAX_NUMBER);
    }

    static long position(String field, long value) {
        return between(field, value, 0, Limits.MAX_NUMBER);
    }

    static long between(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw new InvalidField(field + " must be a number from " + least + " to " + most);
        }
        return value;
    }

    static <T> List<T> items(String field, List<T> values, int least, int most) {
        if (present(field, values).size() < least || values.size() > most) {
            throw new InvalidField(field + " must have " + least + " to " + most + " entries");
        }
        if (values.stream().anyMatch(value -> value == null)) {
            throw new InvalidField(field + " must not hold null");
        }
        return List.copyOf(values);
    }

    static List<Bytes> backupCodeHashes(List<Bytes> hashes) {
        String field = "backupCodeHashes";
        List<Bytes> all = items(field, hashes, Limits.BACKUP_CODES, Limits.BACKUP_CODES);
        all.forEach(hash -> length(field, hash, 32));
        if (new HashSet<>(all).size() != all.size()) {
            throw new InvalidField(field + " must differ from each other");
        }
        return all;
    }

    /// 73 octets of framing around the smallest padded content (spec, sections 5 and 6). A wrapped key has
    /// this size.
    private static final int SMALLEST_ENVELOPE = 73 + 64;
}
