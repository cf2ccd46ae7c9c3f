package dev.nescio.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What passkeys are bound to must be what a browser says, to the letter.
class PublicUrlTest {

    @ParameterizedTest
    @CsvSource({
        "https://nescio.example.org, https://nescio.example.org, nescio.example.org",
        "https://nescio.example.org/, https://nescio.example.org, nescio.example.org",
        "HTTPS://Nescio.Example.ORG:443, https://nescio.example.org, nescio.example.org",
        "https://nescio.example.org:8443, https://nescio.example.org:8443, nescio.example.org",
        "https://xn--bcher-kva.example, https://xn--bcher-kva.example, xn--bcher-kva.example",
        "http://localhost:8300, http://localhost:8300, localhost",
        "http://localhost:80, http://localhost, localhost",
        "http://127.0.0.1:8300, http://127.0.0.1:8300, 127.0.0.1",
        "https://127.0.0.1:8443, https://127.0.0.1:8443, 127.0.0.1",
        "https://nescio, https://nescio, nescio",
        "https://4.nescio.example, https://4.nescio.example, 4.nescio.example",
    })
    void isWrittenAsBrowsersDo(String given, String origin, String rpId) {
        assertEquals(new PublicUrl(origin, rpId), PublicUrl.parse(given));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nescio.example.org",
                "http://nescio.example.org",
                "http://localhost.example.org",
                "ftp://localhost",
                "https://",
                "https:nescio.example.org",
                "https://nescio.example.org/chat",
                "https://nescio.example.org?a=b",
                "https://nescio.example.org#a",
                "https://ada@nescio.example.org",
                "https://nescio.example.org:65536",
                "https://b\u00fccher.example",
                "https://[::1]",
                "https://10.0.0.5",
                "https://192.168.1.5:8443",
                "https://nescio.5",
                "https://nescio.0x7f",
                "https://nescio.example.org.",
                "https://nescio..example.org",
                "https://.example.org",
                "https://-nescio.example.org",
                "https://nescio-.example.org",
                "https://localhost.",
                "https://nescio example.org",
            })
    void whatPasskeysCannotBeBoundToIsRefused(String given) {
        assertThrows(UnusableSetting.class, () -> PublicUrl.parse(given));
    }

    @Test
    void followsThePortUnlessItIsGiven() {
        assertEquals(
                "http://localhost:8300",
                Options.parse(List.of(), Map.of()).settings().publicUrl().origin());
        assertEquals(
                "http://localhost:9000",
                Options.parse(List.of("--port", "9000"), Map.of())
                        .settings()
                        .publicUrl()
                        .origin());
        assertEquals(
                "https://nescio.example.org",
                Options.parse(List.of("--port", "9000", "--public-url", "https://nescio.example.org"), Map.of())
                        .settings()
                        .publicUrl()
                        .origin());
    }
}
