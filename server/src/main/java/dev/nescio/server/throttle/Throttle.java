package dev.nescio.server.throttle;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.server.ephemeral.EphemeralStore;
import dev.nescio.server.ephemeral.EphemeralStore.Count;
import dev.nescio.server.http.Caller;
import dev.nescio.server.http.Network;
import dev.nescio.server.http.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Limits how often something may be tried. Safe for use by many threads.
///
/// What strangers can use up is counted by their own network, never by an address alone: else they
/// could lock its owner out. Mails are the exception: those to one address and those of the whole server
/// are counted wherever they are asked for, and whoever uses them up keeps others from signing up, and
/// from having a reset code mailed. A limit's window starts with the first try and is not prolonged by
/// later ones. Whom a counter is about is hashed under a key that is drawn at each start.
public final class Throttle {

    private static final String HMAC = "HmacSHA256";

    private final EphemeralStore counters;
    private final EphemeralStore halfRight;
    private final EphemeralStore requests;
    private final byte[] key = new byte[32];
    private final boolean enforced;

    /// @param halfRight for [#admitsHalfRight] and [#takeProof] alone, so that no flood of other counters pushes its
    /// own out
    /// @param requests for [#takeRequest] alone, likewise
    /// @param enforced false to let everything through, for load tests
    public Throttle(
            EphemeralStore counters,
            EphemeralStore halfRight,
            EphemeralStore requests,
            RandomGenerator random,
            boolean enforced) {
        this.counters = counters;
        this.halfRight = halfRight;
        this.requests = requests;
        this.enforced = enforced;
        random.nextBytes(key);
    }

    /// Counts a request, whatever it asks for: by its session, or else by its network. Not by the account: whoever
    /// has copied a token would keep the owner's other devices from ending its session.
    ///
    /// @param caller null where there is no session, or the route asks for none
    /// @throws Refusal when the limit was reached before
    public void takeRequest(Caller caller, Network network) {
        if (!enforced) {
            return;
        }
        if (caller == null) {
            take(requests, Limit.REQUEST_OF_NETWORK, network);
        } else {
            take(requests, Limit.REQUEST_OF_SESSION, caller.session().hex(), Limit.REQUEST_OF_SESSION.most());
        }
    }

    /// Counts one try.
    ///
    /// @throws Refusal when the limit was reached before
    public void take(Limit limit, Network network) {
        take(counters, limit, network);
    }

    /// Takes back what [#take] counted: this try was not one to be limited.
    public void giveBack(Limit limit, Network network) {
        giveBack(limit, network.name());
        if (network.isInBlock()) {
            giveBack(limit, network.block());
        }
    }

    /// Counts one try to sign in that may fail. A client that goes on with one address does not use up what
    /// the others on its network have.
    ///
    /// @throws Refusal when a limit was reached before
    public void takeSignIn(Bytes hashedEmail, Network network) {
        take(Limit.FAILED_SIGN_IN, network);
        try {
            take(Limit.FAILED_SIGN_IN_OF_ADDRESS, there(hashedEmail, network), Limit.FAILED_SIGN_IN_OF_ADDRESS.most());
        } catch (Refusal refusal) {
            giveBack(Limit.FAILED_SIGN_IN, network);
            throw refusal;
        }
    }

    /// It did not fail.
    public void giveBackSignIn(Bytes hashedEmail, Network network) {
        giveBack(Limit.FAILED_SIGN_IN, network);
        giveBack(Limit.FAILED_SIGN_IN_OF_ADDRESS, there(hashedEmail, network));
    }

    /// Counts a try that knows one factor, wherever it comes from, and says whether it may go on. What it may
    /// not is answered like any other failure: another answer would tell that one factor was right.
    ///
    /// @param kind of second factor
    /// @param knows whether one factor was right that a guess of the other could build on
    public boolean admitsHalfRight(Bytes hashedEmail, String kind, boolean knows) {
        Limit limit = Limit.HALF_RIGHT_SIGN_IN;
        Count count = halfRight.add(key(limit.name(), hashedEmail.hex() + '@' + kind), knows ? 1 : 0, limit.window());
        return !enforced || count.value() <= limit.most();
    }

    /// It was right as a whole.
    public void giveBackHalfRight(Bytes hashedEmail, String kind) {
        Limit limit = Limit.HALF_RIGHT_SIGN_IN;
        halfRight.add(key(limit.name(), hashedEmail.hex() + '@' + kind), -1, limit.window());
    }

