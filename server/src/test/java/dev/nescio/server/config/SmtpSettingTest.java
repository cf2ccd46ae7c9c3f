package dev.nescio.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.server.config.SmtpSetting.Security;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmtpSettingTest {

    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("smtp"), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    @Test
    void readsAll() throws IOException {
        Path file = file("""
                # the relay of the house
                host = mail.example.org
                port = 2525
                security = starttls

                user = nescio
                password = p = q\\r #x
                from = nescio@example.org
                trust = ca.pem
                """);
        assertEquals(
                new SmtpSetting(
                        "mail.example.org",
                        2525,
                        Security.STARTTLS,
                        "nescio",
                        "p = q\\r #x",
                        "nescio@example.org",
                        folder.resolve("ca.pem")),
                SmtpSetting.read(file));
    }

    @Test
    void usesTlsAtItsUsualPortUnlessToldOtherwise() throws IOException {
        SmtpSetting setting = SmtpSetting.read(file("host=mail.example.org\nfrom=nescio@example.org\n"));
        assertEquals(Security.TLS, setting.security());
        assertEquals(465, setting.port());
        assertNull(setting.user());
        assertNull(setting.trust());
    }

    @Test
    void isOffUnlessGiven() {
        assertNull(Options.parse(List.of(), Map.of()).settings().smtp());
        assertNull(Options.parse(List.of("--smtp", "off"), Map.of()).settings().smtp());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "from=a@example.org|host is missing",
                "host=mail.example.org|from is missing",
                "host=mail.example.org;from=A <a@example.org>|from must be one plain address",
                "host=mail example;from=a@example.org|host must be",
                "host=h;from=a@example.org;port=0|port must be",
                "host=h;from=a@example.org;port=x|port must be",
                "host=h;from=a@example.org;security=ssl|security must be",
                "host=h;from=a@example.org;security=none|on this machine",
                "host=h;from=a@example.org;user=u|user and password belong together",
                "host=h;from=a@example.org;passwrd=p|each line must be",
                "host=h;from=a@example.org;host=i|host stands there twice",
                "host=h;from=a@example.org;nonsense|each line must be"
            })
    void saysWhatIsWrong(String lines, String said) throws IOException {
        Path file = file(lines.replace(';', '\n') + "\n");
        UnusableSetting e = assertThrows(UnusableSetting.class, () -> SmtpSetting.read(file));
        assertTrue(e.getMessage().contains(said), e.getMessage());
    }

    @Test
    void aFileThatEverybodyMayReadIsRefused() throws IOException {
        Path file = file("host=localhost\nfrom=a@example.org\nuser=u\npassword=hunter2\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        UnusableSetting e = assertThrows(UnusableSetting.class, () -> SmtpSetting.read(file));
        assertTrue(e.getMessage().contains("chmod"), e.getMessage());
        assertThrows(UnusableSetting.class, () -> SmtpSetting.read(folder.resolve("missing")));
    }

    @Test
    void noMessageShowsThePassword() throws IOException {
        Path file = file("host=localhost\nfrom=a@example.org\nuser=u\npassword=hunter2\nhunter2\n");
        UnusableSetting e = assertThrows(UnusableSetting.class, () -> SmtpSetting.read(file));
        assertFalse(e.getMessage().contains("hunter2"), e.getMessage());
        assertFalse(SmtpSetting.read(file("host=h\nfrom=a@example.org\nuser=u\npassword=hunter2\n"))
                .toString()
                .contains("hunter2"));
    }
}
