package dev.nescio.client;

/// What a client noticed when it checked a server's answer (spec, sections 3.4, 8.5 and 9).
public enum Finding {
    /// Parameters for Argon2id below the floor, below what this device has used before, or exhausting.
    PASSWORD_HASH_REFUSED("The server asked for a password hash that is too weak, or that would exhaust this device."
            + " Nothing was sent. Do not sign in until its operator has explained this."),
    /// A key or a sealed value does not open where it was served.
    REJECTED("The server gave something that was not sealed for this place with this account's keys."),
    /// The slots differ from the sealed directory.
    SLOTS_CHANGED("The server's list of ways to sign in is not the one that this account's devices sealed."),
    /// The list of sessions leaves this device out, or names a session again that has ended.
    SESSIONS_CHANGED("The server's list of sessions leaves this device out, or brings back one that has ended."),
    /// The account is not the one of the typed address.
    ADDRESS_EXCHANGED("The server answered with another account than that of this address."),
    /// The account's public key is not the one whose private half its devices sealed.
    PUBLIC_KEY_REPLACED(
            "The server replaced the account's public key: what is sealed to it now, somebody else can read."
                    + " Nothing more of the account was opened, and nothing written. Do not sign in until its operator has"
                    + " explained this."),
    /// An older state than this device has seen.
    ROLLBACK("The server served an older state than this device has seen before: a restored backup, or an attack."),
    /// Two different states with one counter.
    FORK("The server served a history that differs from the one that this device has seen."),
    /// Containers or items are missing, added or reordered.
    INCOMPLETE("The server left something out, added something, or changed the order."),
    /// What was revealed is not what the new device had committed to, or no key at all.
    PAIRING_CHANGED(
            "What the server passed on from the new device is not what that device had committed to. Nothing was"
                    + " handed over. Do not try again on a server that you do not trust."),
    /// The relying-party id of passkeys is not the host of the server's address.
    OTHER_RELYING_PARTY(
            "The server asked for a passkey of another name than that of its address. Nothing was signed. Use"
                    + " the address that its operator gives as the public URL."),
    /// The session would end later than the access key that opens it.
    ACCESS_KEY_OUTLIVED("The server opened a session that would outlive its access key."),
    /// The log begins later than it may.
    LOG_CUT("The server's log of the account does not reach back as far as it has to: older entries are missing."),
    /// Entries of the log do not follow on each other.
    LOG_BROKEN("The server's log of the account is no whole chain: entries are missing, changed, or in another order."),
    /// The log has more entries than a device reads.
    LOG_TOO_LONG("The account's log has more entries than this device reads: what came last was not looked at."),
    /// The log says nothing of what this device has done itself.
    LOG_OMITS("The server's log of the account leaves out what this device has just done."),
    /// The log was not given.
    LOG_WITHHELD("The server did not show the account's log, so nobody can tell whether it is whole."),
    /// Another device of the account has been shown another log.
    LOG_DIFFERS("The server's log of the account is not the one that it has shown to another of your devices."),
    /// There is no list of devices, or no sound one, to compare the log with.
    LOG_UNCOMPARED(
            "The server gave no sound list of your devices, so nobody can tell whether the account's log is the one"
                    + " that it has shown to the others. See: nescio sessions list."),
    /// Not a well-formed answer of the protocol, or too large.
    BAD_ANSWER("The server's answer is not one of this protocol.");

    private final String text;

    Finding(String text) {
        this.text = text;
    }

    /// A sentence for a person.
    public String text() {
        return text;
    }
}
