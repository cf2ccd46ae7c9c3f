package dev.nescio.cli.drill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.cli.proof.Column;
import dev.nescio.keys.Address;
import dev.nescio.keys.Credential;
import dev.nescio.keys.MasterKey;
import dev.nescio.keys.Password;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SlotId;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.SealingKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Against a database as section 12 of the spec has it, and against servers that store what they should not.
class DatabaseOnlyTest {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final AccountId ACCOUNT = AccountId.generate(RANDOM);
    private static final SlotId SLOT = SlotId.generate(RANDOM);
    private static final Bytes SALT = random(16);
    private static final Bytes PEPPER = random(32);
    private static final Bytes SEAL = random(32);
    private static final Address ADDRESS = Address.parse("ada@example.org");
    private static final List<DatabaseOnly.Key> KEYRING =
            List.of(new DatabaseOnly.Key("the pepper", PEPPER), new DatabaseOnly.Key("the sealing key", SEAL));

    private static Credential right;
    private static Credential wrong;
    private static Bytes wrapped;

    @BeforeAll
    static void derive() throws Exception {
        right = credential("violet harbour 7");
        wrong = credential("violet harbour 8");
        try (MasterKey masterKey = MasterKey.generate(ACCOUNT, RANDOM)) {
            wrapped = right.wrap(masterKey, SLOT, RANDOM);
        }
    }

    private static Credential credential(String password) throws Exception {
        try (Password normalised = Password.of(password.toCharArray())) {
            return Credential.ofPassword(normalised, ADDRESS, SALT, Argon2Parameters.CURRENT, Optional.empty());
        }
    }

    private static List<Column> stored() {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("account.account", ACCOUNT.bytes()));
        columns.add(new Column("slot.slot", SLOT.bytes()));
        columns.add(new Column("slot.salt", SALT));
        columns.add(new Column("account.address_hmac", hmac(PEPPER, "address", ADDRESS.hashed())));
        columns.add(new Column("slot.lookup_hmac", hmac(PEPPER, "lookup", right.lookupHash())));
        columns.add(new Column("slot.wrapped_master_key", sealed(SEAL)));
        columns.add(new Column("account.profile", random(137)));
        return columns;
    }

    @Test
    void theDatabaseAloneConfirmsNothing() {
        assertEquals(List.of(), confirm(stored(), right, List.of()));
    }

    @Test
    void theKeyringConfirmsAddressLookupHashAndMasterKey() {
        List<String> confirmations = confirm(stored(), right, KEYRING);
        assertTrue(confirmations.contains("slot.lookup_hmac is HMAC(the pepper; \"lookup\", lookup_hash)"));
        assertTrue(confirmations.contains("account.address_hmac is HMAC(the pepper; \"address\", hashed_email)"));
        assertTrue(confirmations.contains("the password opens slot.wrapped_master_key within the sealing key"));
        assertEquals(3, confirmations.size());
    }

    @Test
    void theKeyringDoesNotConfirmAWrongPassword() {
        assertEquals(
                List.of("account.address_hmac is HMAC(the pepper; \"address\", hashed_email)"),
                confirm(stored(), wrong, KEYRING));
    }

    @Test
    void noticesEachWayOfStoringTooMuch() {
        Bytes lookup = right.lookupHash();
        assertNoticed(ADDRESS.hashed(), "hashed_email");
        assertNoticed(lookup, "lookup_hash");
        assertNoticed(sha256(ADDRESS.hashed()), "SHA-256(hashed_email)");
        assertNoticed(sha256(lookup), "SHA-256(lookup_hash)");
        assertNoticed(sha256(SALT, lookup), "SHA-256(slot.salt, lookup_hash)");
        assertNoticed(hmac(Bytes.copyOf(new byte[32]), "lookup", lookup), "HMAC(a key of zeros");
        assertNoticed(hmac(SALT, "lookup", lookup), "HMAC(slot.salt");
        assertNoticed(Bytes.copyOf(Arrays.copyOf(sha256(lookup).toArray(), 16)), "SHA-256(lookup_hash)");
        assertNoticed(Bytes.copyOf("ada@example.org, 2026".getBytes(StandardCharsets.UTF_8)), "address");
        assertNoticed(wrapped, "the password opens server.mistake");
        assertNoticed(sealed(Bytes.copyOf(new byte[32])), "within a key of zeros");
    }

    @Test
    void noticesAKeyringThatLiesInTheDatabase() {
        List<Column> columns = stored();
        columns.add(new Column("setting.value", PEPPER));
        assertTrue(!confirm(columns, right, List.of()).isEmpty());
    }

    @Test
    void noticesAnEnvelopeOfThePasswordsThatWasMovedElsewhere() throws Exception {
        try (MasterKey other = MasterKey.generate(ACCOUNT, RANDOM)) {
            assertNoticed(right.wrap(other, SlotId.generate(RANDOM), RANDOM), "the password opens");
        }
    }

    /// As a note of the log is in the text of a dump.
    @Test
    void takesNothingForAnEnvelopeThatIsTooShortForOne() {
        for (int length = 0; length < SealingKey.SHORTEST_ENVELOPE; length++) {
            List<Column> columns = stored();
            columns.add(new Column("log_entry.note", Bytes.copyOf(new byte[length])));
            assertEquals(List.of(), confirm(columns, right, List.of()));
        }
    }

    private static void assertNoticed(Bytes mistake, String formula) {
        List<Column> columns = stored();
        columns.add(new Column("server.mistake", mistake));
        List<String> confirmations = confirm(columns, right, List.of());
        assertTrue(
                confirmations.stream().anyMatch(confirmation -> confirmation.contains(formula)),
                formula + " in " + confirmations);
    }

    private static List<String> confirm(List<Column> columns, Credential credential, List<DatabaseOnly.Key> further) {
        return new DatabaseOnly(columns, ACCOUNT, SLOT).confirmations(ADDRESS, credential, further);
    }

    private static Bytes sealed(Bytes key) {
        AssociatedData place = new AssociatedData("server/wrapped-master-key", ACCOUNT, null, null, SLOT, "key", 1);
        try (SealingKey seal = SealingKey.of(SecretBytes.taking(key.toArray()))) {
            return Bytes.copyOf(seal.seal(place, wrapped.toArray(), RANDOM));
        }
    }

    private static Bytes random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return Bytes.copyOf(bytes);
    }

    private static Bytes sha256(Bytes... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Bytes part : parts) {
                digest.update(part.toArray());
            }
            return Bytes.copyOf(digest.digest());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Bytes hmac(Bytes key, String purpose, Bytes value) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.toArray(), "HmacSHA256"));
            mac.update((purpose + '\0').getBytes(StandardCharsets.US_ASCII));
            return Bytes.copyOf(mac.doFinal(value.toArray()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
