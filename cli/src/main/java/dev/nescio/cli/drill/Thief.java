package dev.nescio.cli.drill;

import dev.nescio.cli.proof.DatabaseDump;
import dev.nescio.cli.proof.DatabaseDump.Row;
import dev.nescio.keys.Address;
import dev.nescio.keys.Argon2Policy;
import dev.nescio.keys.Credential;
import dev.nescio.keys.Password;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SlotId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Tries the right address and the right password on a dump of the database: without the keyring, where
/// nothing may confirm them, and with it, where something must.
final class Thief {

    private static final String SLOTS = "password_slot";
    private static final String LOOKUP = "lookup_hash";
    private static final List<String> NO_KEYS = List.of("version", "check");

    /// What came of it.
    ///
    /// @param columns values that were tried
    /// @param alone what the database alone confirms: nothing, or the promise is broken
    /// @param withKeyring what the database and the keyring confirm together
    record Loot(int columns, List<String> alone, List<String> withKeyring) {

        /// Whether the test has shown that it can succeed.
        boolean canSucceed() {
            return withKeyring.stream().anyMatch(confirmation -> confirmation.contains(LOOKUP))
                    && withKeyring.stream().anyMatch(confirmation -> confirmation.startsWith("the password opens"));
        }
    }

    private Thief() {}

    /// @param account the one whose password it is, as the dump has it
    static Loot rob(DatabaseDump dump, Path keyring, AccountId account, Address address, String password)
            throws IOException, DrillFailed {
        Row slot = dump.rows(SLOTS).stream()
                .filter(row -> row.bytes("account").equals(Optional.of(account.bytes())))
                .findFirst()
                .orElseThrow(() -> new DrillFailed("The dump has no password slot of the account."));
        DatabaseOnly database = new DatabaseOnly(dump.columns(), account, new SlotId(bytes(slot, "slot")));
        try (Password normalised = Password.of(password.toCharArray());
                Credential credential =
                        Credential.ofPassword(normalised, address, bytes(slot, "salt"), cost(slot), Optional.empty())) {
            return new Loot(
                    database.columns(),
                    database.confirmations(address, credential, List.of()),
                    database.confirmations(address, credential, keys(keyring)));
        } catch (Argon2Policy.RefusedException e) {
            throw new DrillFailed("The dump has no acceptable Argon2id parameters.", e);
        }
    }

    private static Bytes bytes(Row row, String column) throws DrillFailed {
        return row.bytes(column).orElseThrow(() -> new DrillFailed("The dump has no " + SLOTS + "." + column + "."));
    }

    private static Argon2Parameters cost(Row slot) throws DrillFailed {
        return new Argon2Parameters(number(slot, "memory_kib"), number(slot, "passes"), number(slot, "lanes"));
    }

    private static int number(Row row, String column) throws DrillFailed {
        return Integer.parseInt(
                row.text(column).orElseThrow(() -> new DrillFailed("The dump has no " + SLOTS + "." + column + ".")));
    }

    /// A line for each key: its name, and its bytes as base64url. The version and the check are no keys.
    private static List<DatabaseOnly.Key> keys(Path keyring) throws IOException {
        List<DatabaseOnly.Key> keys = new ArrayList<>();
        for (String line : Files.readAllLines(keyring)) {
            String[] parts = line.split(" ", 2);
            if (!line.startsWith("#") && parts.length == 2 && !NO_KEYS.contains(parts[0])) {
                keys.add(new DatabaseOnly.Key("the keyring's " + parts[0], Bytes.parse(parts[1].strip())));
            }
        }
        return keys;
    }
}
