package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.Limits;
import dev.nescio.protocol.Problem;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.Sync;
import dev.nescio.server.db.Dump;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

/// What is not as the protocol asks is refused with a problem that repeats none of it, and changes nothing.
@ParameterizedClass
@EnumSource(Backend.class)
class BadInputTest {

    private static final String BAD = "400 bad-request";
    private static final String CANARY = "canary-that-must-not-come-back";

    private static TestServer server;
    private static Device device;

    @Parameter
    Backend backend;

    private List<String> rowsBefore;
    private Sync.Changes changesBefore;

    @BeforeParameterizedClassInvocation
    static void start(Backend backend) {
        server = TestServer.start(backend);
        device = Device.signedUp(server);
        device.on(server)
                .post("/v1/domains/chats/containers", Device.container(1))
                .as(Sync.Committed.class);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @BeforeEach
    void remember() {
        rowsBefore = rows();
        changesBefore = changes();
    }

    @AfterEach
    void nothingChanged() {
        assertEquals(rowsBefore, rows());
        assertEquals(changesBefore, changes());
    }

    /// Every row of every table, as the server's own `dump` prints them, in an order that stays.
    private static List<String> rows() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Dump.print(server.settings().database(), new PrintStream(printed, false, StandardCharsets.UTF_8));
        return printed.toString(StandardCharsets.UTF_8).lines().sorted().toList();
    }

    private static Sync.Changes changes() {
        return device.on(server).get("/v1/changes").as(Sync.Changes.class);
    }

    private static void assertBad(String path, String body) {
        Client.Answer answer = device.on(server).postText(path, "application/json", body);
        assertEquals(BAD, answer.problemName(), () -> body.substring(0, Math.min(200, body.length())));
        assertFalse(answer.text().contains(CANARY), answer::text);
        assertEquals("no-store", answer.header("Cache-Control"));
        assertEquals("nosniff", answer.header("X-Content-Type-Options"));
        assertNull(answer.header("Server"));
    }

    private static String changed(Object record, UnaryOperator<ObjectNode> change) {
        return Json.STRICT.writeValueAsString(change.apply((ObjectNode) Json.STRICT.valueToTree(record)));
    }

    @Test
    void whatIsNotTheExpectedJson() {
        String depth = "[".repeat(8_000) + "]".repeat(8_000);
        for (String body : List.of(
                "",
                " ",
                "null",
                "[]",
                "1",
                "\"" + CANARY + "\"",
                "{",
                "{\"hashedEmail\":}",
                "{\"hashedEmail\":\"" + CANARY + "\"}",
                "{\"" + CANARY + "\":1}",
                "{\"hashedEmail\":null}",
                "{\"hashedEmail\":1}",
                "{\"hashedEmail\":[\"" + CANARY + "\"]}",
                "{} " + CANARY,
                "{}{}",
                "{\"hashedEmail\":" + depth + "}",
                depth,
                "{\"hashedEmail\":" + "9".repeat(16_000) + "}",
                "{\"hashedEmail\":1e999999999}",
                "\u0000\u0001",
                "{\"hashedEmail\":\"" + "A".repeat(42) + "B\"}",
                "{\"hashedEmail\":\"" + "A".repeat(43) + "=\"}",
                "{\"hashedEmail\":\"" + "A".repeat(42) + "\"}",
                "{\"hashedEmail\":\"" + "+".repeat(43) + "\"}")) {
            assertBad("/v1/signin/lookup", body);
        }
    }

    @Test
    void fieldsThatAreUnknownDoubleOrMissing() {
        SignIn.Lookup lookup = new SignIn.Lookup(device.start.hashedEmail());
        assertBad("/v1/signin/lookup", changed(lookup, node -> node.put(CANARY, CANARY)));
        String json = Json.STRICT.writeValueAsString(lookup);
        assertBad("/v1/signin/lookup", json.substring(0, json.length() - 1) + "," + json.substring(1));
        for (String field : List.of("hashedEmail", "lookupHash", "totp", "transport", "stay")) {
            assertBad("/v1/signin", changed(device.attempt("123456"), node -> node.without(List.of(field))));
        }
        for (String field :
                List.of("account", "hashedEmail", "slot", "domainKeys", "profile", "directory", "backupCodeHashes")) {
            assertBad("/v1/signup/start", changed(Device.fresh().start, node -> node.without(List.of(field))));
        }
    }

