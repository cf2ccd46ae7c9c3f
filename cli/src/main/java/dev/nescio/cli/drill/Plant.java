package dev.nescio.cli.drill;

import dev.nescio.cli.drill.Filling.Filled;
import dev.nescio.keys.Address;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.DomainKeys;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.KeyPair;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.SlotKind;
import dev.nescio.protocol.Sync;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/// A leak made on purpose, which the drill must find, or it proves nothing.
public enum Plant {
    /// A file of the data folder: the password in base64, in a gzip member between random bytes.
    FILE(Place.Kind.FILE, "the password"),

    /// A row of the database: a message that a broken client sent without sealing it.
    TABLE(Place.Kind.TABLES, "a short message"),

    /// A line of the log: the address, as an error message might repeat it.
    LOG(Place.Kind.LOG, "the address of the account"),

    /// The server's heap: a sign-up that waits, in which a broken client sent the master key in clear.
    MEMORY(Place.Kind.HEAP, "the master key"),

    /// A line of the log: a session's token, which the server handles and must not keep, in the header of a request.
    TOKEN(Place.Kind.LOG, "the session token of the drill"),

    /// A row of the database: hashed_email, which the server handles and must not keep.
    HASH(Place.Kind.TABLES, "hashed_email of the account");

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ENVELOPE = 137;
    private static final int AROUND = 5000;

    private final Place.Kind kind;
    private final String secret;

    Plant(Place.Kind kind, String secret) {
        this.kind = kind;
        this.secret = secret;
    }

    /// The name of the secret that leaks.
    public String secret() {
        return secret;
    }

    /// Whether this is the leak that was planted.
    boolean isFoundBy(Hit hit) {
        return hit.place().kind() == kind && hit.secret().name().equals(secret) && hit.counts();
    }

    void plant(DrilledServer server, Filled filled) throws IOException, InterruptedException, DrillFailed {
        byte[] value = filled.known().secrets().stream()
                .filter(known -> known.name().equals(secret))
                .findFirst()
                .orElseThrow()
                .value()
                .lend(byte[]::clone);
        switch (this) {
            case FILE -> intoFile(server.data().resolve("cache.bin"), value);
            case TABLE, HASH -> intoTable(server, filled, value);
            case LOG -> intoLog(server, "mail to <" + new String(value, StandardCharsets.UTF_8) + "> is off");
            case TOKEN ->
                intoLog(
                        server,
                        "refused: Authorization: Bearer " + Bytes.copyOf(value).base64url());
            case MEMORY -> intoMemory(server, value);
        }
    }

    private static void intoFile(Path file, byte[] value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(random(AROUND));
        try (OutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write("{\"kind\":\"note\",\"value\":\"".repeat(10).getBytes(StandardCharsets.US_ASCII));
            gzip.write(Base64.getEncoder().encode(value));
        }
        bytes.writeBytes(random(AROUND));
        Files.write(file, bytes.toByteArray());
    }

    private static void intoLog(DrilledServer server, String message) throws IOException {
        Files.writeString(server.log(), "WARN " + message + "\n", StandardOpenOption.APPEND);
    }

    private static void intoTable(DrilledServer server, Filled filled, byte[] value)
            throws IOException, InterruptedException, DrillFailed {
        Sync.Container chat = filled.chats().getFirst();
        Sync.Commit commit = new Sync.Commit(
                new Counted(chat.manifest().counter() + 1, unsealed(new byte[0])),
                List.of(new Sync.ItemWrite(ItemId.generate(RANDOM), 1, unsealed(value))),
                null);
        try (RawClient client = new RawClient(server.uri())) {
            client.post(
                    "/v1/containers/" + chat.id().hex() + "/commits",
                    filled.session().token(),
                    commit,
                    Sync.Committed.class);
        }
    }

    /// The server keeps a sign-up for a quarter of an hour; the drill is quicker.
    private static void intoMemory(DrilledServer server, byte[] value)
            throws IOException, InterruptedException, DrillFailed {
        RandomText text = new RandomText();
        Bytes key = unsealed(new byte[0]);
        SignUp.Start start = new SignUp.Start(
                AccountId.generate(RANDOM),
                Address.parse(text.word() + "@example.org").hashed(),
                new SignUp.NewSlot(
                        SlotId.generate(RANDOM),
                        SlotKind.PASSWORD,
                        Bytes.copyOf(random(16)),
                        65536,
                        3,
                        1,
                        Bytes.copyOf(random(32)),
                        key),
                SignUp.NewSlot.of(SignIn.Slot.recovery(SlotId.generate(RANDOM), key), Bytes.copyOf(random(32))),
                new DomainKeys(key, key, key, key, key),
                new KeyPair(Bytes.copyOf(random(32)), key),
                unsealed(value),
                unsealed(new byte[0]),
                Stream.generate(() -> Bytes.copyOf(random(32))).limit(10).toList());
        try (RawClient client = new RawClient(server.uri())) {
            client.post("/v1/signup/start", null, start, SignUp.Started.class);
        }
    }

    /// What looks like an envelope to a server, which cannot open any.
    private static Bytes unsealed(byte[] content) {
        byte[] envelope = random(Math.max(ENVELOPE, 100 + content.length));
        envelope[0] = 1;
        System.arraycopy(content, 0, envelope, 60, content.length);
        return Bytes.copyOf(envelope);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
