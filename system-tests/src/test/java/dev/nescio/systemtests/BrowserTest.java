package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.nescio.client.Account;
import dev.nescio.client.DeviceMemory;
import dev.nescio.client.Nescio;
import dev.nescio.client.PairingAnswer;
import dev.nescio.client.PairingApproval;
import dev.nescio.client.PairingOffer;
import dev.nescio.client.PairingOutcome;
import dev.nescio.client.PairingRequest;
import dev.nescio.client.PairingResult;
import dev.nescio.client.PasskeyEntry;
import dev.nescio.client.SessionEntry;
import dev.nescio.client.SignInResult;
import dev.nescio.systemtests.HostileProxy.Seen;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `client-ts` in a real Chromium, against the real server, beside devices of the Java SDK. The authenticators are
/// Chromium's virtual ones. The proxy serves the page, and what the page sends to the server goes through it.
class BrowserTest {

    private static final Path CLIENT_TS =
            Path.of(System.getProperty("nescio.spec")).toAbsolutePath().resolveSibling("client-ts");
    private static final String PAGE = """
            <!doctype html>
            <meta charset="utf-8">
            <title>A device</title>
            <script type="importmap">{"imports": {
              "@hpke/core": "/node_modules/@hpke/core/esm/mod.js",
              "@hpke/common": "/node_modules/@hpke/common/esm/mod.js",
              "argon2id/": "/node_modules/argon2id/"
            }}</script>
            <script type="module" src="/test/browser/passkeys.js"></script>
            <script type="module" src="/test/browser/device.js"></script>
            """;

    private static final String READY = "globalThis.passkeys !== undefined && globalThis.device !== undefined";

    /// Notes what the PRF gives, which the page itself never shows.
    private static final String NOTE_PRF_OUTPUTS = """
            globalThis.prfOutputs = [];
            const original = PublicKeyCredential.prototype.getClientExtensionResults;
            PublicKeyCredential.prototype.getClientExtensionResults = function () {
              const results = original.call(this);
              const first = results.prf?.results?.first;
              if (first !== undefined) prfOutputs.push(btoa(String.fromCharCode(...new Uint8Array(first))));
              return results;
            };
            """;

    @TempDir
    static Path folder;

    private static HostileProxy proxy;
    private static World world;
    private static Chromium chromium;
    private static URI uri;
    private static Path scripts;
    private static int pages;

