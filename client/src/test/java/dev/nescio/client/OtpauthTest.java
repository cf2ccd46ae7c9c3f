package dev.nescio.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.keys.Address;
import dev.nescio.protocol.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/// The link for an authenticator (spec, section 3.6).
class OtpauthTest {

    private static final String LINK = "otpauth://totp/Nescio:a%2Bb%2Ac~%C3%BC%40example.org"
            + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Nescio&algorithm=SHA1&digits=6&period=30";

    @Test
    void onlyUnreservedCharactersOfTheAddressStay() {
        Address address = Address.parse("a+b*c~ü@example.org");
        Bytes secret = Bytes.parseHex("3132333435363738393031323334353637383930");
        assertEquals(LINK, new AuthenticatorSecret(address, secret).uri());
    }

    @Test
    void theSpecHasTheSameExample() throws IOException {
        String spec = Files.readString(Path.of(System.getProperty("nescio.spec"), "protocol.md"));
        assertTrue(spec.replaceAll("\\s", "").contains(LINK));
    }

    /// RFC 4226, section 5.3, over the number of the step.
    @Test
    void theSpecsCodeIsThatOfItsSecret() throws GeneralSecurityException, IOException {
        byte[] secret =
                Bytes.parseHex("3132333435363738393031323334353637383930").toArray();
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(secret, "HmacSHA1"));
        ByteBuffer hash = ByteBuffer.wrap(
                mac.doFinal(ByteBuffer.allocate(8).putLong(59 / 30).array()));
        int code = (hash.getInt(hash.get(19) & 0xf) & Integer.MAX_VALUE) % 1_000_000;
        assertEquals(287082, code);
        assertTrue(Files.readString(Path.of(System.getProperty("nescio.spec"), "protocol.md"))
                .contains("    code     " + code + "\n"));
    }
}
