package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A password without a second factor cannot be stored, not even by hand.
@ParameterizedClass
@EnumSource(Backend.class)
class SecondFactorTest {

    private static TestServer server;

    @Parameter
    Backend backend;

    @BeforeParameterizedClassInvocation
    static void start(Backend backend) {
        server = TestServer.start(backend);
        Device.signedUp(server);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    private String bytes(int length) {
        return backend == Backend.SQLITE ? "zeroblob(" + length + ")" : "decode(repeat('00', " + length + "), 'hex')";
    }

    @Test
    void secondFactorCannotBeTakenOff() {
        for (String change : List.of(
                "totp_secret = NULL",
                "totp_step = NULL",
                "totp_secret = " + bytes(0),
                "totp_secret = " + bytes(20),
                "totp_step = 0",
                "lookup_hmac = NULL",
                "lookup_hmac = " + bytes(0),
                "wrapped_master_key = NULL",
                "wrapped_master_key = " + bytes(137))) {
            assertThrows(SQLException.class, () -> server.execute("UPDATE password_slot SET " + change), change);
        }
    }

    @Test
    void passwordCannotBeAddedAlone() throws SQLException {
        server.execute("INSERT INTO account SELECT " + bytes(16) + ", " + bytes(32)
                + ", created_at, 1, directory, chats_key, apps_key, emails_key, embeds_key, profile_key, 1, profile, NULL, NULL, NULL"
                + " FROM account LIMIT 1");
        String insert = "INSERT INTO password_slot SELECT " + bytes(16)
                + ", slot, salt, memory_kib, passes, lanes, lookup_hmac, wrapped_master_key, %s, %s FROM password_slot"
                + " LIMIT 1";
        assertThrows(SQLException.class, () -> server.execute(insert.formatted("NULL", "1")));
        assertThrows(SQLException.class, () -> server.execute(insert.formatted("totp_secret", "NULL")));
        assertThrows(SQLException.class, () -> server.execute(insert.formatted(bytes(0), "1")));
        assertEquals(1, server.count("password_slot"));
        server.execute(insert.formatted("totp_secret", "1"));
        assertEquals(2, server.count("password_slot"), "with both it is possible");
    }
}
