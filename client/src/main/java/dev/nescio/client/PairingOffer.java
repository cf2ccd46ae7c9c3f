package dev.nescio.client;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.LogKind;
import java.util.function.Supplier;

/// The account that another device has handed to this new one, opened and checked, and not joined yet (spec, sections
/// 3.10 and 10.11). Whoever has seen the code can have answered it from an account of their own. So ask the person
/// whether it is theirs, and whether the device that they typed the digits into has said that it handed the account
/// over. Until [#join] this device keeps nothing of it and tells its other devices nothing. For one thread.
///
/// ```java
/// if (isTheirs(offer.address())) {
///     use(offer.join());
/// } else {
///     offer.decline();
/// }
/// ```
public final class PairingOffer implements AutoCloseable {

    private final Account account;
    private final UnkeptMemory memory;
    private final Supplier<ThisDevice> device;
    private boolean over;

    /// @param account opened with this memory
    PairingOffer(Account account, UnkeptMemory memory, Supplier<ThisDevice> device) {
        this.account = account;
        this.memory = memory;
        this.device = device;
    }

    /// As the account's devices sealed it. Somebody who means to deceive can have made an account with any address.
    public String address() {
        return account.address();
    }

    public AccountId id() {
        return account.id();
    }

    /// The person has said that it is theirs: this device is signed in, and the account's other devices are told. Where
    /// the list of devices fails a check, [Account#deviceListFinding] says so.
    public Account join() {
        requireOpen();
        memory.keep();
        over = true;
        return Nescio.announced(account, LogKind.PAIRED, device);
    }

    /// The person has said that it is not theirs: ends the session and wipes the keys.
    public void decline() {
        requireOpen();
        over = true;
        try {
            account.end();
        } finally {
            account.close();
        }
    }

    private void requireOpen() {
        if (over) {
            throw new IllegalStateException("it was joined or declined before");
        }
    }

    /// Wipes the keys of an account that was not joined. Its session then ends by itself.
    @Override
    public void close() {
        if (!over) {
            over = true;
            account.close();
        }
    }

    @Override
    public String toString() {
        return "PairingOffer[redacted]";
    }
}
