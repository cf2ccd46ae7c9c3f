package dev.nescio.keys.vectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nescio.keys.MasterKey;
import dev.nescio.keys.Profile;
import dev.nescio.keys.SlotDirectory;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SlotKind;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.v1.AssociatedData;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Vectors of section 9: slot directory and profile.
final class AccountVectors {

    private AccountVectors() {}

    static VectorFile slotDirectory() {
        VectorFile file = new VectorFile("slot-directory");
        Bytes none = Bytes.copyOf(new byte[32]);
        SlotDirectory first = new SlotDirectory(1, none, List.of(slot("a"), recovery("r")));
        directory(file, "of a new account", first);
        Bytes previous = Bytes.copyOf(Fixed.sha256(seal(first).toArray()));
        directory(file, "with another recovery key", new SlotDirectory(2, previous, List.of(slot("a"), recovery("s"))));

        String sound = plaintext(first);
        opens(file, "members in another order, unknown ones, white space", 1, """
                { "slots": [], "new": {"a": [1, null]}, "previous": "%s",
                  "counter": 1 }""".formatted(none.base64url()));
        fails(file, "another counter claimed", 1, sound, 2, "damaged");
        fails(file, "another counter inside", 2, sound, 2, "malformed");
        fails(file, "no JSON", 1, "directory", 1, "malformed");
        fails(file, "nothing inside", 1, "", 1, "malformed");
        fails(file, "null", 1, "null", 1, "malformed");
        fails(file, "cut off", 1, sound.substring(0, sound.length() - 1), 1, "malformed");
        fails(file, "text after the end", 1, sound + "{}", 1, "malformed");
        fails(file, "no slots", 1, "{\"counter\":1,\"previous\":\"" + none.base64url() + "\"}", 1, "malformed");
        fails(file, "no previous", 1, "{\"counter\":1,\"slots\":[]}", 1, "malformed");
        fails(
                file,
                "previous of 31 bytes",
                1,
                sound.replace(none.base64url(), Bytes.copyOf(new byte[31]).base64url()),
                1,
                "malformed");
        fails(file, "padded base64url", 1, sound.replace(none.base64url(), none.base64url() + "="), 1, "malformed");
        fails(file, "another kind of slot", 1, sound.replace("\"password\"", "\"magic\""), 1, "malformed");
        fails(file, "a recovery key with a salt", 1, sound.replace("\"password\"", "\"recovery\""), 1, "malformed");
        fails(
                file,
                "a password without salt and cost",
                1,
                sound.replace("\"recovery\"", "\"password\""),
                1,
                "malformed");
        fails(file, "null for a salt", 1, sound.replaceFirst("\"salt\":\"[^\"]*\"", "\"salt\":null"), 1, "malformed");
        fails(file, "number as text", 1, sound.replace("65536", "\"65536\""), 1, "malformed");
        fails(file, "number with a fraction", 1, sound.replace("65536", "65536.0"), 1, "malformed");
        numbers(file, first, sound);
        passkeys(file, sound);
        accessKeys(file, sound);
        fails(file, "a slot without salt", 1, sound.replace("\"salt\"", "\"pepper\""), 1, "malformed");
        fails(
                file,
                "a member twice",
                1,
                sound.replace("{\"counter\":1", "{\"counter\":1,\"counter\":1"),
                1,
                "malformed");
        fails(
                file,
                "a predecessor of counter 1",
                1,
                sound.replace(none.base64url(), Fixed.bytes("predecessor", 32).base64url()),
                1,
                "malformed");
        String unknown = sound.replace("{\"counter\"", "{%s,\"counter\"");
        for (String surrogate : List.of("\\ud800", "\\udc00", "\\udc00\\ud800", "\\ud83d \\ude00")) {
            String text = unknown.formatted("\"new\":[\"" + surrogate + "\"]");
            fails(file, "unpaired surrogate " + surrogate, 1, text, 1, "malformed");
            String name = unknown.formatted("\"" + surrogate + "\":1");
            fails(file, "unpaired surrogate " + surrogate + " in a name", 1, name, 1, "malformed");
        }
        opens(
                file,
                "a pair of surrogates",
                1,
                "{\"slots\":[],\"\\ud83d\\ude00\":\"\\ud83d\\ude00\",\"previous\":\"" + none.base64url()
                        + "\",\"counter\":1}");
        String entry = sound.substring(sound.indexOf('[') + 1, sound.indexOf(']'));
        String other = entry.replace(
                Fixed.bytes("slot salt a", 16).base64url(),
                Fixed.bytes("slot salt b", 16).base64url());
        fails(file, "two slots of one id", 1, sound.replace(entry, entry + "," + other), 1, "malformed");
        // The object is the first.
        opens(file, "16 levels", 1, none(none, "\"new\":" + "[".repeat(15) + "]".repeat(15)));
        String deep = "\"new\":" + "[".repeat(16) + "]".repeat(16);
        fails(file, "17 levels", 1, unknown.formatted(deep), 1, "malformed");
        for (String letter : List.of("n", "\u00fc", "\ud83d\udd11")) {
            String longest = letter.repeat(128 / letter.length());
            opens(file, "a name of 128 code units, " + letter, 1, none(none, "\"" + longest + "\":1"));
            String longer = unknown.formatted("\"" + longest + "n\":1");
            fails(file, "a name of 129 code units, " + letter, 1, longer, 1, "malformed");
        }
        String escaped = unknown.formatted("\"" + "\\u006e".repeat(129) + "\":1");
        fails(file, "a name of 129 code units, escaped", 1, escaped, 1, "malformed");
        return file;
    }