    @Test
    void fieldsThatAreNull() {
        SignIn.Attempt attempt = device.attempt("123456");
        for (String field : List.of("hashedEmail", "lookupHash", "totp", "backupCodeHash", "transport", "stay")) {
            assertBad("/v1/signin", changed(attempt, node -> node.putNull(field)));
        }
        String path =
                "/v1/containers/" + changesBefore.changes().getFirst().id().hex() + "/commits";
        Sync.Commit commit = Device.commit(2, Device.item());
        for (String field : List.of("manifest", "items", "metadata")) {
            assertBad(path, changed(commit, node -> node.putNull(field)));
        }
        assertEquals(
                "metadata must not be null",
                device.on(server)
                        .postText(path, "application/json", changed(commit, node -> node.putNull("metadata")))
                        .problem()
                        .detail());
    }

    @Test
    void bodiesThatAreNotUtf8() {
        String json = Json.STRICT.writeValueAsString(new SignIn.Lookup(device.start.hashedEmail()));
        for (Charset charset : List.of(
                StandardCharsets.UTF_16,
                StandardCharsets.UTF_16BE,
                StandardCharsets.UTF_16LE,
                StandardCharsets.UTF_32,
                StandardCharsets.UTF_32LE)) {
            assertBadBytes(json.getBytes(charset), charset.name());
        }
        assertBadBytes(("\ufeff" + json).getBytes(StandardCharsets.UTF_8), "byte order mark");
        // "hashedEmail", whose first letter is an overlong form, and one that is no form at all.
        for (String h : List.of("\u00c1\u00a8", "\u00e0\u0081\u00a8", "\u00e8", "\u00ff")) {
            assertBadBytes(json.replace("\"h", "\"" + h).getBytes(StandardCharsets.ISO_8859_1), h);
        }
    }

    private static void assertBadBytes(byte[] body, String why) {
        Client.Answer answer = server.client()
                .with("Content-Type", "application/json")
                .send("POST", "/v1/signin/lookup", BodyPublishers.ofByteArray(body));
        assertEquals(BAD, answer.problemName(), why);
    }

    @Test
    void contentCodings() {
        String json = Json.STRICT.writeValueAsString(new SignIn.Lookup(device.start.hashedEmail()));
        for (String coding : List.of("gzip", "deflate", "br", "identity, gzip", "")) {
            assertEquals(
                    "415 unsupported-media-type",
                    server.client()
                            .with("Content-Encoding", coding)
                            .postText("/v1/signin/lookup", "application/json", json)
                            .problemName(),
                    coding);
        }
        assertEquals(
                200,
                server.client()
                        .with("Content-Encoding", "Identity")
                        .postText("/v1/signin/lookup", "application/json", json)
                        .status());
    }

    @Test
    void idsInThePathInAnotherSpelling() {
        String id = changesBefore.changes().getFirst().id().hex();
        for (String other : List.of("A" + id.substring(1), "a".repeat(31), "a".repeat(33), "%41" + id.substring(1))) {
            assertEquals(BAD, device.on(server).get("/v1/containers/" + other).problemName(), other);
            assertEquals(
                    BAD,
                    device.on(server)
                            .post("/v1/containers/" + other + "/commits", Device.commit(2, Device.item()))
                            .problemName(),
                    other);
        }
    }

    @Test
    void fieldsOutOfBounds() {
        for (String code : List.of("12345", "1234567", "12345a", "١٢٣٤٥٦")) {
            assertBad("/v1/signin", changed(device.attempt("123456"), node -> node.put("totp", code)));
        }
        assertBad("/v1/signin", changed(device.attempt("123456"), node -> node.put("backupCodeHash", "A".repeat(43))));
        assertBad("/v1/signin", changed(device.attempt("123456"), node -> node.put("transport", CANARY)));
        assertBad("/v1/signin", changed(device.attempt("123456"), node -> node.put("stay", "true")));
        for (long passes : new long[] {2, 17, -1, Long.MAX_VALUE}) {
            assertBad("/v1/signup/start", changed(Device.fresh().start, node -> {
                ((ObjectNode) node.get("slot")).put("passes", passes);
                return node;
            }));
        }
        assertBad("/v1/signup/start", changed(Device.fresh().start, node -> {
            ((ObjectNode) node.get("slot")).put("memoryKiB", 65536.5);
            return node;
        }));
        assertBad("/v1/signup/start", changed(Device.fresh().start, node -> node.put("account", "A".repeat(32))));
    }

