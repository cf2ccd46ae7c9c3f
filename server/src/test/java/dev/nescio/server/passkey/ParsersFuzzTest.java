package dev.nescio.server.passkey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Passkeys;
import dev.nescio.server.config.PublicUrl;
import dev.nescio.server.ephemeral.MemoryStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

/// Hostile bytes from an authenticator: refused, and nothing escapes. As every exception is a refusal, what the fuzzer
/// can
/// find is an overflow, an input that is never done with, or one that is taken and should not be. `CONTRIBUTING.md`
/// says
/// how to let it look for new inputs.
class ParsersFuzzTest {

    private static final Bytes CHALLENGE = Bytes.copyOf(new byte[32]);
    private static final Bytes CREDENTIAL_ID = Bytes.copyOf(new byte[16]);
    private static final Ceremonies CEREMONIES = new Ceremonies(
            new Challenges(new MemoryStore(Ticker.systemTicker(), 1), new SecureRandom(), Ticker.systemTicker()),
            PublicUrl.parse("http://localhost:8300"));
    private static final Bytes DECOY = CEREMONIES.decoy();
    private static final Bytes WHOLE_ATTESTATION = input("attestationObject/whole");

    private static Bytes input(String name) {
        try (InputStream file = ParsersFuzzTest.class.getResourceAsStream("ParsersFuzzTestInputs/" + name)) {
            return Bytes.copyOf(file.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Else a target would not get past the first thing that is wrong.
    @Test
    void whatIsWholeIsTaken() {
        assertTrue(CEREMONIES
                .check(
                        new Passkeys.Registration(CHALLENGE, input("clientData/whole"), WHOLE_ATTESTATION),
                        CREDENTIAL_ID)
                .isPresent());
    }

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
            CEREMONIES
                    .check(new Passkeys.Registration(CHALLENGE, Bytes.copyOf(given), WHOLE_ATTESTATION), CREDENTIAL_ID)
                    .ifPresent(passkey -> assertEquals("localhost", passkey.rpId()));
        }
    }

    private static Bytes clientData(String type) {
        String json = "{\"type\":\"" + type + "\",\"challenge\":\"" + CHALLENGE.base64url()
                + "\",\"origin\":\"http://localhost:8300\"}";
        return Bytes.copyOf(json.getBytes(StandardCharsets.UTF_8));
    }
}
