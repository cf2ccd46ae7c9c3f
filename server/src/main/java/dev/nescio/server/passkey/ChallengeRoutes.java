package dev.nescio.server.passkey;

import dev.nescio.protocol.Passkeys;
import dev.nescio.server.config.PublicUrl;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Call;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import dev.nescio.server.throttle.Limit;
import dev.nescio.server.throttle.Throttle;
import java.time.Clock;
import java.util.Map;

/// Handing out challenges (spec, section 10.12).
public final class ChallengeRoutes {

    private final Challenges challenges;
    private final PublicUrl url;
    private final Throttle throttle;
    private final Clock clock;

    public ChallengeRoutes(Challenges challenges, PublicUrl url, Throttle throttle, Clock clock) {
        this.challenges = challenges;
        this.url = url;
        this.throttle = throttle;
        this.clock = clock;
    }

    public Map<Endpoint, Handler> handlers() {
        return Map.of(Endpoint.PASSKEY_CHALLENGE, this::draw);
    }

    private Answer draw(Call call) {
        throttle.take(Limit.PASSKEY_CHALLENGE, call.network());
        long expiresAt = clock.millis() + Challenges.LIFE.toMillis();
        return Answer.of(new Passkeys.Challenge(challenges.draw(), url.rpId(), expiresAt));
    }
}
