package dev.nescio.bench.server;

import com.eatthepath.otp.HmacOneTimePasswordGenerator;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.DomainKeys;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.KeyPair;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.SlotKind;
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Transport;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;

/// An account with one chat, on a connection of its own, that writes and reads messages. Sealed values are
/// random octets of the right lengths: a server cannot tell the difference, and sealing is measured elsewhere.
final class Writer implements Closeable {

    /// Octets of a sealed short message.
    static final int MESSAGE = 281;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int WRAPPED_KEY = 137;

    private final Connection connection;
    private final SignUp.Start account;
    private final String token;
    private final ContainerId container = ContainerId.generate(RANDOM);
    private long counter = 1;
    private long sequence;

    private Writer(Connection connection, SignUp.Start account, String token) {
        this.connection = connection;
        this.account = account;
        this.token = token;
    }

    /// Signs up and makes the chat.
    static Writer signUp(URI server) throws IOException, GeneralSecurityException {
        Connection connection = new Connection(server);
        SignUp.Start start = new SignUp.Start(
                AccountId.generate(RANDOM),
                bytes(32),
                new SignUp.NewSlot(
                        SlotId.generate(RANDOM),
                        SlotKind.PASSWORD,
                        bytes(16),
                        65536,
                        3,
                        1,
                        bytes(32),
                        bytes(WRAPPED_KEY)),
                SignUp.NewSlot.of(SignIn.Slot.recovery(SlotId.generate(RANDOM), bytes(WRAPPED_KEY)), bytes(32)),
                new DomainKeys(
                        bytes(WRAPPED_KEY),
                        bytes(WRAPPED_KEY),
                        bytes(WRAPPED_KEY),
                        bytes(WRAPPED_KEY),
                        bytes(WRAPPED_KEY)),
                new KeyPair(bytes(32), bytes(WRAPPED_KEY)),
                bytes(201),
                bytes(473),
                Stream.generate(() -> bytes(32)).limit(10).toList());
        SignUp.Started started = post(connection, "/v1/signup/start", null, start, SignUp.Started.class);
        String code = new HmacOneTimePasswordGenerator(6)
                .generateOneTimePasswordString(
                        new SecretKeySpec(started.totpSecret().toArray(), "HmacSHA1"),
                        System.currentTimeMillis() / 30_000,
                        Locale.ROOT);
        SignIn.SessionOpened session = post(
                connection,
                "/v1/signup/confirm",
                null,
                new SignUp.Confirm(started.signup(), code, Transport.BEARER, false),
                SignIn.SessionOpened.class);
        Writer writer = new Writer(connection, start, session.token().base64url());
        Sync.NewContainer chat = new Sync.NewContainer(
                writer.container, bytes(WRAPPED_KEY), bytes(200), bytes(217), new Counted(1, bytes(185)));
        writer.sequence = post(connection, "/v1/domains/chats/containers", writer.token, chat, Sync.Committed.class)
                .sequence();
        return writer;
    }

    private static <T> T post(Connection connection, String path, String token, Object body, Class<T> answer)
            throws IOException {
        String json = new String(Json.STRICT.writeValueAsBytes(body), StandardCharsets.US_ASCII);
        return Json.LENIENT.readValue(connection.send(Connection.request("POST", path, token, json)), answer);
    }

    /// Commits one new message.
    void write() throws IOException {
        Sync.Commit commit = new Sync.Commit(
                new Counted(counter + 1, bytes(217)),
                List.of(new Sync.ItemWrite(ItemId.generate(RANDOM), 1, bytes(MESSAGE))),
                null);
        sequence = post(connection, "/v1/containers/" + id() + "/commits", token, commit, Sync.Committed.class)
                .sequence();
        counter++;
    }

    /// Reads the newest message and the state of its chat.
    void read() throws IOException {
        connection.send(Connection.request("GET", "/v1/containers/" + id() + "?after=" + (sequence - 1), token, null));
    }

    private String id() {
        return container.bytes().hex();
    }

    Bytes account() {
        return account.account().bytes();
    }

    Bytes container() {
        return container.bytes();
    }

    SignUp.Start signedUpWith() {
        return account;
    }

    static Bytes bytes(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return Bytes.copyOf(bytes);
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
