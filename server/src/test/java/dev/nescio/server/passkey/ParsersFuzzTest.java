package dev.nescio.server.passkey;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Passkeys;
import dev.nescio.server.config.PublicUrl;
import dev.nescio.server.ephemeral.MemoryStore;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/// Hostile bytes from an authenticator: refused, and nothing escapes. `CONTRIBUTING.md` says how to let the fuzzer look
/// for new inputs.
class ParsersFuzzTest {

    private static final Bytes CHALLENGE = Bytes.copyOf(new byte[32]);
    private static final Bytes CREDENTIAL_ID = Bytes.copyOf(new byte[16]);
    private static final Ceremonies CEREMONIES = new Ceremonies(
            new Challenges(new MemoryStore(Ticker.systemTicker(), 1), new SecureRandom(), Ticker.systemTicker()),
            PublicUrl.parse("http://localhost:8300"));
    private static final Bytes DECOY = CEREMONIES.decoy();

    @FuzzTest(maxDuration = "30s")
    void attestationObject(byte[] given) {
        if (given.length > 0 && given.length <= 4096) {
            CEREMONIES
                    .check(
                            new Passkeys.Registration(CHALLENGE, clientData("webauthn.create"), Bytes.copyOf(given)),
                            CREDENTIAL_ID)
                    .ifPresent(
                            passkey -> assertTrue(passkey.attestedCredential().length() <= given.length));
        }
    }

    @FuzzTest(maxDuration = "30s")
    void authenticatorData(byte[] given) {
        if (given.length > 0 && given.length <= 4096) {
            assertTrue(CEREMONIES
                    .check(
                            new Passkeys.Assertion(
                                    CREDENTIAL_ID,
                                    CHALLENGE,
                                    clientData("webauthn.get"),
                                    Bytes.copyOf(given),
                                    Bytes.copyOf(new byte[70]),
                                    null),
                            DECOY)
                    .isEmpty());
        }
    }

    @FuzzTest(maxDuration = "30s")
    void clientData(byte[] given) {
        if (given.length > 0 && given.length <= 2048) {
            assertTrue(CEREMONIES
                    .check(
                            new Passkeys.Registration(CHALLENGE, Bytes.copyOf(given), Bytes.copyOf(new byte[37])),
                            CREDENTIAL_ID)
                    .isEmpty());
        }
    }

    private static Bytes clientData(String type) {
        String json = "{\"type\":\"" + type + "\",\"challenge\":\"" + CHALLENGE.base64url()
                + "\",\"origin\":\"http://localhost:8300\"}";
        return Bytes.copyOf(json.getBytes(StandardCharsets.UTF_8));
    }
}
