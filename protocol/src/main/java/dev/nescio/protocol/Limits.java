package dev.nescio.protocol;

/// Bounds that both sides know. The server refuses what is over them before it reads on; so does a client.
public final class Limits {

    /// Octets of a request body that holds sealed items.
    public static final int REQUEST_BODY = 2 * 1024 * 1024;

    /// Octets of a request that begins a sign-up, or that changes a key slot, the directory or the device list.
    public static final int SIGN_UP_BODY = 256 * 1024;

    /// Octets of any other request body.
    public static final int SMALL_BODY = 16 * 1024;

    /// Octets of a response body that a client reads.
    public static final int RESPONSE_BODY = 16 * 1024 * 1024;

    /// Octets of a sealed item.
    public static final int ITEM = 256 * 1024;

    /// Octets of any other envelope: metadata, manifests, lists, directories, profiles.
    public static final int ENVELOPE = 64 * 1024;

    /// Octets of the earlier keys of a container, sealed: 128 keys.
    public static final int EARLIER_KEYS = 8 * 1024;

    /// Items in one commit.
    public static final int ITEMS_PER_COMMIT = 256;

    /// Levels of nesting in a JSON document.
    public static final int JSON_DEPTH = 16;

    /// Numbers in JSON are exact up to here, in every language.
    public static final long MAX_NUMBER = (1L << 53) - 1;

    public static final int BACKUP_CODES = 10;

    /// Access keys that an account may have.
    public static final int ACCESS_KEYS = 32;

    /// Slots in one answer: a password, a recovery key, 32 passkeys and 32 access keys, with room.
    public static final int SLOTS = 128;

    /// Octets of the scope record of an access key.
    public static final int SCOPE_RECORD = 1024;

    /// Entries of an account's log in one answer.
    public static final int LOG_PAGE = 500;

    private Limits() {}
}
