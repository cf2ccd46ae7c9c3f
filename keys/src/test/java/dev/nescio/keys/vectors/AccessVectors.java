package dev.nescio.keys.vectors;

import static dev.nescio.keys.vectors.VectorFile.hex;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nescio.keys.AccessKey;
import dev.nescio.keys.AccountKeys;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SlotId;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.Derivation;
import dev.nescio.sealing.v1.SealingKey;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/// Vectors of access keys and their scope records (spec, section 3.12).
final class AccessVectors {

    private static final Bytes KEY = Fixed.bytes("access key", 32);
    private static final long END = 1798761600000L;

    private AccessVectors() {}

    static VectorFile accessKey() {
        VectorFile file = new VectorFile("access-key");
        String text = text(KEY);
        read(file, "as shown", text, KEY);
        read(file, "with white space around it", " \t" + text + "\r\n", KEY);
        read(file, "all zeros", text(Bytes.parseHex("00".repeat(32))), Bytes.parseHex("00".repeat(32)));
        read(file, "all ones", text(Bytes.parseHex("ff".repeat(32))), Bytes.parseHex("ff".repeat(32)));
        refused(file, "nothing", "");
        refused(file, "the beginning alone", "nescio-access-1");
        refused(file, "72 characters", text.substring(0, 72));
        refused(file, "74 characters", text + "q");
        refused(file, "upper case", text.toUpperCase(Locale.ROOT));
        refused(file, "one letter of upper case", "N" + text.substring(1));
        refused(file, "white space inside", text.substring(0, 40) + " " + text.substring(40));
        refused(file, "a line end inside", text.substring(0, 40) + "\n" + text.substring(40));
        refused(file, "a no-break space behind it", text + "\u00a0");
        refused(file, "two of them", text + "\n" + text);
        refused(file, "a wrong character", text.substring(0, 40) + other(text.charAt(40)) + text.substring(41));
        refused(file, "b, which the alphabet leaves out", text.substring(0, 40) + "b" + text.substring(41));
        refused(file, "without hyphens", text.replace("-", ""));
        refused(file, "another version", text.replace("-1", "-2"));
        refused(file, "the prefix of a recovery key", "r" + text.substring(text.lastIndexOf('1')));
        return file;
    }

    private static char other(char character) {
        return character == 'q' ? 'p' : 'q';
    }

    private static String text(Bytes key) {
        try (AccessKey drawn = AccessKey.generate(GivenBytes.of(key))) {
            return drawn.text();
        }
    }

    private static void read(VectorFile file, String name, String typed, Bytes key) {
        Derivation derivation = Derivation.from(key.toArray());
        try (AccessKey drawn = AccessKey.generate(GivenBytes.of(key))) {
            file.add(name)
                    .put("typed", typed)
                    .put("key", key.hex())
                    .put("text", drawn.text())
                    .put("slot", drawn.slot().hex())
                    .put("wrappingKey", hex(derivation.derive("access/wrapping-key")))
                    .put("lookupSecret", hex(derivation.derive("access/lookup-secret")))
                    .put("lookupHash", drawn.credential().lookupHash().hex());
        }
    }

    private static void refused(VectorFile file, String name, String typed) {
        file.add(name).put("typed", typed).put("error", "refused");
    }

    static VectorFile scopeRecord() {
        VectorFile file = new VectorFile("scope-record");
        record(file, "of one domain, to read", "chats:read", END);
        record(file, "of one domain, to write, without an end", "apps:write", null);
        record(file, "of all four domains", "chats:write,apps:read,emails:write,embeds:read", 9007199254740991L);
        String sound = plaintext("chats:read", END);
        String two = plaintext("chats:read,apps:write", END);
        sealed(file, "with a member that is not known yet", sound.replace("{\"scope\"", "{\"new\":[1],\"scope\""))
                .put("scope", "chats:read")
                .put("expiresAt", END)
                .putObject("keys")
                .put("chats", Fixed.key("chats").hex());
        fails(file, "the whole account", sound.replace("chats:read", "all"));
        fails(file, "no scope", sound.replace("scope", "reach"));
        fails(file, "an empty scope", sound.replace("chats:read", ""));
        fails(file, "null for a scope", sound.replace("\"chats:read\"", "null"));
        fails(file, "another right", sound.replace("read", "execute"));
        fails(file, "a right in upper case", sound.replace("read", "READ"));
        fails(file, "no right", sound.replace("chats:read", "chats"));
        fails(file, "another domain", sound.replace("chats", "files"));
        fails(file, "the profile", sound.replace("chats", "profile"));
        fails(file, "domains in another order", two.replace("chats:read,apps:write", "apps:write,chats:read"));
        fails(file, "a domain twice", sound.replace("chats:read", "chats:read,chats:read"));
        fails(file, "a comma at the end", sound.replace("chats:read", "chats:read,"));
        fails(file, "a domain without its key", sound.replace("chats:read", "chats:read,apps:read"));
        fails(file, "a key beyond the scope", two.replace("chats:read,apps:write", "chats:read"));
        fails(file, "no keys", sound.replace("\"keys\"", "\"locks\""));
        fails(
                file,
                "a key of 31 bytes",
                sound.replaceFirst("\"chats\":\"[^\"]*\"", "\"chats\":\"" + "A".repeat(42) + "\""));
        fails(file, "an end of 0", sound.replace(Long.toString(END), "0"));
        fails(file, "an end with a fraction", sound.replace(Long.toString(END), END + ".0"));
        fails(file, "an end of 2^53", sound.replace(Long.toString(END), "9007199254740992"));
        fails(file, "a member twice", sound.replace("{\"scope\"", "{\"scope\":\"chats:read\",\"scope\""));
        fails(file, "no JSON", "chats:read");
        record(file, "of another slot", "chats:read", END, Fixed.slot("b"), "damaged");
        return file;
    }

