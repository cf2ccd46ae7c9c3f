package dev.nescio.server.sync;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.SessionId;
import dev.nescio.server.config.DatabaseSetting;
import dev.nescio.server.config.PublicUrl;
import dev.nescio.server.config.Settings;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Databases;
import dev.nescio.server.http.Answer;
import dev.nescio.server.http.Caller;
import dev.nescio.server.http.Endpoint;
import dev.nescio.server.http.Handler;
import dev.nescio.server.http.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A client that does not read its hints costs bounded memory: it is closed with 4408.
class SlowSocketTest {

    /// A close frame with code 4408 and its reason (RFC 6455, section 5.5.1).
    private static final byte[] CLOSE = {(byte) 0x88, 10, 0x11, 0x38, 't', 'o', 'o', ' ', 's', 'l', 'o', 'w'};

    @TempDir
    Path folder;

    @Test
    void clientThatDoesNotReadIsClosed() throws IOException, InterruptedException {
        AccountId account = AccountId.parse("00112233445566778899aabbccddeeff");
        Caller caller = new Caller(account, SessionId.parse("00112233445566778899aabbccddeeff"), 1, 2, false, null);
        DatabaseSetting file = new DatabaseSetting.Sqlite(folder.resolve("nescio.db"));
        Settings settings = new Settings(
                folder,
                "127.0.0.1",
                0,
                file,
                folder.resolve("keyring"),
                PublicUrl.parse("http://localhost"),
                false,
                null,
                Set.of(),
                true);
        Map<Endpoint, Handler> handlers = Arrays.stream(Endpoint.values())
                .filter(endpoint -> endpoint != Endpoint.HINTS)
                .collect(Collectors.toMap(endpoint -> endpoint, endpoint -> call -> Answer.EMPTY));
        try (Database database = Databases.open(file)) {
            insertAccount(database, account);
            Hints hints = new Hints(database);
            try (HttpServer server = HttpServer.start(
                            settings,
                            token -> Optional.of(caller),
                            (same, network) -> {},
                            hints,
                            handlers,
                            Clock.systemUTC());
                    Socket client = open(server.port())) {
                for (long i = 0; i < 300_000; i++) {
                    hints.changed(account, Domain.CHATS, i);
                }
                assertTrue(drain(client.getInputStream()), "closed as too slow");
            }
        }
    }

    private static void insertAccount(Database database, AccountId account) {
        database.write(transaction -> transaction
                .handle()
                .createUpdate(
                        "INSERT INTO account VALUES (:account, zeroblob(32), 0, 1, '', '', '', '', '', '', 1, '', NULL, NULL, NULL)"
                                .replace("''", "x''"))
                .bind("account", account.bytes())
                .execute());
    }

    private static Socket open(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.setSoTimeout(60_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        String request = """
                GET /v1/hints HTTP/1.1
                Host: a
                Authorization: Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
                Upgrade: websocket
                Connection: Upgrade
                Sec-WebSocket-Version: 13
                Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==

                """;
        socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
        StringBuilder hello = new StringBuilder();
        while (hello.indexOf("hello") < 0) {
            hello.append((char) socket.getInputStream().read());
        }
        return socket;
    }

    /// @return whether the connection ended with that frame
    private static boolean drain(InputStream in) throws IOException {
        byte[] last = {};
        byte[] buffer = new byte[1 << 16];
        int some;
        while (!Arrays.equals(last, CLOSE) && (some = in.read(buffer)) >= 0) {
            byte[] joined = Arrays.copyOf(last, last.length + some);
            System.arraycopy(buffer, 0, joined, last.length, some);
            last = Arrays.copyOfRange(joined, Math.max(0, joined.length - CLOSE.length), joined.length);
        }
        return Arrays.equals(last, CLOSE);
    }
}