    /// A directory without slots, with a member that is not known.
    private static String none(Bytes previous, String member) {
        return "{\"counter\":1,\"previous\":\"" + previous.base64url() + "\",\"slots\":[]," + member + "}";
    }

    private static void numbers(VectorFile file, SlotDirectory first, String sound) {
        long most = (1L << 53) - 1;
        SlotDirectory.Entry slot = first.slots().getFirst();
        SlotDirectory.Entry greatest = new SlotDirectory.Entry(
                slot.id(), slot.kind(), slot.salt(), most, most, most, slot.wrappedMasterKeyHash());
        directory(file, "greatest numbers", new SlotDirectory(most, first.previous(), List.of(greatest)));
        for (String number : List.of(
                "0",
                "-0",
                "-65536",
                "65536.5",
                "65536e0",
                "65536E+0",
                "6.5536e4",
                "9007199254740992",
                "18446744073709551615",
                "1" + "0".repeat(30),
                "1" + "0".repeat(1200),
                "1e400",
                "null",
                "true")) {
            String name = number.length() > 40 ? "number of " + number.length() + " digits" : "number " + number;
            fails(file, name + " for the memory", 1, sound.replace("65536", number), 1, "malformed");
        }
        fails(file, "number 0 for the passes", 1, sound.replace("\"passes\":3", "\"passes\":0"), 1, "malformed");
        fails(file, "number 0 for the lanes", 1, sound.replace("\"lanes\":1", "\"lanes\":0"), 1, "malformed");
        fails(file, "counter 0", 0, counting(sound, "0"), 0, "malformed");
        fails(file, "counter 1.0", 1, counting(sound, "1.0"), 1, "malformed");
        fails(file, "counter 1e0", 1, counting(sound, "1e0"), 1, "malformed");
        fails(file, "counter -1", 1, counting(sound, "-1"), 1, "malformed");
        fails(file, "counter as text", 1, counting(sound, "\"1\""), 1, "malformed");
        fails(file, "counter of 2^53", 1, counting(sound, "9007199254740992"), 1, "malformed");
        fails(file, "no counter", 1, sound.replace("\"counter\":1,", ""), 1, "malformed");
        for (String number : List.of("1.5", "1e3", "-1", "-0", "9007199254740992", "1" + "0".repeat(30))) {
            String unknown = sound.replace("\"lanes\"", "\"new\":{\"a\":[" + number + "]},\"lanes\"");
            fails(file, "number " + number + " in a member that is not known", 1, unknown, 1, "malformed");
        }
    }

