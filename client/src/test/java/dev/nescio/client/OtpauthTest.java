package dev.nescio.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.keys.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The link for an authenticator (spec, section 3.6).
class OtpauthTest {

    private static final String LINK = "otpauth://totp/Nescio:a%2Bb%2Ac~%C3%BC%40example.org"
            + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Nescio&algorithm=SHA1&digits=6&period=30";

    @Test
    void onlyUnreservedCharactersOfTheAddressStay() {
        Address address = Address.parse("a+b*c~ü@example.org");
        assertEquals(LINK, PendingSignUp.otpauthUri(address, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
    }

    @Test
    void theSpecHasTheSameExample() throws IOException {
        String spec = Files.readString(Path.of(System.getProperty("nescio.spec"), "protocol.md"));
        assertTrue(spec.replaceAll("\\s", "").contains(LINK));
    }
}