    @Test
    void commitsOutOfBounds() {
        String container = changesBefore.changes().getFirst().id().hex();
        String path = "/v1/containers/" + container + "/commits";
        Sync.Commit commit = Device.commit(2, Device.item());
        assertBad(path, changed(commit, node -> node.set("items", Json.STRICT.createArrayNode())));
        assertBad(path, changed(commit, node -> {
            node.withArray("items").add(node.withArray("items").get(0));
            return node;
        }));
        assertBad(path, changed(commit, node -> {
            ((ObjectNode) node.get("manifest")).put("counter", 0);
            return node;
        }));
        assertBad(path, changed(commit, node -> {
            ((ObjectNode) node.withArray("items").get(0))
                    .put("sealed", Device.bytes(Limits.ITEM + 1).base64url());
            return node;
        }));
        assertEquals(
                BAD,
                device.on(server).post("/v1/containers/XYZ/commits", commit).problemName());
        assertEquals(BAD, device.on(server).get("/v1/containers/XYZ").problemName());
    }

    @Test
    void bodiesThatAreTooLarge() {
        areTooLarge("/v1/signin/lookup", Limits.SMALL_BODY);
        areTooLarge("/v1/signup/start", Limits.SIGN_UP_BODY);
        areTooLarge("/v1/containers/" + "ab".repeat(16) + "/commits", Limits.REQUEST_BODY);
    }

