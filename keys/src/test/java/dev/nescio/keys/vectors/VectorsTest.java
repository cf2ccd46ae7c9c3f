package dev.nescio.keys.vectors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.keys.AccessKey;
import dev.nescio.keys.AccountKeyPair;
import dev.nescio.keys.AccountKeys;
import dev.nescio.keys.Address;
import dev.nescio.keys.Argon2Policy;
import dev.nescio.keys.BackupCode;
import dev.nescio.keys.ChatKey;
import dev.nescio.keys.ChatsKey;
import dev.nescio.keys.ContainerList;
import dev.nescio.keys.Credential;
import dev.nescio.keys.DeviceList;
import dev.nescio.keys.Manifest;
import dev.nescio.keys.MasterKey;
import dev.nescio.keys.PairingCode;
import dev.nescio.keys.PairingGrant;
import dev.nescio.keys.PairingKey;
import dev.nescio.keys.PairingTranscript;
import dev.nescio.keys.Password;
import dev.nescio.keys.Profile;
import dev.nescio.keys.ProfileKey;
import dev.nescio.keys.RecoveryKey;
import dev.nescio.keys.ResetCode;
import dev.nescio.keys.ScopedKeys;
import dev.nescio.keys.SlotDirectory;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.AccountLog;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.KeyPair;
import dev.nescio.protocol.PairingId;
import dev.nescio.protocol.Pairings;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SessionId;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.SlotKind;
import dev.nescio.protocol.Versioned;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.Derivation;
import dev.nescio.sealing.v1.LogEntryHash;
import dev.nescio.sealing.v1.OriginNote;
import dev.nescio.sealing.v1.Padding;
import dev.nescio.sealing.v1.SealingKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Runs the checked-in vectors against this implementation, as any other implementation would. Streams have
/// [StreamVectorsTest].
class VectorsTest {

    private static final Bytes NO_PREVIOUS = Bytes.copyOf(new byte[32]);

    static Stream<Vector> vectors() {
        return Stream.of(
                        "derive",
                        "associated-data",
                        "padding",
                        "envelope",
                        "wrap",
                        "address",
                        "password-text",
                        "password",
                        "argon2-parameters",
                        "backup-code",
                        "recovery-key",
                        "reset-code",
                        "pairing-code",
                        "pairing",
                        "passkey",
                        "access-key",
                        "scope-record",
                        "merkle",
                        "manifest",
                        "container-list",
                        "earlier-keys",
                        "slot-directory",
                        "profile",
                        "device-list",
                        "log-entry",
                        "account-key-pair",
                        "log-note")
                .flatMap(kind -> Vector.all(kind).stream());
    }

    @Test
    void everyFileIsRun() throws IOException {
        try (Stream<Path> files = Files.list(Vector.FOLDER)) {
            TreeSet<String> kinds = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".json"))
                    .map(name -> name.substring(0, name.length() - ".json".length()))
                    .collect(Collectors.toCollection(TreeSet::new));
            TreeSet<String> run = vectors().map(Vector::kind).collect(Collectors.toCollection(TreeSet::new));
            run.add("stream");
            // In the client.
            run.add("chat-content");
            assertEquals(kinds, run);
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void vector(Vector vector) throws Exception {
        switch (vector.kind()) {
            case "derive" -> derive(vector);
            case "associated-data" ->
                assertArrayEquals(
                        vector.bytes("output"), vector.associatedData().encode());
            case "padding" -> padding(vector);
            case "envelope" -> envelope(vector);
            case "wrap" -> wrap(vector);
            case "address" -> address(vector);
            case "password-text" -> passwordText(vector);
            case "password" -> password(vector);
            case "argon2-parameters" -> argon2Parameters(vector);
            case "backup-code" -> backupCode(vector);
            case "recovery-key" -> recoveryKey(vector);
            case "reset-code" -> resetCode(vector);
            case "pairing-code" -> pairingCode(vector);
            case "pairing" -> pairing(vector);
            case "passkey" -> passkey(vector);
            case "access-key" -> accessKey(vector);
            case "scope-record" -> scopeRecord(vector);
            case "merkle" -> merkle(vector);
            case "manifest" -> manifest(vector);
            case "container-list" -> containerList(vector);
            case "earlier-keys" -> earlierKeys(vector);
            case "slot-directory" -> slotDirectory(vector);
            case "profile" -> profile(vector);
            case "device-list" -> deviceList(vector);
            case "log-entry" -> logEntry(vector);
            case "account-key-pair" -> keyPair(vector);
            case "log-note" -> note(vector);
            default -> throw new IllegalArgumentException(vector.kind());
        }
    }