    private static AccountKeys keys() {
        return AccountKeys.generate(
                Fixed.account("a"),
                GivenBytes.of(
                        Fixed.key("chats"),
                        Fixed.key("apps"),
                        Fixed.key("emails"),
                        Fixed.key("embeds"),
                        Fixed.key("profile")));
    }

    private static SlotId slot() {
        try (AccessKey key = AccessKey.generate(GivenBytes.of(KEY))) {
            return key.slot();
        }
    }

    private static Bytes seal(String scope, Long expiresAt, SlotId slot) {
        try (AccessKey key = AccessKey.generate(GivenBytes.of(KEY));
                AccountKeys keys = keys()) {
            return key.credential()
                    .sealScope(
                            slot,
                            Fixed.account("a"),
                            Scope.parse(scope),
                            expiresAt,
                            keys,
                            GivenBytes.of(Fixed.salt("scope record")));
        }
    }

    private static String plaintext(String scope, Long expiresAt) {
        try (SealingKey key = wrappingKey()) {
            return new String(key.open(place(), seal(scope, expiresAt, slot()).toArray()), UTF_8);
        } catch (RejectedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SealingKey wrappingKey() {
        return SealingVectors.key(Bytes.copyOf(Derivation.from(KEY.toArray()).derive("access/wrapping-key")));
    }

    private static AssociatedData place() {
        return new AssociatedData("access-scope", Fixed.account("a"), null, null, slot(), "scope", 1);
    }

    private static ObjectNode record(VectorFile file, String name) {
        return file.add(name)
                .put("accessKey", KEY.hex())
                .put("account", Fixed.account("a").hex())
                .put("slot", slot().hex());
    }

    private static void record(VectorFile file, String name, String scope, Long expiresAt) {
        ObjectNode vector = record(file, name).put("scope", scope);
        if (expiresAt != null) {
            vector.put("expiresAt", expiresAt);
        }
        ObjectNode keys = vector.putObject("keys");
        for (Domain domain : Scope.parse(scope).domains().keySet()) {
            keys.put(domain.text(), Fixed.key(domain.text()).hex());
        }
        vector.put("plaintext", plaintext(scope, expiresAt))
                .put("salt", Fixed.salt("scope record").hex())
                .put("sealed", seal(scope, expiresAt, slot()).hex());
    }

    private static void record(VectorFile file, String name, String scope, Long expiresAt, SlotId slot, String error) {
        record(file, name).put("sealed", seal(scope, expiresAt, slot).hex()).put("error", error);
    }

    private static ObjectNode sealed(VectorFile file, String name, String plaintext) {
        try (SealingKey key = wrappingKey()) {
            byte[] sealed = key.seal(place(), plaintext.getBytes(UTF_8), GivenBytes.of(Fixed.salt("scope record")));
            return record(file, name)
                    .put("plaintext", plaintext)
                    .put("salt", Fixed.salt("scope record").hex())
                    .put("sealed", hex(sealed));
        }
    }

    private static void fails(VectorFile file, String name, String plaintext) {
        try (SealingKey key = wrappingKey()) {
            byte[] sealed = key.seal(place(), plaintext.getBytes(UTF_8), GivenBytes.of(Fixed.salt("scope record")));
            record(file, name).put("sealed", hex(sealed)).put("error", "malformed");
        }
    }
}
