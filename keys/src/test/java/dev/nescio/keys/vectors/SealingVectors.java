package dev.nescio.keys.vectors;

import static dev.nescio.keys.vectors.VectorFile.hex;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Domain;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.Derivation;
import dev.nescio.sealing.v1.Padding;
import dev.nescio.sealing.v1.SealingKey;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Vectors of sections 2 and 4 to 6: derivation, associated data, padding, envelopes, wrapped keys.
final class SealingVectors {

    private static final AssociatedData MESSAGE = new AssociatedData(
            "item", Fixed.account("a"), Domain.CHATS, Fixed.container("a"), Fixed.item("a"), "content", 1);

    private SealingVectors() {}

    static SealingKey key(Bytes bytes) {
        return SealingKey.of(SecretBytes.copyOf(bytes.toArray()));
    }

    static VectorFile derive() {
        VectorFile file = new VectorFile("derive");
        Bytes key = Fixed.key("derive");
        derive(file, "no context", key, "password/wrapping-key", Bytes.parseHex(""));
        derive(file, "context of 16 bytes", Fixed.bytes("hashed email", 32), "password/argon2-salt", salt16());
        derive(file, "context of 24 bytes", key, "envelope/key", Fixed.salt("derive"));
        derive(file, "context of 32 bytes, key of 10", Fixed.bytes("code", 10), "backup-code", Fixed.key("email"));
        for (String label : List.of("password/lookup-secret", "envelope/commitment", "stream/commitment")) {
            derive(file, "label " + label, key, label, Bytes.parseHex(""));
        }
        derive(file, "label stream/key", key, "stream/key", Fixed.salt("derive"));
        derive(file, "context with zero bytes", key, "envelope/key", Bytes.parseHex("00".repeat(24)));
        return file;
    }

    private static Bytes salt16() {
        return Fixed.bytes("slot salt", 16);
    }

    private static void derive(VectorFile file, String name, Bytes key, String label, Bytes context) {
        file.add(name)
                .put("key", key.hex())
                .put("label", label)
                .put("context", context.hex())
                .put("output", hex(Derivation.from(key.toArray()).derive(label, context.toArray())));
    }

    static VectorFile associatedData() {
        VectorFile file = new VectorFile("associated-data");
        associatedData(file, "every part", MESSAGE);
        associatedData(
                file,
                "account and slot only",
                new AssociatedData("wrapped-master-key", Fixed.account("a"), null, null, Fixed.slot("a"), "key", 1));
        associatedData(
                file,
                "account only",
                new AssociatedData("slot-directory", Fixed.account("a"), null, null, null, "directory", 2));
        associatedData(file, "domain, no container", domainKeyPlace(Domain.EMBEDS));
        associatedData(
                file,
                "profile",
                new AssociatedData("profile", Fixed.account("b"), Domain.PROFILE, null, null, "profile", 3));
        associatedData(
                file,
                "version above 32 bits",
                new AssociatedData(
                        "manifest", Fixed.account("a"), Domain.APPS, Fixed.container("a"), null, "manifest", 1L << 32));
        associatedData(
                file,
                "greatest version",
                new AssociatedData(
                        "container-list", Fixed.account("a"), Domain.EMAILS, null, null, "list", (1L << 53) - 1));
        return file;
    }

    private static void associatedData(VectorFile file, String name, AssociatedData place) {
        ObjectNode vector = file.add(name);
        VectorFile.put(vector, place);
        vector.put("output", hex(place.encode()));
    }

    private static AssociatedData domainKeyPlace(Domain domain) {
        return new AssociatedData("domain-key", Fixed.account("a"), domain, null, null, "key", 1);
    }