    private static void derive(Vector vector) {
        assertArrayEquals(
                vector.bytes("output"),
                Derivation.from(vector.bytes("key")).derive(vector.text("label"), vector.bytes("context")));
    }

    private static void padding(Vector vector) throws RejectedException {
        if (vector.fails()) {
            rejected(vector, () -> Padding.unpad(vector.bytes("padded")));
            return;
        }
        byte[] content = vector.bytes("content");
        byte[] padded = Padding.pad(content);
        assertEquals(Padding.paddedLength(content.length), padded.length);
        if (vector.has("padded")) {
            assertArrayEquals(vector.bytes("padded"), padded);
        } else {
            assertEquals(vector.number("paddedLength"), padded.length);
            assertArrayEquals(vector.bytes("paddedSha256"), Fixed.sha256(padded));
        }
        assertArrayEquals(content, Padding.unpad(padded));
    }

    private static void envelope(Vector vector) throws RejectedException {
        try (SealingKey key = vector.key("key")) {
            byte[] envelope = vector.bytes("envelope");
            if (vector.fails()) {
                rejected(vector, () -> key.open(vector.associatedData(), envelope));
                return;
            }
            assertArrayEquals(vector.bytes("content"), key.open(vector.associatedData(), envelope));
            assertArrayEquals(
                    envelope, key.seal(vector.associatedData(), vector.bytes("content"), vector.salt("salt")));
        }
    }

    private static void wrap(Vector vector) throws RejectedException {
        try (SealingKey wrapping = vector.key("wrappingKey")) {
            byte[] wrapped = vector.bytes("wrapped");
            if (vector.fails()) {
                rejected(vector, () -> wrapping.unwrap(vector.associatedData(), wrapped));
                return;
            }
            assertEquals(vector.key("key"), wrapping.unwrap(vector.associatedData(), wrapped));
            assertArrayEquals(wrapped, wrapping.wrap(vector.associatedData(), vector.key("key"), vector.salt("salt")));
        }
    }

    private static void address(Vector vector) {
        if (vector.fails()) {
            refused(vector, () -> Address.parse(vector.typed()));
            return;
        }
        Address address = Address.parse(vector.typed());
        assertEquals(vector.text("normalised"), address.normalised());
        assertEquals(vector.hex("hashedEmail"), address.hashed());
        assertEquals(address, Address.parse(address.normalised()), "normalising again changes nothing");
    }

    /// A password shows its bytes to its own package only: `PasswordTest` there compares them.
    private static void passwordText(Vector vector) {
        if (vector.fails()) {
            refused(vector, () -> Password.of(vector.typed().toCharArray()));
            return;
        }
        try (Password password = Password.of(vector.typed().toCharArray())) {

            boolean fit = vector.integer("characters") >= Password.LEAST_NEW;
            if (fit) {
                password.requireFitForCreation();
            } else {
                assertThrows(IllegalArgumentException.class, password::requireFitForCreation);
            }
        }
    }

    private static void password(Vector vector) throws Exception {
        Address address = Address.parse(vector.text("address"));
        assertEquals(vector.hex("hashedEmail"), address.hashed());
        Argon2Parameters parameters =
                new Argon2Parameters(vector.integer("memoryKiB"), vector.integer("passes"), vector.integer("lanes"));
        SlotId slot = SlotId.parse(vector.text("slot"));
        Bytes wrapped = vector.hex("wrappedMasterKey");
        try (Password password = Password.of(vector.typed().toCharArray());
                Credential credential =
                        Credential.ofPassword(password, address, vector.hex("salt"), parameters, Optional.empty())) {
            if (vector.fails()) {
                rejected(vector, () -> credential.unwrap(vector.account(), slot, wrapped));
                return;
            }
            assertEquals(vector.hex("lookupHash"), credential.lookupHash());
            try (MasterKey masterKey = credential.unwrap(vector.account(), slot, wrapped)) {
                assertEquals(wrapped, credential.wrap(masterKey, slot, vector.salt("wrapSalt")));
            }
        }
        try (SealingKey wrappingKey = vector.key("wrappingKey");
                SealingKey masterKey = vector.key("masterKey")) {
            assertEquals(
                    masterKey,
                    wrappingKey.unwrap(
                            new dev.nescio.sealing.v1.AssociatedData(
                                    "wrapped-master-key", vector.account(), null, null, slot, "key", 1),
                            wrapped.toArray()));
        }
        Derivation root = Derivation.from(vector.bytes("passwordRoot"));
        assertArrayEquals(vector.bytes("wrappingKey"), root.derive("password/wrapping-key"));
        assertArrayEquals(vector.bytes("lookupSecret"), root.derive("password/lookup-secret"));
    }

