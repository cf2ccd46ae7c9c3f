package dev.nescio.server.throttle;

import dev.nescio.protocol.Bytes;
import dev.nescio.server.ephemeral.EphemeralStore;
import dev.nescio.server.ephemeral.EphemeralStore.Count;
import dev.nescio.server.http.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Limits how often something may be tried. Safe for use by many threads.
///
/// A limit's window starts with the first try and is not prolonged by later ones, so nobody stays locked out
/// for longer than one window. Whom a counter is about is hashed under a key that is drawn at each start.
public final class Throttle {

    private static final String HMAC = "HmacSHA256";
    private static final Duration REMEMBERED = Duration.ofDays(30);

    private final EphemeralStore counters;
    private final byte[] key = new byte[32];
    private final boolean enforced;

    /// @param enforced false to let everything through, for load tests
    public Throttle(EphemeralStore counters, RandomGenerator random, boolean enforced) {
        this.counters = counters;
        this.enforced = enforced;
        random.nextBytes(key);
    }

    /// Counts one try.
    ///
    /// @throws Refusal when the limit was reached before
    public void take(Limit limit, String subject) {
        Count count = counters.add(key(limit.name(), subject), 1, limit.window());
        if (enforced && count.value() > limit.most()) {
            throw Refusal.tooManyRequests(count.left());
        }
    }

    /// Takes back what [#take] counted: this try was not one to be limited.
    public void giveBack(Limit limit, String subject) {
        counters.add(key(limit.name(), subject), -1, limit.window());
    }

    /// Remembers that the right person has signed in from here.
    public void remember(Bytes hashedEmail, String network) {
        counters.add(key("known", person(hashedEmail) + network), 1, REMEMBERED);
    }

    /// Whom a limit on an address counts. A network that the right person has signed in from lately is
    /// counted by itself, so that strangers who fail on purpose elsewhere do not lock that person out.
    public String subject(Bytes hashedEmail, String network) {
        boolean known = counters.add(key("known", person(hashedEmail) + network), 0, REMEMBERED)
                        .value()
                > 0;
        return known ? person(hashedEmail) + network : person(hashedEmail);
    }

    private static String person(Bytes hashedEmail) {
        return hashedEmail.hex() + '@';
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