    private void areTooLarge(String path, int most) {
        Client client = device.on(server).with("Content-Type", "application/json");
        byte[] large = new byte[most + 1];
        assertEquals(
                "413 too-large",
                client.send("POST", path, BodyPublishers.ofByteArray(large)).problemName());
        assertEquals(
                "413 too-large",
                client.send("POST", path, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))
                        .problemName(),
                "without a length too");
        assertEquals(
                BAD,
                client.send("POST", path, BodyPublishers.ofByteArray(new byte[most]))
                        .problemName());
    }

    @Test
    void otherMediaTypes() {
        String json = Json.STRICT.writeValueAsString(new SignIn.Lookup(device.start.hashedEmail()));
        for (String type : List.of(
                "text/plain",
                "application/jsonx",
                "application/x-www-form-urlencoded",
                "application/json;charset=iso-8859-1",
                "application/json;charset=nonsense",
                "application/json;charset=",
                "application/json;charset=\"utf-8\"",
                "multipart/form-data")) {
            assertEquals(
                    "415 unsupported-media-type",
                    server.client().postText("/v1/signin/lookup", type, json).problemName(),
                    type);
        }
        assertEquals(
                "415 unsupported-media-type",
                server.client()
                        .send("POST", "/v1/signin/lookup", BodyPublishers.ofString(json))
                        .problemName());
        for (String type : List.of("application/json", "Application/JSON; charset=UTF-8")) {
            assertEquals(
                    200,
                    server.client().postText("/v1/signin/lookup", type, json).status(),
                    type);
        }
    }

    @Test
    void pathsAndMethodsThatDoNotExist() {
        for (String path : List.of(
                "/",
                "/v1",
                "/v1/",
                "/v1/health/",
                "/v1/session/",
                "/v1/hints/",
                "/v1/changes/",
                "/v2/health",
                "/v1/Health",
                "/index.html")) {
            assertEquals("404 not-found", device.on(server).get(path).problemName(), path);
        }
        for (String method : List.of("PUT", "PATCH", "OPTIONS", "POST")) {
            assertEquals(
                    "405 method-not-allowed",
                    server.client()
                            .send(method, "/v1/health", BodyPublishers.noBody())
                            .problemName(),
                    method);
        }
        assertEquals("GET", allowed("POST", "/v1/health"));
        assertEquals("GET", allowed("HEAD", "/v1/health"));
        assertEquals("DELETE, GET", allowed("PUT", "/v1/session"));
        assertEquals("GET, POST", allowed("DELETE", "/v1/domains/chats/containers"));
        assertEquals("POST", allowed("GET", "/v1/signin"));
        assertEquals(
                404,
                server.client()
                        .send("HEAD", "/v2/health", BodyPublishers.noBody())
                        .status());
    }

    @Test
    void pathsWithADoubleOrAnEncodedSlash() throws IOException {
        for (String path : List.of("//v1/health", "/v1//health", "/v1/health//", "/v1%2Fhealth", "/v1%2fhealth")) {
            String answer = raw("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertTrue(answer.startsWith("HTTP/1.1 400 "), () -> path + " → " + answer);
            assertTrue(answer.contains("urn:nescio:problem:bad-request"), answer);
        }
    }

    private static String allowed(String method, String path) {
        Client.Answer answer = server.client().send(method, path, BodyPublishers.noBody());
        assertEquals(405, answer.status());
        return answer.header("Allow");
    }

    @Test
    void missingSessionsSayHowToShowOne() {
        for (Client.Answer answer : List.of(
                server.client().get("/v1/session"),
                server.client().post("/v1/signin", Device.fresh().attempt("123456")))) {
            assertEquals(401, answer.status());
            assertEquals("Bearer", answer.header("WWW-Authenticate"));
        }
    }

    /// Sends bytes as they are.
    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(60_000);
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void whatIsNotHttp() throws IOException {
        for (String request : List.of(
                CANARY + "\r\n\r\n",
                "GET /v1/health " + CANARY + "\r\n\r\n",
                "GET /v1/health HTTP/1.1\r\n\r\n",
                "GET /v1/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET /v1/health HTTP/1.1\r\nHost: a\r\nX: " + CANARY.repeat(1000) + "\r\n\r\n",
                "GET /" + CANARY.repeat(1000) + " HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /v1/containers/%2e%2e%2f" + CANARY + "%00 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                "POST /v1/signin HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /v1/signin HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                "POST /v1/signin HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")) {
            String answer = raw(request);
            assertTrue(answer.matches("(?s)HTTP/1.1 (4\\d\\d|505) .*"), () -> request + " → " + answer);
            assertFalse(answer.contains(CANARY), answer);
            assertFalse(answer.toLowerCase(Locale.ROOT).contains("jetty"), answer);
            assertFalse(answer.contains("<html"), answer);
            String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
            Problem problem = Json.STRICT.readValue(body.substring(body.indexOf('{')), Problem.class);
            assertEquals(answer.substring(9, 12), Integer.toString(problem.status()), answer);
            assertTrue(problem.status() == 404 || problem.detail() != null, answer);
        }
    }

    @Test
    void headersThatAreTooLong() throws IOException {
        String answer = raw("GET /v1/health HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(17 * 1024) + "\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 431 "), answer);
        assertTrue(answer.contains("application/problem+json"), answer);
        assertTrue(answer.contains("urn:nescio:problem:bad-request"), answer);
        assertTrue(answer.contains("\"status\":431"), answer);
        assertTrue(answer.contains("headers are over 16 KiB"), answer);
    }

    @Test
    void garbageAfterARequestDoesNotReachTheNextOne() throws IOException {
        String token = device.session.token().base64url();
        String answer = raw("GET /v1/session HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token + "\r\n\r\n"
                + CANARY + "\r\n\r\nGET /v1/session HTTP/1.1\r\nHost: a\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
        assertEquals(2, answer.split("HTTP/1.1 ", -1).length - 1, answer);
        assertTrue(answer.contains("HTTP/1.1 400"), answer);
    }

    @Test
    void socketHeadersElsewhereAreJustNotFound() throws IOException {
        String upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: " + Bytes.copyOf(new byte[16]).base64url() + "==\r\n\r\n";
        String elsewhere =
                raw("GET /v1/other HTTP/1.1\r\nHost: a\r\n" + upgrade.replace("Upgrade\r\n", "Upgrade, close\r\n"));
        assertTrue(elsewhere.startsWith("HTTP/1.1 404"), elsewhere);
        assertTrue(elsewhere.contains("urn:nescio:problem:not-found"), elsewhere);
        String wrongMethod = raw("POST /v1/hints HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nAuthorization: Bearer "
                + device.session.token().base64url() + "\r\n" + upgrade.replace("Upgrade\r\n", "Upgrade, close\r\n"));
        assertTrue(wrongMethod.startsWith("HTTP/1.1 4"), wrongMethod);
        assertFalse(wrongMethod.contains("<html"), wrongMethod);
    }

    @Test
    void bodiesThatStopAreCut() throws Exception {
        Patience.inOneOfSomeTries(factor -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                socket.setSoTimeout(60_000);
                long begin = System.nanoTime();
                socket.getOutputStream()
                        .write(("POST /v1/signin/lookup HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                                        + "Content-Length: 1000\r\n\r\n{\"hashed")
                                .getBytes(StandardCharsets.US_ASCII));
                socket.shutdownOutput();
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
                assertTrue(answer.contains("urn:nescio:problem:bad-request"), answer);
                assertTrue(System.nanoTime() - begin < 10_000_000_000L, "at once, and not when it would be too slow");
            }
        });
    }
}