    private static void argon2Parameters(Vector vector) throws Argon2Policy.RefusedException {
        Argon2Parameters offered = parameters(vector.node().get("offered"));
        Optional<Argon2Parameters> pinned =
                Optional.ofNullable(vector.node().get("pinned")).map(VectorsTest::parameters);
        if (vector.fails()) {
            assertEquals("refused", vector.error());
            assertThrows(Argon2Policy.RefusedException.class, () -> Argon2Policy.check(offered, pinned));
        } else {
            Argon2Policy.check(offered, pinned);
        }
    }

    private static Argon2Parameters parameters(JsonNode node) {
        return new Argon2Parameters(
                node.get("memoryKiB").intValue(),
                node.get("passes").intValue(),
                node.get("lanes").intValue());
    }

    private static void backupCode(Vector vector) {
        if (vector.fails()) {
            refused(vector, () -> BackupCode.parse(vector.typed()));
            return;
        }
        Address address = Address.parse(vector.text("address"));
        assertEquals(vector.hex("hashedEmail"), address.hashed());
        try (BackupCode typed = BackupCode.parse(vector.typed());
                BackupCode drawn = BackupCode.generate(vector.salt("code"))) {
            assertEquals(vector.text("text"), typed.text());
            assertEquals(vector.text("text"), drawn.text());
            assertEquals(vector.hex("hash"), typed.hash(address));
            assertEquals(vector.hex("hash"), drawn.hash(address));
        }
    }

    private static void resetCode(Vector vector) {
        if (vector.fails()) {
            refused(vector, () -> ResetCode.parse(vector.typed()));
            return;
        }
        Address address = Address.parse(vector.text("address"));
        assertEquals(vector.hex("hashedEmail"), address.hashed());
        try (ResetCode typed = ResetCode.parse(vector.typed());
                ResetCode drawn = ResetCode.generate(vector.salt("code"))) {
            assertEquals(vector.text("text"), typed.text());
            assertEquals(vector.text("text"), drawn.text());
            assertEquals(vector.hex("hash"), typed.hash(address));
            assertEquals(vector.hex("hash"), drawn.hash(address));
        }
    }

    private static void recoveryKey(Vector vector) throws RejectedException {
        if (vector.fails()) {
            refused(vector, () -> RecoveryKey.parse(vector.typed()));
            return;
        }
        SlotId slot = SlotId.parse(vector.text("slot"));
        AccountId account = AccountId.generate(new java.util.Random(1));
        try (RecoveryKey typed = RecoveryKey.parse(vector.typed());
                RecoveryKey drawn = RecoveryKey.generate(vector.salt("key"));
                Credential credential = typed.credential();
                SealingKey wrappingKey = SealingKey.of(SecretBytes.taking(vector.bytes("wrappingKey")));
                SealingKey master = SealingKey.generate(new java.util.Random(2))) {
            assertEquals(vector.text("text"), typed.text());
            assertEquals(vector.text("text"), drawn.text());
            assertEquals(slot, typed.slot());
            assertEquals(vector.hex("lookupHash"), credential.lookupHash());
            Bytes wrapped = Bytes.copyOf(wrappingKey.wrap(
                    new dev.nescio.sealing.v1.AssociatedData("wrapped-master-key", account, null, null, slot, "key", 1),
                    master,
                    new java.util.Random(3)));
            credential.unwrap(account, slot, wrapped).close();
        }
    }

