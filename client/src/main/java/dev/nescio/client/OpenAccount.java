package dev.nescio.client;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.SessionId;
import java.time.Instant;
import java.util.function.Consumer;

/// What a device that is signed in reaches of an account: all of it, or some domains by an access key
/// (spec, section 3.12). Safe for use by many threads.
public sealed interface OpenAccount extends AutoCloseable permits Account, ScopedAccount {

    AccountId id();

    SessionId session();

    /// When the session ends by itself, unless it is renewed.
    Instant expiresAt();

    /// @throws NescioException.Refused if the access key does not reach the chats
    Chats chats();

    /// Asks the server whether the session still lives.
    ///
    /// @throws NescioException.SessionEnded if it does not
    void checkSession();

    /// Listens to what other devices change. Returns when the server has said hello.
    Hints listen(HintListener listener);

    /// The session and the keys, for [Nescio#resumeAny] on this device.
    byte[] save(ProfileProtection protection);

    /// Whether half of the session's life is over, so that it is time to renew it.
    boolean isRenewalDue(Instant now);

    /// Prolongs the session by another token, but not beyond the end of an access key. Several programs
    /// must not use one saved session while it is renewed: a token that comes again after the next one
    /// was used ends the session.
    ///
    /// @param keep stores the profile durably. Only when it returns is the new token used; if it fails,
    /// or the     program ends, the one that was stored before still works.
    void renew(ProfileProtection protection, Consumer<byte[]> keep);

    /// As above, for a program that stores no profile.
    void renew();

    /// Ends the session at the server and wipes the keys here.
    void signOut();

    /// Wipes the keys held here. The session lives on.
    @Override
    void close();
}