    /// Counts a try to prove a credential in a session; whoever holds none cannot use these up.
    ///
    /// @throws Refusal when the limit was reached before
    public void takeProof(AccountId account) {
        take(halfRight, Limit.FAILED_PROOF, account.hex(), Limit.FAILED_PROOF.most());
    }

    /// It was right.
    public void giveBackProof(AccountId account) {
        halfRight.add(key(Limit.FAILED_PROOF.name(), account.hex()), -1, Limit.FAILED_PROOF.window());
    }

    /// Counts a mail that somebody asks for, to whatever address and whatever for. Nobody's mailbox is filled,
    /// however many networks take part. That an address had enough from all networks is not told to whoever
    /// asks: it would tell that others have asked.
    ///
    /// @return whether the mail may be sent
    /// @throws Refusal when another limit was reached before
    public boolean takeMail(Bytes hashedEmail, Network network) {
        take(Limit.MAIL, network);
        take(Limit.MAIL_TO_ADDRESS, there(hashedEmail, network), Limit.MAIL_TO_ADDRESS.most());
        try {
            take(Limit.MAIL_FROM_SERVER, "", Limit.MAIL_FROM_SERVER.most());
        } catch (Refusal refusal) {
            giveBack(Limit.MAIL_TO_ADDRESS, there(hashedEmail, network));
            throw refusal;
        }
        Limit everywhere = Limit.MAIL_TO_ADDRESS_FROM_ANYWHERE;
        Count count = counters.add(key(everywhere.name(), hashedEmail.hex()), 1, everywhere.window());
        return !enforced || count.value() <= everywhere.most();
    }

    /// No mail was sent. The network's own try stays counted.
    public void giveBackMail(Bytes hashedEmail, Network network) {
        giveBack(Limit.MAIL_TO_ADDRESS, there(hashedEmail, network));
        giveBack(Limit.MAIL_FROM_SERVER, "");
        giveBack(Limit.MAIL_TO_ADDRESS_FROM_ANYWHERE, hashedEmail.hex());
    }

    /// Counts a mail about a sign-in: whoever has what opens the account must not fill its owner's mailbox.
    ///
    /// @return whether it may be sent
    public boolean takeAlert(AccountId account) {
        Limit limit = Limit.MAIL_ALERT;
        Count count = counters.add(key(limit.name(), account.hex()), 1, limit.window());
        return !enforced || count.value() <= limit.most();
    }

    /// It was not sent.
    public void giveBackAlert(AccountId account) {
        giveBack(Limit.MAIL_ALERT, account.hex());
    }

    /// Counts an authenticator that an account begins to set up: each one waits in memory that all accounts share.
    ///
    /// @throws Refusal when the limit was reached before
    public void takeNewAuthenticator(AccountId account) {
        take(Limit.NEW_AUTHENTICATOR, account.hex(), Limit.NEW_AUTHENTICATOR.most());
    }

    /// Counts a reset that waits for its first code, of whoever has the account's reset code: each one takes
    /// memory that all accounts share.
    ///
    /// @throws Refusal when the limit was reached before
    public void takeReset(AccountId account) {
        take(Limit.RESET, account.hex(), Limit.RESET.most());
    }

    private void take(Limit limit, String subject, int most) {
        take(counters, limit, subject, most);
    }

    private void take(EphemeralStore store, Limit limit, Network network) {
        take(store, limit, network.name(), limit.most());
        if (network.isInBlock()) {
            take(store, limit, network.block(), limit.most() * Limit.NETWORKS_OF_A_BLOCK);
        }
    }

    private void take(EphemeralStore store, Limit limit, String subject, int most) {
        Count count = store.add(key(limit.name(), subject), 1, limit.window());
        if (enforced && count.value() > most) {
            throw Refusal.tooManyRequests(count.left());
        }
    }

    private void giveBack(Limit limit, String subject) {
        counters.add(key(limit.name(), subject), -1, limit.window());
    }

    private static String there(Bytes hashedEmail, Network network) {
        return hashedEmail.hex() + '@' + network.name();
    }

    private Bytes key(String space, String subject) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            mac.update(space.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return Bytes.copyOf(mac.doFinal(subject.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + HMAC, e);
        }
    }
}