    private static void pairingCode(Vector vector) {
        if (vector.fails()) {
            refused(vector, () -> PairingCode.parse(vector.typed()));
            return;
        }
        try (PairingCode typed = PairingCode.parse(vector.typed());
                PairingCode drawn = PairingCode.generate(vector.salt("code"))) {
            assertEquals(vector.text("text"), typed.text());
            assertEquals(vector.text("qr"), typed.qr());
            assertEquals(vector.text("qr"), drawn.qr());
            assertEquals(PairingId.parse(vector.text("pairing")), typed.id());
        }
        assertArrayEquals(
                vector.bytes("psk"), Derivation.from(vector.bytes("code")).derive("pairing/psk"));
    }

    private static void pairing(Vector vector) throws RejectedException {
        try (PairingCode code = PairingCode.generate(vector.salt("code"));
                PairingKey key = PairingKey.generate(GivenBytes.of(vector.hex("privateKey"), vector.hex("nonce")))) {
            assertEquals(new Pairings.Share(vector.hex("publicKey"), vector.hex("nonce")), key.share());
            PairingTranscript transcript = new PairingTranscript(
                    code.id(),
                    vector.hex("commitment"),
                    new Pairings.Share(vector.hex("answerPublicKey"), vector.hex("answerNonce")),
                    key.share(),
                    vector.account());
            assertTrue(transcript.keepsItsCommitment());
            assertEquals(vector.hex("transcript"), transcript.hash());
            assertEquals(vector.text("digits"), transcript.digits());
            if (vector.fails()) {
                rejected(vector, () -> PairingGrant.open(vector.hex("sealed"), key, code, transcript));
                return;
            }
            PairingGrant grant = PairingGrant.open(vector.hex("sealed"), key, code, transcript);
            try (MasterKey masterKey = grant.masterKey();
                    SecretBytes exported = masterKey.insecureExport()) {
                assertEquals(SecretBytes.taking(vector.bytes("masterKey")), exported);
                assertEquals(vector.number("directoryCounter"), grant.directoryCounter());
                assertEquals(vector.hex("directoryHash"), grant.directoryHash());
                assertEquals(vector.text("address"), grant.address());
                PairingGrant.open(grant.seal(code, transcript), key, code, transcript)
                        .masterKey()
                        .close();
            }
        }
    }

    private static void passkey(Vector vector) {
        assertEquals(vector.hex("prfInput"), Credential.passkeyPrfInput(vector.text("rpId")));
        Derivation derivation = Derivation.from(vector.bytes("prfOutput"));
        assertArrayEquals(vector.bytes("wrappingKey"), derivation.derive("passkey/wrapping-key"));
        assertArrayEquals(vector.bytes("lookupSecret"), derivation.derive("passkey/lookup-secret"));
        try (SecretBytes output = SecretBytes.taking(vector.bytes("prfOutput"));
                Credential credential = Credential.ofPasskey(output, vector.hex("credentialId"))) {
            assertEquals(vector.hex("lookupHash"), credential.lookupHash());
        }
    }

    private static void accessKey(Vector vector) {
        if (vector.fails()) {
            refused(vector, () -> AccessKey.parse(vector.typed()));
            return;
        }
        Derivation derivation = Derivation.from(vector.bytes("key"));
        assertArrayEquals(vector.bytes("wrappingKey"), derivation.derive("access/wrapping-key"));
        assertArrayEquals(vector.bytes("lookupSecret"), derivation.derive("access/lookup-secret"));
        try (AccessKey typed = AccessKey.parse(vector.typed());
                AccessKey drawn = AccessKey.generate(vector.salt("key"));
                Credential credential = typed.credential()) {
            assertEquals(vector.text("text"), typed.text());
            assertEquals(vector.text("text"), drawn.text());
            assertEquals(SlotId.parse(vector.text("slot")), typed.slot());
            assertEquals(vector.hex("lookupHash"), credential.lookupHash());
        }
    }

