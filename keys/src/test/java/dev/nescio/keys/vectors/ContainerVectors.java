package dev.nescio.keys.vectors;

import dev.nescio.keys.AccountKeys;
import dev.nescio.keys.ChatKey;
import dev.nescio.keys.ChatsKey;
import dev.nescio.keys.ContainerKey;
import dev.nescio.keys.ContainerList;
import dev.nescio.keys.Manifest;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Versioned;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.v1.AssociatedData;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Vectors of sections 8.3 and 8.4: trees, manifests, container lists.
final class ContainerVectors {

    private static final ContainerId CHAT = Fixed.container("a");
    private static final Bytes ENVELOPE = Fixed.bytes("an envelope's place taken by 32 bytes", 32);

    private ContainerVectors() {}

    static AccountKeys accountKeys() {
        return AccountKeys.generate(
                Fixed.account("a"),
                GivenBytes.of(
                        Fixed.key("chats"),
                        Fixed.key("apps"),
                        Fixed.key("emails"),
                        Fixed.key("embeds"),
                        Fixed.key("profile")));
    }

    private static ChatKey chatKey() {
        return accountKeys().chats().generate(CHAT, GivenBytes.of(Fixed.key("container")));
    }

    static VectorFile merkle() {
        VectorFile file = new VectorFile("merkle");
        for (int count : new int[] {0, 1, 2, 3}) {
            ObjectNode vector = file.add(count + " entries");
            ArrayNode shown = vector.putArray("entries");
            List<Manifest.Entry> entries = entries(count);
            entries.forEach(entry -> shown.add(encode(entry)));
            vector.put("root", root(entries));
        }
        for (int count : new int[] {63, 64, 65, 128, 129, 192, 193, 257, 320, 449, 1000}) {
            file.add(count + " counted entries").put("countedEntries", count).put("root", root(entries(count)));
        }
        return file;
    }

    private static String root(List<Manifest.Entry> entries) {
        Versioned metadata = new Versioned(1, Fixed.envelope());
        return Manifest.first(metadata).next(ENVELOPE, entries, metadata).root().hex();
    }