    private static void passkeys(VectorFile file, String sound) {
        SlotDirectory directory = new SlotDirectory(
                1,
                Bytes.parseHex("00".repeat(32)),
                List.of(recovery("b"), passkey("c", 16, "Laptop"), passkey("d", 1023, "\ud83d\udd11".repeat(64))));
        directory(file, "of an account without a password", directory);
        String one = plaintext(new SlotDirectory(1, directory.previous(), List.of(passkey("c", 16, "Laptop"))));
        String named = "\"name\":\"Laptop\"";
        fails(file, "a passkey without a name", 1, one.replace("," + named, ""), 1, "malformed");
        fails(file, "a passkey with null for a name", 1, one.replace(named, "\"name\":null"), 1, "malformed");
        fails(file, "a passkey with an empty name", 1, one.replace("Laptop", ""), 1, "malformed");
        fails(file, "a passkey with a name of 65", 1, one.replace("Laptop", "a".repeat(65)), 1, "malformed");
        fails(file, "a passkey without a credential id", 1, one.replace("credentialId", "id2"), 1, "malformed");
        fails(file, "a passkey with a cost", 1, one.replace(named, named + ",\"lanes\":1"), 1, "malformed");
        fails(
                file,
                "a credential id of 15",
                1,
                one.replaceFirst("\"credentialId\":\"[^\"]*\"", "\"credentialId\":\"" + "A".repeat(20) + "\""),
                1,
                "malformed");
        fails(
                file,
                "a credential id of 1024",
                1,
                one.replaceFirst("\"credentialId\":\"[^\"]*\"", "\"credentialId\":\"" + "A".repeat(1366) + "\""),
                1,
                "malformed");
        fails(file, "a password with a name", 1, sound.replace("\"lanes\":1", "\"lanes\":1," + named), 1, "malformed");
    }

    private static void accessKeys(VectorFile file, String sound) {
        long most = (1L << 53) - 1;
        SlotDirectory directory = new SlotDirectory(
                1,
                Bytes.parseHex("00".repeat(32)),
                List.of(
                        slot("a"),
                        access("c", "all", null, "Backup"),
                        access("d", "chats:read,apps:write", most, "\ud83d\udd11".repeat(64))));
        directory(file, "with access keys", directory);
        String one =
                plaintext(new SlotDirectory(1, directory.previous(), List.of(access("c", "chats:read", 1L, "Backup"))));
        fails(file, "an access key without a scope", 1, one.replace("scope", "reach"), 1, "malformed");
        fails(file, "an access key with an empty scope", 1, one.replace("chats:read", ""), 1, "malformed");
        fails(file, "an access key of the profile", 1, one.replace("chats", "profile"), 1, "malformed");
        fails(file, "an access key without a name", 1, one.replace(",\"name\":\"Backup\"", ""), 1, "malformed");
        fails(file, "an access key with an empty name", 1, one.replace("Backup", ""), 1, "malformed");
        fails(file, "an access key that ends at 0", 1, one.replace("At\":1", "At\":0"), 1, "malformed");
        fails(file, "an access key that ends at 1.0", 1, one.replace("At\":1", "At\":1.0"), 1, "malformed");
        fails(file, "an access key with a cost", 1, one.replace("\"scope\"", "\"lanes\":1,\"scope\""), 1, "malformed");
        fails(
                file,
                "an access key with a credential id",
                1,
                one.replace("\"scope\"", "\"credentialId\":\"" + "A".repeat(22) + "\",\"scope\""),
                1,
                "malformed");
        fails(
                file,
                "a password with a scope",
                1,
                sound.replace("\"lanes\"", "\"scope\":\"all\",\"lanes\""),
                1,
                "malformed");
        fails(
                file,
                "a password with an end",
                1,
                sound.replace("\"lanes\"", "\"expiresAt\":1,\"lanes\""),
                1,
                "malformed");
    }