    private static void scopeRecord(Vector vector) throws RejectedException {
        SlotId slot = SlotId.parse(vector.text("slot"));
        try (AccessKey key = AccessKey.generate(vector.salt("accessKey"));
                Credential credential = key.credential()) {
            if (vector.fails()) {
                rejected(vector, () -> credential.openScope(vector.account(), slot, vector.hex("sealed")));
                return;
            }
            try (ScopedKeys opened = credential.openScope(vector.account(), slot, vector.hex("sealed"));
                    SecretBytes exported = opened.insecureExport();
                    ScopedKeys again = ScopedKeys.insecureImport(vector.account(), exported)) {
                assertEquals(Scope.parse(vector.text("scope")), opened.scope());
                assertEquals(
                        vector.has("expiresAt") ? OptionalLong.of(vector.number("expiresAt")) : OptionalLong.empty(),
                        opened.expiresAt());
                JsonNode keys = vector.node().get("keys");
                assertEquals(keys.has("chats"), opened.chats().isPresent());
                assertEquals(keys.has("apps"), opened.apps().isPresent());
                assertEquals(keys.has("emails"), opened.emails().isPresent());
                assertEquals(keys.has("embeds"), opened.embeds().isPresent());
                assertEquals(opened.scope(), again.scope());
                JsonNode record = Json.LENIENT.readTree(exported.lend(byte[]::clone));
                for (String domain : record.get("keys").propertyNames()) {
                    assertEquals(
                            Bytes.parseHex(keys.get(domain).stringValue()),
                            Bytes.parse(record.get("keys").get(domain).stringValue()));
                }
            }
        }
        try (SealingKey sealing = SealingKey.of(
                SecretBytes.taking(Derivation.from(vector.bytes("accessKey")).derive("access/wrapping-key")))) {
            assertArrayEquals(
                    vector.bytes("sealed"),
                    sealing.seal(
                            new dev.nescio.sealing.v1.AssociatedData(
                                    "access-scope", vector.account(), null, null, slot, "scope", 1),
                            vector.text("plaintext").getBytes(UTF_8),
                            vector.salt("salt")));
        }
    }

    private static void keyPair(Vector vector) throws RejectedException {
        try (MasterKey masterKey =
                MasterKey.insecureImport(vector.account(), SecretBytes.taking(vector.bytes("masterKey")))) {
            if (vector.fails()) {
                rejected(vector, () -> masterKey.openKeyPair(vector.hex("sealed")));
                return;
            }
            try (AccountKeyPair opened = masterKey.openKeyPair(vector.hex("sealed"));
                    AccountKeyPair drawn = AccountKeyPair.generate(vector.account(), vector.salt("privateKey"))) {
                assertEquals(vector.hex("publicKey"), opened.publicKey());
                assertEquals(
                        new KeyPair(vector.hex("publicKey"), vector.hex("sealed")),
                        masterKey.seal(drawn, vector.salt("salt")));
            }
        }
    }

    private static void note(Vector vector) throws RejectedException {
        try (AccountKeyPair pair = AccountKeyPair.generate(vector.account(), vector.salt("privateKey"))) {
            assertEquals(vector.hex("publicKey"), pair.publicKey());
            if (vector.fails()) {
                rejected(vector, () -> pair.open(vector.number("number"), vector.hex("sealed")));
                return;
            }
            OriginNote note = pair.open(vector.number("number"), vector.hex("sealed"));
            assertEquals(new OriginNote(vector.hex("prefix")), note);
            assertEquals(vector.text("text"), note.text());
            Bytes again = note.seal(pair.publicKey(), vector.account(), vector.number("number"));
            assertEquals(note, pair.open(vector.number("number"), again));
        }
    }

    private static void logEntry(Vector vector) {
        AccountLog.Entry entry = new AccountLog.Entry(
                vector.number("number"),
                vector.hex("previous"),
                vector.number("time"),
                vector.text("kind"),
                vector.id("session").map(SessionId::parse).orElse(null),
                vector.id("other").map(SessionId::parse).orElse(null),
                vector.id("slot").map(SlotId::parse).orElse(null),
                null);
        assertEquals(vector.hex("hash"), LogEntryHash.of(vector.account(), entry));
    }