    static VectorFile padding() {
        VectorFile file = new VectorFile("padding");
        for (int length : new int[] {0, 1, 5, 62, 63, 64, 71, 72, 200}) {
            file.add(length + " bytes")
                    .put("content", "61".repeat(length))
                    .put("padded", hex(Padding.pad("a".repeat(length).getBytes(UTF_8))));
        }
        file.add("content that looks like padding").put("content", "8000").put("padded", "800080" + "00".repeat(61));
        for (int length : new int[] {1000, 1023, 1024, 2047, 4096, 65534, 65535, 100000, 1048000}) {
            ObjectNode vector = file.add(length + " bytes, by length");
            VectorFile.putRepeated(vector, "content", "61", length);
            byte[] padded = Padding.pad("a".repeat(length).getBytes(UTF_8));
            vector.put("paddedLength", padded.length).put("paddedSha256", hex(Fixed.sha256(padded)));
        }
        unpadFails(file, "nothing", "");
        unpadFails(file, "zeros only", "00".repeat(64));
        unpadFails(file, "no mark", "61".repeat(64));
        unpadFails(file, "another mark", "61".repeat(62) + "8100");
        unpadFails(file, "too short for its content", "61".repeat(62) + "80");
        unpadFails(file, "longer than its content needs", "6180" + "00".repeat(64));
        unpadFails(file, "72 bytes for content of 62", "61".repeat(62) + "80" + "00".repeat(9));
        unpadFails(file, "a length that Padme does not make", "61".repeat(64) + "80");
        return file;
    }

    private static void unpadFails(VectorFile file, String name, String padded) {
        file.add(name).put("padded", padded).put("error", "damaged");
    }

    static VectorFile envelope() {
        VectorFile file = new VectorFile("envelope");
        opens(file, "empty content", "");
        opens(file, "short text", hex("Hello, Nescio.".getBytes(UTF_8)));
        opens(file, "63 bytes, the most in the smallest envelope", "61".repeat(63));
        opens(file, "64 bytes", "61".repeat(64));
        opens(file, "content that ends like padding", "618000");
        opens(file, "1000 bytes", "00ff".repeat(500));
        AssociatedData metadata = new AssociatedData(
                "metadata", Fixed.account("a"), Domain.CHATS, Fixed.container("a"), null, "metadata", 1);
        opensText(file, "metadata of a chat", metadata, "{\"title\":\"Plans\"}");
        String message = "{\"kind\":\"message\",\"text\":\"Hello, Nescio.\",\"sentAt\":1767225600000}";
        opensText(file, "message of a chat", MESSAGE, message);

        String sound = hex(seal(Fixed.key("envelope"), MESSAGE, "68656c6c6f"));
        fails(file, "empty", "", "malformed");
        fails(file, "one byte short of the smallest", sound.substring(0, 2 * 136), "malformed");
        fails(file, "short and of another version", "02" + sound.substring(2, 2 * 136), "malformed");
        fails(file, "one byte cut off a longer one", shortened(), "damaged");
        fails(file, "one byte added", sound + "00", "damaged");
        fails(file, "version 0", "00" + sound.substring(2), "unsupported-version");
        fails(file, "version 2", "02" + sound.substring(2), "unsupported-version");
        fails(file, "version 2 under another key", "02" + underAnotherKey().substring(2), "unsupported-version");
        fails(file, "under another key", underAnotherKey(), "wrong-key");
        fails(file, "first bit of the commitment flipped", flipped(sound, 1), "wrong-key");
        fails(file, "a bit of the last byte of the commitment flipped", flipped(sound, 32), "wrong-key");
        fails(file, "a bit of the salt flipped", flipped(sound, 33), "damaged");
        fails(file, "a bit of the ciphertext flipped", flipped(sound, 57), "damaged");
        fails(file, "a bit of the tag flipped", flipped(sound, 136), "damaged");
        fails(file, "sealed for another place", forAnotherPlace(), "damaged");
        ObjectNode vector = fails(file, "longer than 1 MiB", "", "malformed");
        VectorFile.putRepeated(vector, "envelope", "01", (1 << 20) + 1);
        return file;
    }

    static String aesKey(String label, Bytes key, Bytes salt) {
        return hex(Derivation.from(key.toArray()).derive(label, salt.toArray()));
    }

    private static byte[] seal(Bytes key, AssociatedData place, String content) {
        return key(key).seal(place, Bytes.parseHex(content).toArray(), GivenBytes.of(Fixed.salt("envelope")));
    }

    private static void opens(VectorFile file, String name, String content) {
        opens(file.add(name), MESSAGE, content);
    }

    private static void opensText(VectorFile file, String name, AssociatedData place, String text) {
        opens(file.add(name).put("text", text), place, hex(text.getBytes(UTF_8)));
    }