    private static SlotDirectory.Entry access(String words, String scope, Long expiresAt, String name) {
        return new SlotDirectory.Entry(
                Fixed.slot(words),
                SlotKind.ACCESS,
                null,
                null,
                null,
                null,
                null,
                Scope.parse(scope),
                expiresAt,
                name,
                Fixed.bytes("wrapped master key " + words, 32));
    }

    private static SlotDirectory.Entry passkey(String words, int credentialId, String name) {
        return new SlotDirectory.Entry(
                Fixed.slot(words),
                SlotKind.PASSKEY,
                null,
                null,
                null,
                null,
                Fixed.bytes("credential id " + words, credentialId),
                name,
                Fixed.bytes("wrapped master key " + words, 32));
    }

    private static String counting(String sound, String counter) {
        return sound.replace("\"counter\":1,", "\"counter\":" + counter + ",");
    }

    private static SlotDirectory.Entry slot(String words) {
        return new SlotDirectory.Entry(
                Fixed.slot(words),
                SlotKind.PASSWORD,
                Fixed.bytes("slot salt " + words, 16),
                65536L,
                3L,
                1L,
                Fixed.bytes("wrapped master key " + words, 32));
    }

    private static SlotDirectory.Entry recovery(String words) {
        return new SlotDirectory.Entry(
                Fixed.slot(words),
                SlotKind.RECOVERY,
                null,
                null,
                null,
                null,
                Fixed.bytes("wrapped master key " + words, 32));
    }

    private static Bytes seal(SlotDirectory directory) {
        try (MasterKey masterKey = MasterKey.generate(Fixed.account("a"), GivenBytes.of(Fixed.key("master")))) {
            return masterKey.seal(directory, GivenBytes.of(Fixed.salt("directory")));
        }
    }

    private static String plaintext(SlotDirectory directory) {
        return open("master", directoryPlace(directory.counter()), seal(directory));
    }