    private static void merkle(Vector vector) {
        List<Manifest.Entry> entries = new ArrayList<>();
        if (vector.has("entries")) {
            for (JsonNode node : vector.node().get("entries")) {
                byte[] encoded = Vector.bytes(node);
                entries.add(new Manifest.Entry(
                        new ItemId(Bytes.copyOf(Arrays.copyOf(encoded, 16))),
                        ByteBuffer.wrap(encoded).getLong(16),
                        Bytes.copyOf(Arrays.copyOfRange(encoded, 25, 57))));
            }
        } else {
            for (int i = 0; i < vector.integer("countedEntries"); i++) {
                byte[] id = ByteBuffer.allocate(16).putInt(12, i).array();
                entries.add(new Manifest.Entry(new ItemId(Bytes.copyOf(id)), i + 1, Bytes.copyOf(Fixed.sha256(id))));
            }
        }
        Versioned metadata = new Versioned(1, Bytes.copyOf(new byte[137]));
        Manifest manifest = Manifest.first(metadata).next(NO_PREVIOUS, entries, metadata);
        assertEquals(vector.hex("root"), manifest.root());
        assertTrue(manifest.covers(entries, metadata));
    }

    /// Keys of containers and domains are drawn or unwrapped, never made of bytes; drawing them from the
    /// bytes of the vector comes to the same.
    private static ChatsKey chatsKey(Vector vector, Bytes domainKey) {
        return AccountKeys.generate(
                        vector.account(), GivenBytes.of(domainKey, NO_PREVIOUS, NO_PREVIOUS, NO_PREVIOUS, NO_PREVIOUS))
                .chats();
    }

    private static void manifest(Vector vector) throws RejectedException {
        ChatKey key = chatsKey(vector, NO_PREVIOUS)
                .generate(ContainerId.parse(vector.text("container")), vector.salt("containerKey"));
        if (vector.fails()) {
            rejected(vector, () -> key.openManifest(vector.number("counter"), vector.hex("sealed")));
            return;
        }
        Manifest manifest = new Manifest(
                vector.number("counter"),
                vector.number("itemCount"),
                vector.hex("previous"),
                vector.hex("root"),
                vector.number("metadataVersion"),
                vector.hex("metadataHash"));
        assertEquals(manifest, key.openManifest(vector.number("counter"), vector.hex("sealed")));
        assertEquals(vector.hex("sealed"), key.seal(manifest, vector.salt("salt")));
    }

    private static void earlierKeys(Vector vector) throws RejectedException {
        ChatsKey chats = chatsKey(vector, vector.hex("domainKey"));
        ContainerId container = ContainerId.parse(vector.text("container"));
        if (vector.fails()) {
            rejected(vector, () -> chats.unwrap(container, vector.hex("wrapped"), vector.hex("sealed")));
            return;
        }
        ChatKey key = chats.unwrap(container, vector.hex("wrapped"), vector.hex("sealed"));
        assertEquals(vector.hex("sealed"), key.sealEarlierKeys(vector.salt("salt")));
        assertArrayEquals(
                vector.bytes("itemContent"),
                key.openItem(ItemId.parse(vector.text("item")), 1, vector.hex("itemUnderTheOldest")));
    }

    private static void containerList(Vector vector) throws RejectedException {
        ChatsKey key = chatsKey(vector, vector.hex("domainKey"));
        if (vector.fails()) {
            rejected(vector, () -> key.openList(vector.number("counter"), vector.hex("sealed")));
            return;
        }
        ContainerList list = new ContainerList(
                vector.number("counter"), vector.number("containerCount"), vector.hex("previous"), vector.hex("root"));
        assertEquals(list, key.openList(vector.number("counter"), vector.hex("sealed")));
        assertEquals(vector.hex("sealed"), key.seal(list, vector.salt("salt")));
        List<ContainerId> containers = new ArrayList<>();
        vector.node().get("containers").forEach(id -> containers.add(ContainerId.parse(id.stringValue())));
        assertTrue(list.covers(containers));
    }