    /// Entry i: id is i in 16 bytes, version is i + 1, and the hash is SHA-256 of the id.
    private static List<Manifest.Entry> entries(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    byte[] id = ByteBuffer.allocate(16).putLong(8, i).array();
                    return new Manifest.Entry(new ItemId(Bytes.copyOf(id)), i + 1, Bytes.copyOf(Fixed.sha256(id)));
                })
                .toList();
    }

    private static String encode(Manifest.Entry entry) {
        return VectorFile.hex(ByteBuffer.allocate(57)
                .put(entry.id().toArray())
                .putLong(entry.version())
                .put((byte) 0)
                .put(entry.hash().toArray())
                .array());
    }

    static VectorFile manifest() {
        VectorFile file = new VectorFile("manifest");
        Versioned metadata = new Versioned(1, Fixed.envelope());
        Manifest first = Manifest.first(metadata);
        Bytes firstSealed = seal(first);
        manifest(file, "of a new container", first);
        Manifest second = first.next(firstSealed, entries(3), metadata);
        manifest(file, "after a commit of three items", second);
        Versioned renamed = new Versioned(2, Bytes.copyOf(new byte[137]));
        manifest(file, "after a change of metadata", second.next(seal(second), entries(3), renamed));
        Bytes hash = Fixed.key("hash");
        long most = (1L << 53) - 1;
        manifest(file, "greatest numbers", new Manifest(most, most, hash, hash, most, hash));

        String sound = encoded(first);
        manifestFails(file, "another counter claimed", 1, sound, 2, "damaged");
        manifestFails(file, "another counter inside", 2, sound, 2, "malformed");
        manifestFails(file, "version 2 inside", 1, "02" + sound.substring(2), 1, "unsupported-version");
        manifestFails(file, "version 0 inside", 1, "00" + sound.substring(2), 1, "unsupported-version");
        manifestFails(file, "version 2 inside, of another length", 1, "0201", 1, "unsupported-version");
        manifestFails(file, "version byte alone", 1, "01", 1, "malformed");
        manifestFails(file, "a predecessor of counter 1", 1, withNumber(sound, 41, 1), 1, "malformed");
        manifestFails(file, "one byte short", 1, sound.substring(0, 240), 1, "malformed");
        manifestFails(file, "one byte more", 1, sound + "00", 1, "malformed");
        manifestFails(file, "nothing inside", 1, "", 1, "malformed");
        manifestFails(
                file,
                "item count above 63 bits",
                1,
                sound.substring(0, 18) + "80" + sound.substring(20),
                1,
                "malformed");
        manifestFails(
                file,
                "metadata version 0",
                1,
                sound.substring(0, 162) + "00".repeat(8) + sound.substring(178),
                1,
                "malformed");
        manifestFails(file, "counter 0", 0, withNumber(sound, 1, 0), 0, "malformed");
        manifestFails(file, "counter of 2^53", 1, withNumber(sound, 1, most + 1), 1, "malformed");
        manifestFails(file, "item count of 2^53", 1, withNumber(sound, 9, most + 1), 1, "malformed");
        manifestFails(file, "metadata version of 2^53", 1, withNumber(sound, 81, most + 1), 1, "malformed");
        manifestFails(file, "metadata version above 63 bits", 1, withNumber(sound, 81, -1), 1, "malformed");
        return file;
    }

    /// @param at how many bytes precede the number, of 8 bytes, that is replaced
    private static String withNumber(String encoded, int at, long number) {
        return VectorFile.hex(ByteBuffer.wrap(Bytes.parseHex(encoded).toArray())
                .putLong(at, number)
                .array());
    }

    private static Bytes seal(Manifest manifest) {
        return chatKey().seal(manifest, GivenBytes.of(Fixed.salt("manifest")));
    }

    private static String encoded(Manifest manifest) {
        try {
            return VectorFile.hex(SealingVectors.key(Fixed.key("container"))
                    .open(manifestPlace(manifest.counter()), seal(manifest).toArray()));
        } catch (RejectedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static AssociatedData manifestPlace(long counter) {
        return new AssociatedData("manifest", Fixed.account("a"), Domain.CHATS, CHAT, null, "manifest", counter);
    }

    private static ObjectNode manifest(VectorFile file, String name) {
        return file.add(name)
                .put("containerKey", Fixed.key("container").hex())
                .put("account", Fixed.account("a").hex())
                .put("domain", Domain.CHATS.text())
                .put("container", CHAT.hex());
    }

    private static void manifest(VectorFile file, String name, Manifest manifest) {
        manifest(file, name)
                .put("counter", manifest.counter())
                .put("itemCount", manifest.itemCount())
                .put("previous", manifest.previous().hex())
                .put("root", manifest.root().hex())
                .put("metadataVersion", manifest.metadataVersion())
                .put("metadataHash", manifest.metadataHash().hex())
                .put("encoded", encoded(manifest))
                .put("salt", Fixed.salt("manifest").hex())
                .put("sealed", seal(manifest).hex());
    }

    private static void manifestFails(
            VectorFile file, String name, long sealedCounter, String encoded, long claimed, String error) {
        byte[] sealed = SealingVectors.key(Fixed.key("container"))
                .seal(
                        manifestPlace(sealedCounter),
                        Bytes.parseHex(encoded).toArray(),
                        GivenBytes.of(Fixed.salt("manifest")));
        manifest(file, name)
                .put("counter", claimed)
                .put("sealed", VectorFile.hex(sealed))
                .put("error", error);
    }

    static VectorFile containerList() {
        VectorFile file = new VectorFile("container-list");
        ContainerList first = ContainerList.first(containers(1));
        containerList(file, "of one container", first, 1);
        ContainerList second = first.next(seal(first), containers(2));
        containerList(file, "of two containers", second, 2);
        containerList(file, "of 65 containers", second.next(seal(second), containers(65)), 65);

        String sound = encoded(first);
        listFails(file, "another counter claimed", 1, sound, 2, "damaged");
        listFails(file, "another counter inside", 2, sound, 2, "malformed");
        listFails(file, "version 2 inside", 1, "02" + sound.substring(2), 1, "unsupported-version");
        listFails(file, "version 2 inside, of another length", 1, "0201", 1, "unsupported-version");
        listFails(file, "version byte alone", 1, "01", 1, "malformed");
        listFails(file, "nothing inside", 1, "", 1, "malformed");
        listFails(file, "a predecessor of counter 1", 1, withNumber(sound, 41, 1), 1, "malformed");
        listFails(file, "one byte short", 1, sound.substring(0, 160), 1, "malformed");
        listFails(file, "one byte more", 1, sound + "00", 1, "malformed");
        listFails(
                file,
                "container count above 63 bits",
                1,
                sound.substring(0, 18) + "80" + sound.substring(20),
                1,
                "malformed");
        long most = (1L << 53) - 1;
        listFails(file, "counter 0", 0, withNumber(sound, 1, 0), 0, "malformed");
        listFails(file, "counter of 2^53", 1, withNumber(sound, 1, most + 1), 1, "malformed");
        listFails(file, "container count of 2^53", 1, withNumber(sound, 9, most + 1), 1, "malformed");
        return file;
    }

    private static List<ContainerId> containers(int count) {
        List<ContainerId> containers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            containers.add(Fixed.container("number " + i));
        }
        return containers;
    }

    private static Bytes seal(ContainerList list) {
        return accountKeys().chats().seal(list, GivenBytes.of(Fixed.salt("list")));
    }

    private static String encoded(ContainerList list) {
        try {
            return VectorFile.hex(SealingVectors.key(Fixed.key("chats"))
                    .open(listPlace(list.counter()), seal(list).toArray()));
        } catch (RejectedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static AssociatedData listPlace(long counter) {
        return new AssociatedData("container-list", Fixed.account("a"), Domain.CHATS, null, null, "list", counter);
    }

    private static ObjectNode containerList(VectorFile file, String name) {
        return file.add(name)
                .put("domainKey", Fixed.key("chats").hex())
                .put("account", Fixed.account("a").hex())
                .put("domain", Domain.CHATS.text());
    }

    private static void containerList(VectorFile file, String name, ContainerList list, int count) {
        ObjectNode vector = containerList(file, name);
        ArrayNode containers = vector.putArray("containers");
        containers(count).forEach(id -> containers.add(id.hex()));
        vector.put("counter", list.counter())
                .put("containerCount", list.containerCount())
                .put("previous", list.previous().hex())
                .put("root", list.root().hex())
                .put("encoded", encoded(list))
                .put("salt", Fixed.salt("list").hex())
                .put("sealed", seal(list).hex());
    }

    private static void listFails(
            VectorFile file, String name, long sealedCounter, String encoded, long claimed, String error) {
        byte[] sealed = SealingVectors.key(Fixed.key("chats"))
                .seal(listPlace(sealedCounter), Bytes.parseHex(encoded).toArray(), GivenBytes.of(Fixed.salt("list")));
        containerList(file, name)
                .put("counter", claimed)
                .put("sealed", VectorFile.hex(sealed))
                .put("error", error);
    }

    /// A chat whose key was renewed twice, and an item that was sealed under the first one.
    static VectorFile earlierKeys() {
        VectorFile file = new VectorFile("earlier-keys");
        earlierKeysOpen(file, "one", 1);
        earlierKeysOpen(file, "two, the newest first", 2);
        earlierKeysOpen(file, "the most", ContainerKey.MOST_EARLIER);
        earlierKeysFail(file, "none", sealKeys("container", Fixed.container("a"), 0), "malformed");
        int tooMany = 32 * (ContainerKey.MOST_EARLIER + 1);
        earlierKeysFail(file, "one too many", sealKeys("container", Fixed.container("a"), tooMany), "malformed");
        earlierKeysFail(file, "half a key", sealKeys("container", Fixed.container("a"), 48), "malformed");
        earlierKeysFail(file, "under an earlier key", sealKeys("earlier 0", Fixed.container("a"), 32), "wrong-key");
        earlierKeysFail(file, "of another chat", sealKeys("container", Fixed.container("b"), 32), "damaged");
        return file;
    }

    private static ObjectNode earlierKeysCase(VectorFile file, String name) {
        ObjectNode vector = file.add(name);
        vector.put("account", Fixed.account("a").hex())
                .put("domain", Domain.CHATS.text())
                .put("container", CHAT.hex())
                .put("domainKey", Fixed.key("chats").hex())
                .put("containerKey", Fixed.key("container").hex())
                .put(
                        "wrapped",
                        accountKeys()
                                .chats()
                                .wrap(chatKey(), GivenBytes.of(Fixed.salt("wrap")))
                                .hex());
        return vector;
    }

    private static void earlierKeysOpen(VectorFile file, String name, int count) {
        ObjectNode vector = earlierKeysCase(file, name);
        ChatsKey chats = accountKeys().chats();
        ChatKey oldest = chats.generate(CHAT, GivenBytes.of(Fixed.key("earlier " + (count - 1))));
        ChatKey key = oldest;
        for (int age = count - 2; age >= -1; age--) {
            key = chats.renew(key, GivenBytes.of(age < 0 ? Fixed.key("container") : Fixed.key("earlier " + age)));
        }
        ArrayNode keys = vector.putArray("earlierKeys");
        IntStream.range(0, count)
                .forEach(age -> keys.add(Fixed.key("earlier " + age).hex()));
        ItemId item = Fixed.item("a");
        Bytes content = Bytes.copyOf("sealed before".getBytes(StandardCharsets.UTF_8));
        vector.put("salt", Fixed.salt("earlier keys").hex())
                .put(
                        "sealed",
                        key.sealEarlierKeys(GivenBytes.of(Fixed.salt("earlier keys")))
                                .hex())
                .put("item", item.hex())
                .put("itemContent", content.hex())
                .put(
                        "itemUnderTheOldest",
                        oldest.sealItem(item, 1, content.toArray(), GivenBytes.of(Fixed.salt("item")))
                                .hex());
    }

    private static void earlierKeysFail(VectorFile file, String name, String sealed, String error) {
        earlierKeysCase(file, name).put("sealed", sealed).put("error", error);
    }

    private static String sealKeys(String under, ContainerId container, int length) {
        AssociatedData place =
                new AssociatedData("earlier-keys", Fixed.account("a"), Domain.CHATS, container, null, "keys", 1);
        return VectorFile.hex(SealingVectors.key(Fixed.key(under))
                .seal(place, new byte[length], GivenBytes.of(Fixed.salt("earlier keys"))));
    }
}
