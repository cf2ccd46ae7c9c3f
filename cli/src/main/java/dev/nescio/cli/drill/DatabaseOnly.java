package dev.nescio.cli.drill;

import dev.nescio.cli.drill.Needles.Needle;
import dev.nescio.cli.proof.Column;
import dev.nescio.keys.Address;
import dev.nescio.keys.Credential;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SlotId;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.RejectedException.Reason;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.SealingKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A thief who has the whole database and has guessed address and password right: can anything in it tell
/// him so?
///
/// Spec, section 12: without the keyring nothing can. He computes all that a client computes, hashes it in
/// every way that a server might have, with every key that he can think of or finds in the database, and
/// looks for the result in every column; and he tries to open every column with what the password yields.
///
/// The same with the keyring must succeed, or this test could not fail.
public final class DatabaseOnly {

    /// A key that somebody has beside the guess.
    public record Key(String name, Bytes value) {}

    private static final String HMAC = "HmacSHA256";
    private static final List<String> PURPOSES = List.of("", "address", "lookup", "backup-code");
    private static final int LONGEST_KEY = 64;
    private static final int MOST_KEYS = 500;

    /// Shorter parts could be equal by chance; longer ones would miss a hash that was cut.
    private static final int TELLING = 16;

    private final List<Column> columns;
    private final AccountId account;
    private final SlotId slot;

    /// @param columns all values of the database that are byte strings or text
    public DatabaseOnly(List<Column> columns, AccountId account, SlotId slot) {
        this.columns = List.copyOf(columns);
        this.account = account;
        this.slot = slot;
    }

    /// How many values are tried.
    public int columns() {
        return columns.size();
    }

    /// Tries a guess.
    ///
    /// @param credential what the guessed password yields with the salt and parameters of the database
    /// @param further keys that are not in the database, as those of the keyring
    /// @return what confirms it: nothing, if the database alone is worth nothing
    public List<String> confirmations(Address address, Credential credential, List<Key> further) {
        List<Key> keys = keys(further);
        Map<String, byte[]> guesses = new LinkedHashMap<>();
        guesses.put("hashed_email", address.hashed().toArray());
        guesses.put("lookup_hash", credential.lookupHash().toArray());
        guesses.put("address", address.normalised().getBytes(StandardCharsets.UTF_8));

        Map<String, byte[]> hashes = new LinkedHashMap<>();
        guesses.forEach((name, guess) -> addHashes(hashes, name, guess, keys));
        List<String> confirmations = new ArrayList<>(findEqual(hashes));
        for (Column column : columns) {
            if (opens(credential, column.value())) {
                confirmations.add("the password opens " + column.name());
            }
            for (Key key : keys) {
                unseal(key, column.value())
                        .filter(inner -> opens(credential, inner))
                        .ifPresent(inner ->
                                confirmations.add("the password opens " + column.name() + " within " + key.name()));
            }
        }
        return confirmations;
    }

    /// The empty key, keys of one repeated byte, and every short value of the database.
    private List<Key> keys(List<Key> further) {
        Map<Bytes, Key> keys = new LinkedHashMap<>();
        byte[] ones = new byte[SealingKey.LENGTH];
        Arrays.fill(ones, (byte) 0xff);
        List<Key> known = new ArrayList<>(further);
        known.add(new Key("a key of zeros", Bytes.copyOf(new byte[SealingKey.LENGTH])));
        known.add(new Key("a key of ones", Bytes.copyOf(ones)));
        known.add(new Key("the hash of nothing", Bytes.copyOf(sha256())));
        for (Column column : columns) {
            if (column.value().length() > 0 && column.value().length() <= LONGEST_KEY) {
                known.add(new Key(column.name(), column.value()));
            }
        }
        known.stream().limit(MOST_KEYS).forEach(key -> keys.putIfAbsent(key.value(), key));
        return List.copyOf(keys.values());
    }

    private static void addHashes(Map<String, byte[]> all, String name, byte[] guess, List<Key> keys) {
        all.put(name, guess);
        all.put("SHA-256(" + name + ")", sha256(guess));
        all.put("SHA-256(SHA-256(" + name + "))", sha256(sha256(guess)));
        for (String purpose : PURPOSES) {
            byte[] prefix = purpose.isEmpty() ? new byte[0] : (purpose + '\0').getBytes(StandardCharsets.US_ASCII);
            String message = purpose.isEmpty() ? name : "\"" + purpose + "\", " + name;
            all.putIfAbsent("SHA-256(" + message + ")", sha256(prefix, guess));
            for (Key key : keys) {
                byte[] with = key.value().toArray();
                all.put("HMAC(" + key.name() + "; " + message + ")", hmac(with, prefix, guess));
                all.put("HMAC(" + name + "; " + purpose + key.name() + ")", hmac(guess, prefix, with));
                all.put("SHA-256(" + key.name() + ", " + message + ")", sha256(with, prefix, guess));
                all.put("SHA-256(" + message + ", " + key.name() + ")", sha256(prefix, guess, with));
            }
        }
    }

    /// Looks for the beginning of each hash anywhere in each column: a server may have cut it, or stored
    /// more with it.
    private List<String> findEqual(Map<String, byte[]> hashes) {
        List<Needle> needles = new ArrayList<>();
        hashes.forEach((formula, value) -> {
            if (value.length >= Needles.SHORTEST) {
                Secret secret = Secret.bytes(formula, Secrecy.CLIENT_ONLY, value);
                needles.add(new Needle(secret, "beginning", Arrays.copyOf(value, Math.min(TELLING, value.length))));
            }
        });
        PatternTable table = new PatternTable(needles);
        List<String> found = new ArrayList<>();
        for (Column column : columns) {
            byte[] value = column.value().toArray();
            table.search(
                    value,
                    0,
                    value.length,
                    (needle, at) ->
                            found.add(column.name() + " is " + needle.secret().name()));
        }
        return found;
    }

    /// Whether it opens, or would but for its place or content: either tells that the password is right.
    private boolean opens(Credential credential, Bytes value) {
        try {
            credential.unwrap(account, slot, value).close();
            return true;
        } catch (RejectedException e) {
            boolean envelope =
                    value.length() >= SealingKey.SHORTEST_ENVELOPE && value.length() <= SealingKey.LONGEST_ENVELOPE;
            return envelope && e.reason() != Reason.WRONG_KEY && e.reason() != Reason.UNSUPPORTED_VERSION;
        }
    }

    private Optional<Bytes> unseal(Key key, Bytes value) {
        if (key.value().length() != SealingKey.LENGTH) {
            return Optional.empty();
        }
        AssociatedData place = new AssociatedData("server/wrapped-master-key", account, null, null, slot, "key", 1);
        try (SealingKey seal = SealingKey.of(SecretBytes.taking(key.value().toArray()))) {
            return Optional.of(Bytes.copyOf(seal.open(place, value.toArray())));
        } catch (RejectedException e) {
            return Optional.empty();
        }
    }

    private static byte[] sha256(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + HMAC, e);
        }
    }
}