    private String authenticator;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        scripts = compile();
        proxy = new HostileProxy(() -> world.uri());
        uri = URI.create("http://localhost:" + proxy.uri().getPort() + "/");
        world = new World(folder, "--public-url", uri.toString());
        chromium = new Chromium(folder.resolve("chromium"));
        chromium.ask("WebAuthn.enable", Map.of());
        chromium.ask("Page.enable", Map.of());
        chromium.ask("Page.addScriptToEvaluateOnNewDocument", Map.of("source", NOTE_PRF_OUTPUTS));
    }

    @AfterAll
    static void stop() {
        if (chromium != null) {
            chromium.close();
        }
        if (world != null) {
            world.close();
        }
        if (proxy != null) {
            proxy.close();
        }
    }

    /// By the compiler that the package pins.
    private static Path compile() throws IOException, InterruptedException {
        assertTrue(
                Files.isDirectory(CLIENT_TS.resolve("node_modules")),
                "The packages of client-ts are not installed: run ./nescio test, or npm ci in client-ts.");
        Path scripts = folder.resolve("scripts");
        Path said = folder.resolve("tsc.log");
        Process process = new ProcessBuilder("npm", "run", "build:browser-test", "--", "--outDir", scripts.toString())
                .directory(CLIENT_TS.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertTrue(process.waitFor(5, TimeUnit.MINUTES), "the compiler did not end");
        assertEquals(0, process.exitValue(), Files.readString(said));
        return scripts;
    }

    private static boolean serve(Path scripts, HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Path root = path.startsWith("/node_modules/") ? CLIENT_TS : scripts;
        Path file = root.resolve(path.substring(1)).normalize();
        boolean page = path.equals("/");
        if (!page && !(file.startsWith(root) && Files.isRegularFile(file))) {
            exchange.sendResponseHeaders(404, -1);
            return true;
        }
        byte[] body = page ? PAGE.getBytes(StandardCharsets.UTF_8) : Files.readAllBytes(file);
        exchange.getResponseHeaders().set("Content-Type", page ? "text/html" : "text/javascript");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        return true;
    }

    @BeforeEach
    void openPage() {
        proxy.behave();
        proxy.takeOver((request, exchange) -> !request.path().startsWith("/v1/") && serve(scripts, exchange));
        chromium.open(uri, READY);
        proxy.takeSeen();
    }

    /// Another document has nothing of the one before: only the authenticator is the same.
    private static void openAnotherPage() {
        chromium.open(URI.create(uri + "?" + ++pages), READY);
        proxy.takeSeen();
    }

    @AfterEach
    void takeAuthenticatorAway() {
        if (authenticator == null) {
            return;
        }
        chromium.ask("WebAuthn.removeVirtualAuthenticator", Map.of("authenticatorId", authenticator));
        authenticator = null;
    }

    private void plugIn(boolean hasPrf) {
        authenticator = chromium.ask(
                        "WebAuthn.addVirtualAuthenticator",
                        Map.of(
                                "options",
                                Map.of(
                                        "protocol",
                                        "ctap2",
                                        "ctap2Version",
                                        "ctap2_1",
                                        "transport",
                                        "internal",
                                        "hasResidentKey",
                                        true,
                                        "hasUserVerification",
                                        true,
                                        "isUserVerified",
                                        true,
                                        "automaticPresenceSimulation",
                                        true,
                                        "hasPrf",
                                        hasPrf)))
                .get("authenticatorId")
                .asString();
    }

    @Test
    void aPasskeyMakesAnAccountAndOpensItOnADeviceThatKnowsNothing() {
        plugIn(true);
        String recoveryKey =
                chromium.evaluate("passkeys.signUp('Browser@Example.org')").asString();
        List<Seen> sent = proxy.takeSeen();
        assertEquals(
                List.of("/v1/passkeys/challenge", "/v1/signup/passkey"),
                sent.stream().map(Seen::path).toList());
        JsonNode outputs = chromium.evaluate("prfOutputs");

        openAnotherPage();
        assertEquals("browser@example.org", ask("signInWithPasskey()"));
        assertEquals("whole", ask("log()"));
        assertEquals(List.of("This browser"), texts(chromium.evaluate("device.passkeys()")));

        // The authenticator gave the same output, and none of it left the browser.
        JsonNode again = chromium.evaluate("prfOutputs");
        assertFalse(outputs.isEmpty());
        assertEquals(outputs.get(0), again.get(0));
        String output = outputs.get(0).asString();
        String unpadded = output.replace('+', '-').replace('/', '_').replace("=", "");
        for (List<Seen> requests : List.of(sent, proxy.takeSeen())) {
            for (Seen request : requests) {
                assertFalse(request.body().contains(output) || request.body().contains(unpadded), request.path());
            }
        }

        // What the browser made opens in the Java client.
        try (Nescio nescio = Nescio.connect(uri);
                Account account = assertInstanceOf(
                                SignInResult.SignedIn.class, nescio.signInWithRecoveryKey(recoveryKey, false))
                        .account()) {
            assertEquals("browser@example.org", account.address());
            assertEquals(
                    List.of("This browser"),
                    account.passkeys().stream().map(PasskeyEntry::name).toList());
        }
    }

    @Test
    void anAuthenticatorWithoutPrfIsRefusedWithWordsThatSayWhatWouldWork() {
        plugIn(false);
        Chromium.ThrownInPage thrown = assertThrows(
                Chromium.ThrownInPage.class, () -> chromium.evaluate("passkeys.signUp('without@example.org')"));
        assertTrue(thrown.getMessage().contains("UnsuitablePasskey"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("a FIDO2 security key with a PIN"), thrown.getMessage());
        assertEquals(
                List.of("/v1/passkeys/challenge"),
                proxy.takeSeen().stream().map(Seen::path).toList());
    }

    private static String ask(String step) {
        return chromium.evaluate("device." + step).asString();
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::asString).toList();
    }

    private static void assertReadsHelloInThePage() {
        JsonNode chats = chromium.evaluate("device.read()");
        assertEquals(1, chats.size());
        assertEquals(List.of("Plans", "hello"), texts(chats.get(0)));
    }

    private static Account signedIn(Nescio nescio, String recoveryKey) {
        return assertInstanceOf(SignInResult.SignedIn.class, nescio.signInWithRecoveryKey(recoveryKey, false))
                .account();
    }

    private static List<String> passkeysOf(Account account) {
        return account.passkeys().stream().map(PasskeyEntry::name).toList();
    }

    @Test
    void aSecondPasskeyOpensTheSameChatUntilItIsRemoved() {
        plugIn(true);
        String recoveryKey =
                chromium.evaluate("passkeys.signUp('second@example.org')").asString();
        try (Nescio nescio = Nescio.connect(uri);
                Account account = signedIn(nescio, recoveryKey)) {
            account.chats().create("Plans").send("hello");
            ask("signInWithPasskey()");
            ask("provePasskey()");
            // Another authenticator: that of another device.
            takeAuthenticatorAway();
            plugIn(true);
            ask("addPasskey('Key')");
            assertEquals("whole", ask("log()"));

            openAnotherPage();
            assertEquals("second@example.org", ask("signInWithPasskey()"));
            assertReadsHelloInThePage();
            assertEquals(List.of("This browser", "Key"), passkeysOf(account));
            ask("provePasskey()");
            ask("renamePasskey('Key', 'Key in the drawer')");
            assertEquals("whole", ask("log()"));
            assertEquals(List.of("This browser", "Key in the drawer"), passkeysOf(account));
            ask("removePasskey('Key in the drawer')");
            assertEquals("whole", ask("log()"));
            assertEquals(List.of("This browser"), passkeysOf(account));

            openAnotherPage();
            Chromium.ThrownInPage refused = assertThrows(Chromium.ThrownInPage.class, () -> ask("signInWithPasskey()"));
            assertTrue(refused.getMessage().contains("sign-in-failed"), refused.getMessage());
        }
    }

    @Test
    void aDeviceOfTheJavaSdkPairsABrowserThatReadsTheSameChat() {
        try (Nescio nescio = Nescio.connect(uri);
                Account account = World.join(nescio).account()) {
            account.chats().create("Plans").send("hello");
            String code = ask("pair()");
            PairingAnswer.Answered answered = assertInstanceOf(PairingAnswer.Answered.class, account.pair(code));
            try (PairingApproval approval = answered.approval()) {
                assertInstanceOf(PairingOutcome.Approved.class, approval.confirm(ask("digits()")));
            }
            assertEquals(account.address(), ask("offered()"));
            ask("join()");
            assertEquals("whole", ask("log()"));
            assertReadsHelloInThePage();
            assertTrue(account.sessions().entries().stream()
                    .anyMatch(entry -> entry instanceof SessionEntry.Known known
                            && known.name().equals("A page")
                            && known.kind().equals("browser")));
        }
    }

    @Test
    void aBrowserPairsADeviceOfTheJavaSdkThatReadsTheSameChat() throws Exception {
        World.Person person;
        try (Nescio nescio = Nescio.connect(uri)) {
            World.Joined joined = World.join(nescio);
            person = joined.person();
            joined.account().chats().create("Plans").send("hello");
            joined.account().close();
        }
        assertEquals(person.address, ask("signInWithRecoveryKey('" + person.recoveryKey + "')"));
        assertEquals("whole", ask("log()"));
        assertReadsHelloInThePage();
        try (Nescio phone = Nescio.connect(uri, DeviceMemory.inMemory());
                PairingRequest request = phone.pair();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Optional<String>> digits = threads.submit(request::digits);
            ask("answer('" + request.code() + "')");
            ask("proveRecoveryKey('" + person.recoveryKey + "')");
            assertEquals(
                    "handed-over",
                    ask("handOver('" + digits.get(60, TimeUnit.SECONDS).orElseThrow() + "')"));
            try (PairingOffer offer = assertInstanceOf(PairingResult.Offered.class, request.result(false))
                            .offer();
                    Account paired = offer.join()) {
                assertEquals(person.address, paired.address());
                World.assertReadsHello(paired);
            }
        }
    }
}