    static String open(String key, AssociatedData place, Bytes sealed) {
        try {
            return new String(SealingVectors.key(Fixed.key(key)).open(place, sealed.toArray()), UTF_8);
        } catch (RejectedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static AssociatedData directoryPlace(long counter) {
        return new AssociatedData("slot-directory", Fixed.account("a"), null, null, null, "directory", counter);
    }

    private static ObjectNode directory(VectorFile file, String name) {
        return file.add(name)
                .put("masterKey", Fixed.key("master").hex())
                .put("account", Fixed.account("a").hex());
    }

    private static void directory(VectorFile file, String name, SlotDirectory directory) {
        ObjectNode vector = directory(file, name)
                .put("counter", directory.counter())
                .put("previous", directory.previous().hex());
        ArrayNode slots = vector.putArray("slots");
        for (SlotDirectory.Entry slot : directory.slots()) {
            ObjectNode entry = slots.addObject()
                    .put("id", slot.id().hex())
                    .put("kind", slot.kind().text());
            if (slot.kind() == SlotKind.PASSWORD) {
                entry.put("salt", slot.salt().hex())
                        .put("memoryKiB", slot.memoryKiB())
                        .put("passes", slot.passes())
                        .put("lanes", slot.lanes());
            }
            if (slot.kind() == SlotKind.PASSKEY) {
                entry.put("credentialId", slot.credentialId().hex()).put("name", slot.name());
            }
            if (slot.kind() == SlotKind.ACCESS) {
                entry.put("scope", slot.scope().text()).put("name", slot.name());
            }
            if (slot.expiresAt() != null) {
                entry.put("expiresAt", slot.expiresAt());
            }
            entry.put("wrappedMasterKeyHash", slot.wrappedMasterKeyHash().hex());
        }
        vector.put("plaintext", plaintext(directory))
                .put("salt", Fixed.salt("directory").hex())
                .put("sealed", seal(directory).hex());
    }

    private static void opens(VectorFile file, String name, long counter, String plaintext) {
        ObjectNode vector = directory(file, name)
                .put("counter", counter)
                .put("previous", Bytes.copyOf(new byte[32]).hex());
        vector.putArray("slots");
        vector.put("plaintext", plaintext)
                .put("salt", Fixed.salt("directory").hex())
                .put("sealed", sealText("master", directoryPlace(counter), "directory", plaintext));
    }

    private static void fails(
            VectorFile file, String name, long sealedCounter, String plaintext, long claimed, String error) {
        directory(file, name)
                .put("counter", claimed)
                .put("sealed", sealText("master", directoryPlace(sealedCounter), "directory", plaintext))
                .put("error", error);
    }

    static String sealText(String key, AssociatedData place, String salt, String text) {
        return VectorFile.hex(
                SealingVectors.key(Fixed.key(key)).seal(place, text.getBytes(UTF_8), GivenBytes.of(Fixed.salt(salt))));
    }

    static VectorFile profile() {
        VectorFile file = new VectorFile("profile");
        profile(file, "of a new account", 1, "ada@example.org");
        profile(file, "changed, with Unicode", 2, "jos\u00e9@xn--bcher-kva.example");
        profile(file, "with a member that is not known yet", 3, "ada@example.org", "{\"name\":\"Ada\",%s}");
        profileFails(file, "another version claimed", 1, "{\"address\":\"ada@example.org\"}", 2, "damaged");
        profileFails(file, "no address", 1, "{\"name\":\"Ada\"}", 1, "malformed");
        profileFails(file, "null for an address", 1, "{\"address\":null}", 1, "malformed");
        profileFails(file, "number for an address", 1, "{\"address\":1}", 1, "malformed");
        profileFails(file, "no JSON", 1, "ada@example.org", 1, "malformed");
        profileFails(file, "a list", 1, "[]", 1, "malformed");
        String withNumber = "{\"address\":\"ada@example.org\",\"born\":%s}";
        profile(file, "with the greatest number", 4, "ada@example.org", "{%s,\"born\":9007199254740991}");
        profile(file, "with text that looks like a number", 5, "ada@example.org", "{%s,\"born\":\"\\\"-1.5\"}");
        profileFails(file, "an unpaired surrogate", 1, "{\"address\":\"\\ud800@example.org\"}", 1, "malformed");
        profileFails(file, "a fraction", 1, withNumber.formatted("1815.0"), 1, "malformed");
        profileFails(file, "an exponent", 1, withNumber.formatted("1815e0"), 1, "malformed");
        profileFails(file, "a negative number", 1, withNumber.formatted("-1815"), 1, "malformed");
        profileFails(file, "a number of 2^53", 1, withNumber.formatted("9007199254740992"), 1, "malformed");
        return file;
    }

    private static AssociatedData profilePlace(long version) {
        return new AssociatedData("profile", Fixed.account("a"), Domain.PROFILE, null, null, "profile", version);
    }

    private static ObjectNode profile(VectorFile file, String name) {
        return file.add(name)
                .put("profileKey", Fixed.key("profile").hex())
                .put("account", Fixed.account("a").hex());
    }

    private static void profile(VectorFile file, String name, long version, String address) {
        Bytes sealed = ContainerVectors.accountKeys()
                .profile()
                .seal(version, new Profile(address), GivenBytes.of(Fixed.salt("profile")));
        profile(file, name)
                .put("version", version)
                .put("address", address)
                .put("plaintext", open("profile", profilePlace(version), sealed))
                .put("salt", Fixed.salt("profile").hex())
                .put("sealed", sealed.hex());
    }

    private static void profile(VectorFile file, String name, long version, String address, String shape) {
        String plaintext = shape.formatted("\"address\":\"" + address + "\"");
        profile(file, name)
                .put("version", version)
                .put("address", address)
                .put("plaintext", plaintext)
                .put("salt", Fixed.salt("profile").hex())
                .put("sealed", sealText("profile", profilePlace(version), "profile", plaintext));
    }

    private static void profileFails(
            VectorFile file, String name, long sealedVersion, String plaintext, long claimed, String error) {
        profile(file, name)
                .put("version", claimed)
                .put("sealed", sealText("profile", profilePlace(sealedVersion), "profile", plaintext))
                .put("error", error);
    }
}