    private static void opens(ObjectNode vector, AssociatedData place, String content) {
        vector.put("key", Fixed.key("envelope").hex());
        VectorFile.put(vector, place);
        vector.put("salt", Fixed.salt("envelope").hex())
                .put("aesKey", aesKey("envelope/key", Fixed.key("envelope"), Fixed.salt("envelope")))
                .put("content", content)
                .put("envelope", hex(seal(Fixed.key("envelope"), place, content)));
    }

    private static ObjectNode fails(VectorFile file, String name, String envelope, String error) {
        ObjectNode vector = file.add(name).put("key", Fixed.key("envelope").hex());
        VectorFile.put(vector, MESSAGE);
        return vector.put("envelope", envelope).put("error", error);
    }

    private static String shortened() {
        String longer = hex(seal(Fixed.key("envelope"), MESSAGE, "61".repeat(100)));
        return longer.substring(0, longer.length() - 2);
    }

    private static String underAnotherKey() {
        return hex(seal(Fixed.key("another"), MESSAGE, "68656c6c6f"));
    }

    private static String forAnotherPlace() {
        AssociatedData next = new AssociatedData(
                MESSAGE.purpose(),
                MESSAGE.account(),
                MESSAGE.domain(),
                MESSAGE.container(),
                MESSAGE.item(),
                MESSAGE.field(),
                MESSAGE.version() + 1);
        return hex(seal(Fixed.key("envelope"), next, "68656c6c6f"));
    }

    private static String flipped(String envelope, int at) {
        byte[] bytes = Bytes.parseHex(envelope).toArray();
        bytes[at] ^= 1;
        return hex(bytes);
    }

    static VectorFile wrap() {
        VectorFile file = new VectorFile("wrap");
        AssociatedData masterKeyPlace =
                new AssociatedData("wrapped-master-key", Fixed.account("a"), null, null, Fixed.slot("a"), "key", 1);
        AssociatedData containerKeyPlace = new AssociatedData(
                "container-key", Fixed.account("a"), Domain.CHATS, Fixed.container("a"), null, "key", 1);
        wrap(file, "master key under a slot's wrapping key", "wrapping", masterKeyPlace, "master");
        for (Domain domain : Domain.values()) {
            String name = domain == Domain.PROFILE ? "profile key" : "domain key of " + domain.text();
            wrap(file, name + " under the master key", "master", domainKeyPlace(domain), domain.text());
        }
        wrap(file, "container key under the domain key", "chats", containerKeyPlace, "container");

        String chats = hex(wrapped("master", domainKeyPlace(Domain.CHATS), "chats"));
        unwrapFails(file, "another domain's key", "master", domainKeyPlace(Domain.APPS), chats, "damaged");
        unwrapFails(file, "under another key", "chats", domainKeyPlace(Domain.CHATS), chats, "wrong-key");
        String content = hex(seal(Fixed.key("master"), domainKeyPlace(Domain.CHATS), "61".repeat(31)));
        unwrapFails(file, "content that is not 32 bytes", "master", domainKeyPlace(Domain.CHATS), content, "malformed");
        return file;
    }

    private static byte[] wrapped(String wrapping, AssociatedData place, String wrapped) {
        return key(Fixed.key(wrapping)).wrap(place, key(Fixed.key(wrapped)), GivenBytes.of(Fixed.salt("wrap")));
    }

    private static void wrap(VectorFile file, String name, String wrapping, AssociatedData place, String wrapped) {
        ObjectNode vector =
                file.add(name).put("wrappingKey", Fixed.key(wrapping).hex());
        VectorFile.put(vector, place);
        vector.put("salt", Fixed.salt("wrap").hex())
                .put("key", Fixed.key(wrapped).hex())
                .put("wrapped", hex(wrapped(wrapping, place, wrapped)));
    }

    private static void unwrapFails(
            VectorFile file, String name, String wrapping, AssociatedData place, String wrapped, String error) {
        ObjectNode vector =
                file.add(name).put("wrappingKey", Fixed.key(wrapping).hex());
        VectorFile.put(vector, place);
        vector.put("wrapped", wrapped).put("error", error);
    }
}