    private static void slotDirectory(Vector vector) throws RejectedException {
        try (MasterKey key = MasterKey.generate(vector.account(), vector.salt("masterKey"))) {
            if (vector.fails()) {
                rejected(vector, () -> key.openDirectory(vector.number("counter"), vector.hex("sealed")));
                return;
            }
            List<SlotDirectory.Entry> slots = new ArrayList<>();
            for (JsonNode slot : vector.node().get("slots")) {
                slots.add(new SlotDirectory.Entry(
                        SlotId.parse(slot.get("id").stringValue()),
                        SlotKind.parse(slot.get("kind").stringValue()),
                        slot.has("salt") ? Bytes.parseHex(slot.get("salt").stringValue()) : null,
                        number(slot, "memoryKiB"),
                        number(slot, "passes"),
                        number(slot, "lanes"),
                        slot.has("credentialId")
                                ? Bytes.parseHex(slot.get("credentialId").stringValue())
                                : null,
                        slot.has("scope") ? Scope.parse(slot.get("scope").stringValue()) : null,
                        number(slot, "expiresAt"),
                        slot.has("name") ? slot.get("name").stringValue() : null,
                        Bytes.parseHex(slot.get("wrappedMasterKeyHash").stringValue())));
            }
            assertEquals(
                    new SlotDirectory(vector.number("counter"), vector.hex("previous"), slots),
                    key.openDirectory(vector.number("counter"), vector.hex("sealed")));
        }
        assertPlaintext(
                vector,
                "masterKey",
                new dev.nescio.sealing.v1.AssociatedData(
                        "slot-directory", vector.account(), null, null, null, "directory", vector.number("counter")));
    }

    private static void profile(Vector vector) throws RejectedException {
        try (ProfileKey key = profileKey(vector)) {
            Versioned sealed = new Versioned(vector.number("version"), vector.hex("sealed"));
            if (vector.fails()) {
                rejected(vector, () -> key.open(sealed));
                return;
            }
            assertEquals(new Profile(vector.text("address")), key.open(sealed));
        }
        assertPlaintext(
                vector,
                "profileKey",
                new dev.nescio.sealing.v1.AssociatedData(
                        "profile",
                        vector.account(),
                        dev.nescio.protocol.Domain.PROFILE,
                        null,
                        null,
                        "profile",
                        vector.number("version")));
    }

    private static DeviceList.LogHead logHead(JsonNode log) {
        return log == null
                ? null
                : new DeviceList.LogHead(
                        log.get("number").longValue(),
                        Bytes.parseHex(log.get("hash").stringValue()),
                        log.get("time").longValue());
    }

    private static void deviceList(Vector vector) throws RejectedException {
        try (ProfileKey key = profileKey(vector)) {
            if (vector.fails()) {
                rejected(vector, () -> key.openDevices(vector.number("counter"), vector.hex("sealed")));
                return;
            }
            List<DeviceList.Entry> devices = new ArrayList<>();
            for (JsonNode device : vector.node().get("devices")) {
                devices.add(new DeviceList.Entry(
                        SessionId.parse(device.get("session").stringValue()),
                        device.get("name").stringValue(),
                        device.get("kind").stringValue(),
                        device.get("since").longValue(),
                        logHead(device.get("log"))));
            }
            assertEquals(
                    new DeviceList(vector.number("counter"), vector.hex("previous"), devices),
                    key.openDevices(vector.number("counter"), vector.hex("sealed")));
        }
        assertPlaintext(
                vector,
                "profileKey",
                new dev.nescio.sealing.v1.AssociatedData(
                        "device-list",
                        vector.account(),
                        dev.nescio.protocol.Domain.PROFILE,
                        null,
                        null,
                        "devices",
                        vector.number("counter")));
    }

    private static Long number(JsonNode slot, String field) {
        return slot.has(field) ? slot.get(field).longValue() : null;
    }

    private static ProfileKey profileKey(Vector vector) {
        return AccountKeys.generate(
                        vector.account(),
                        GivenBytes.of(NO_PREVIOUS, NO_PREVIOUS, NO_PREVIOUS, NO_PREVIOUS, vector.hex("profileKey")))
                .profile();
    }

    /// Sealing the plaintext of the vector under its salt makes its envelope.
    private static void assertPlaintext(Vector vector, String key, dev.nescio.sealing.v1.AssociatedData place) {
        try (SealingKey sealing = SealingKey.of(SecretBytes.taking(vector.bytes(key)))) {
            byte[] plaintext = vector.text("plaintext").getBytes(UTF_8);
            assertArrayEquals(vector.bytes("sealed"), sealing.seal(place, plaintext, vector.salt("salt")));
        }
    }

    private static void rejected(Vector vector, Executable opening) {
        RejectedException e = assertThrows(RejectedException.class, opening);
        assertEquals(vector.error(), e.reason().text());
    }

    private static void refused(Vector vector, Executable parsing) {
        assertEquals("refused", vector.error());
        assertThrows(IllegalArgumentException.class, parsing);
    }
}
