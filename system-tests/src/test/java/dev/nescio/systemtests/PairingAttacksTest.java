package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.client.Account;
import dev.nescio.client.FileMemory;
import dev.nescio.client.Finding;
import dev.nescio.client.Message;
import dev.nescio.client.Nescio;
import dev.nescio.client.NescioException;
import dev.nescio.client.NewRecoveryKey;
import dev.nescio.client.PairingAnswer;
import dev.nescio.client.PairingApproval;
import dev.nescio.client.PairingOffer;
import dev.nescio.client.PairingOutcome;
import dev.nescio.client.PairingRequest;
import dev.nescio.client.PairingResult;
import dev.nescio.client.ProfileProtection;
import dev.nescio.client.SessionEntry;
import dev.nescio.client.SlotChange;
import dev.nescio.client.ThisDevice;
import dev.nescio.keys.AccountKeyPair;
import dev.nescio.keys.AccountKeys;
import dev.nescio.keys.MasterKey;
import dev.nescio.keys.PairingCode;
import dev.nescio.keys.PairingGrant;
import dev.nescio.keys.PairingKey;
import dev.nescio.keys.PairingTranscript;
import dev.nescio.keys.Profile;
import dev.nescio.keys.SlotDirectory;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.Pairings;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.Versioned;
import dev.nescio.systemtests.HostileProxy.Seen;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// H16: the server, which passes on what the two devices of a pairing tell each other, relays, swaps and invents.
/// [MutationRunTest] shows that each test turns red when the client's check is taken out.
class PairingAttacksTest extends AgainstHostileServer {

    private static final SecureRandom RANDOM = new SecureRandom();

    private static ExecutorService threads;

    private Nescio laptop;
    private Nescio phone;
    private World.Person person;
    private Account account;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        threads = Executors.newVirtualThreadPerTaskExecutor();
    }

    @AfterAll
    static void stop() {
        threads.shutdownNow();
    }

    @BeforeEach
    void signUp() {
        laptop = World.connect(proxy);
        phone = World.connect(proxy);
        World.Joined joined = World.join(laptop);
        person = joined.person();
        account = joined.account();
        account.chats().create("Plans").send("hello");
        proxy.takeSeen();
    }

    @AfterEach
    void close() {
        account.close();
        phone.close();
        laptop.close();
    }

    private PairingApproval answer(PairingRequest request) {
        return answer(account, request);
    }

    private static PairingApproval answer(Account by, PairingRequest request) {
        return assertInstanceOf(PairingAnswer.Answered.class, by.pair(request.code()))
                .approval();
    }

    /// The new device shows its digits as soon as the other one has answered.
    private static Future<Optional<String>> digits(PairingRequest request) {
        return threads.submit(request::digits);
    }

    private static boolean handedOver() {
        return proxy.takeSeen().stream().anyMatch(seen -> seen.path().equals("/v1/pairings/approve"));
    }

    private static PairingOffer offered(PairingRequest request) {
        return assertInstanceOf(PairingResult.Offered.class, request.result(false))
                .offer();
    }

    private static Finding distrusts(PairingRequest request) {
        return assertThrows(NescioException.Distrust.class, () -> request.result(false))
                .finding();
    }

    /// By somebody who has a token and no key.
    @Test
    void pairsANewDeviceThoughTheListOfDevicesWasOverwritten() throws Exception {
        CopiedToken.of(world.uri(), account.save(ProfileProtection.insecureInClear()))
                .overwriteDevices();
        try (PairingRequest request = phone.pair()) {
            Future<Optional<String>> digits = digits(request);
            try (PairingApproval approval = answer(request)) {
                approval.confirm(digits.get().orElseThrow());
            }
            try (PairingOffer offer = offered(request);
                    Account onPhone = offer.join()) {
                assertEquals(Optional.of(Finding.REJECTED), onPhone.deviceListFinding());
            }
        }
    }

    @Test
    void pairsANewDeviceThatReadsTheSameChat() throws Exception {
        try (PairingRequest request = phone.pair()) {
            Future<Optional<String>> digits = digits(request);
            try (PairingApproval approval = answer(request)) {
                assertInstanceOf(
                        PairingOutcome.Approved.class,
                        approval.confirm(digits.get().orElseThrow()));
            }
            try (PairingOffer offer = offered(request);
                    Account onPhone = offer.join()) {
                assertEquals(account.id(), offer.id());
                assertEquals(account.address(), offer.address());
                assertEquals(account.address(), onPhone.address());
                assertEquals(
                        List.of("hello"),
                        World.onlyChat(onPhone).messages().stream()
                                .map(Message::text)
                                .toList());
            }
        }
        for (Seen seen : proxy.takeSeen()) {
            assertTrue(!seen.body().contains("wrappedMasterKey"), seen.path());
        }
    }

    @Test
    void wrongDigitsEndIt() throws Exception {
        try (PairingRequest request = phone.pair()) {
            Future<Optional<String>> digits = digits(request);
            try (PairingApproval approval = answer(request)) {
                String right = digits.get().orElseThrow();
                String wrong = String.format(Locale.ROOT, "%06d", (Integer.parseInt(right) + 1) % 1_000_000);
                assertThrows(IllegalArgumentException.class, () -> approval.confirm("12345"));
                assertInstanceOf(PairingOutcome.WrongDigits.class, approval.confirm(wrong));
                assertInstanceOf(PairingOutcome.Gone.class, approval.confirm(right), "there is one try");
            }
            assertInstanceOf(PairingResult.Gone.class, request.result(false));
            assertInstanceOf(PairingAnswer.Gone.class, account.pair(request.code()));
        }
        assertTrue(!handedOver());
    }

    /// The server counts this session as proven, and would take a grant. The device has not seen that anything was.
    @Test
    void h16HandsNothingOverBeforeACredentialWasProven() throws Exception {
        ProfileProtection inClear = ProfileProtection.insecureInClear();
        try (Account resumed = laptop.resume(account.save(inClear), inClear);
                PairingRequest request = phone.pair()) {
            Future<Optional<String>> digits = digits(request);
            try (PairingApproval approval = answer(resumed, request)) {
                String right = digits.get().orElseThrow();
                assertInstanceOf(PairingOutcome.ProofRequired.class, approval.confirm(right));
                assertTrue(!resumed.prove(World.PASSWORD.toCharArray(), World.wrongFactor()));
                assertInstanceOf(PairingOutcome.ProofRequired.class, approval.confirm(right));
                assertTrue(!handedOver());
                assertTrue(resumed.prove(World.PASSWORD.toCharArray(), person.nextFactor()));
                assertInstanceOf(PairingOutcome.Approved.class, approval.confirm(right));
            }
            offered(request).close();
        }
    }

    // ---- who answers -----------------------------------------------------------------------------------------------

    /// Somebody has seen the code and is faster than its owner. The digits keep nobody from answering from an account
    /// of their own: only the person can tell that it is not theirs.
    @Test
    void h16NothingOfAnOnlookersAccountIsKeptUnasked() throws Exception {
        Path remembered = folder.resolve("drawn-in.json");
        ThisDevice device = new ThisDevice("drawn in", "test");
        try (Nescio onlookers = World.connect(proxy);
                Account theirs = World.join(onlookers).account();
                Nescio drawnIn = Nescio.connect(proxy.uri(), new FileMemory(remembered), () -> device);
                PairingRequest request = drawnIn.pair()) {
            Future<Optional<String>> digits = digits(request);
            try (PairingApproval approval = answer(theirs, request)) {
                assertInstanceOf(
                        PairingAnswer.Gone.class,
                        account.pair(request.code()),
                        "the owner's device says that it is gone");
                assertInstanceOf(
                        PairingOutcome.Approved.class,
                        approval.confirm(digits.get().orElseThrow()));
            }
            proxy.takeSeen();
            try (PairingOffer offer = offered(request)) {
                assertEquals(theirs.address(), offer.address());
                assertTrue(
                        proxy.takeSeen().stream().noneMatch(seen -> seen.path().equals("/v1/devices")));
                offer.decline();
                assertThrows(IllegalStateException.class, offer::join);
            }
            assertTrue(!Files.exists(remembered));
            assertEquals(1, theirs.sessions().entries().size(), "it is not signed in there either");
        }
    }

    @Test
    void whatIsJoinedIsRememberedAndAnnounced() throws Exception {
        Path remembered = folder.resolve("joined.json");
        ThisDevice device = new ThisDevice("joined", "test");
        try (Nescio joining = Nescio.connect(proxy.uri(), new FileMemory(remembered), () -> device);
                PairingRequest request = joining.pair()) {
            Future<Optional<String>> digits = digits(request);
            try (PairingApproval approval = answer(request)) {
                assertInstanceOf(
                        PairingOutcome.Approved.class,
                        approval.confirm(digits.get().orElseThrow()));
            }
            try (Account joined = offered(request).join()) {
                World.assertReadsHello(joined);
                assertTrue(Files.readString(remembered).contains(account.id().hex() + "/directory"));
                assertTrue(account.sessions().entries().stream()
                        .anyMatch(entry -> entry instanceof SessionEntry.Known known
                                && known.name().equals("joined")));
            }
        }
    }

    // ---- what the server tells the new device ----------------------------------------------------------------------

    @Test
    void h16HandsNothingOverWhenTheServerChangesWhatTheNewDeviceIsTold() throws Exception {
        for (String place : List.of("/share/publicKey", "/share/nonce", "/account")) {
            try (PairingRequest request = phone.pair()) {
                proxy.mutate("/v1/pairings/poll", polled -> changed(polled, "/answered" + place));
                Future<Optional<String>> digits = digits(request);
                try (PairingApproval approval = answer(request)) {
                    assertInstanceOf(
                            PairingOutcome.WrongDigits.class,
                            approval.confirm(digits.get().orElseThrow()),
                            place);
                }
                assertInstanceOf(PairingResult.Gone.class, request.result(false));
            }
            assertTrue(!handedOver(), place);
        }
    }

    /// Whoever answers after the reveal can try nonces until the digits are those of another device.
    @Test
    void h16TakesNoOtherAnswerOnceItHasRevealed() throws Exception {
        try (PairingRequest request = phone.pair()) {
            proxy.drop(seen -> seen.path().equals("/v1/pairings/reveal"), true);
            Future<Optional<String>> failed = digits(request);
            try (PairingApproval approval = answer(request)) {
                assertInstanceOf(
                        NescioException.Unreachable.class,
                        assertThrows(ExecutionException.class, failed::get).getCause());
                proxy.behave();
                proxy.mutate("/v1/pairings/poll", polled -> changed(polled, "/answered/share/nonce"));
                String digits = request.digits().orElseThrow();
                assertInstanceOf(PairingOutcome.Approved.class, approval.confirm(digits));
            }
        }
    }

    /// Another value of the same shape in place of the one there, if it is there.
    private static JsonNode changed(JsonNode answer, String place) {
        int last = place.lastIndexOf('/');
        JsonNode parent = answer.at(place.substring(0, last));
        if (parent instanceof ObjectNode object) {
            String name = place.substring(last + 1);
            object.put(name, name.equals("account") ? "ab".repeat(16) : "A".repeat(43));
        }
        return answer;
    }

    // ---- what the server tells the signed-in device ----------------------------------------------------------------

    @Test
    void h16RefusesARevealThatIsNotWhatWasCommittedTo() {
        for (String place : List.of("/revealed/publicKey", "/revealed/nonce", "/commitment")) {
            try (PairingRequest request = phone.pair()) {
                proxy.mutate("/v1/pairings/look", looked -> changed(looked, place));
                assertRefused(request, place);
            }
        }
    }

    private void assertRefused(PairingRequest request, String what) {
        Future<Optional<String>> digits = digits(request);
        NescioException.Distrust refused =
                assertThrows(NescioException.Distrust.class, () -> account.pair(request.code()), what);
        assertEquals(Finding.PAIRING_CHANGED, refused.finding());
        digits.cancel(true);
        assertTrue(!handedOver(), what);
    }

    /// Whoever may commit after seeing the other's nonce can try keys until the digits fit.
    @Test
    void h16RefusesACommitmentThatIsMadeAfterTheAnswer() {
        try (PairingRequest request = phone.pair();
                PairingKey servers = PairingKey.generate(RANDOM)) {
            proxy.mutate("/v1/pairings/look", looked -> looked.has("revealed") ? looked(servers.share()) : looked);
            assertRefused(request, "a commitment that came late");
        }
    }

    private static JsonNode looked(Pairings.Share share) {
        return Json.LENIENT.valueToTree(new Pairings.Looked(PairingTranscript.commitment(share), share));
    }

    /// The server puts its own key, or that of another device, in place of the new device's from the start.
    @Test
    void h16HandsNothingToAnotherDevice() throws Exception {
        try (PairingRequest request = phone.pair();
                PairingKey servers = PairingKey.generate(RANDOM)) {
            proxy.mutate("/v1/pairings/look", looked -> {
                JsonNode ours = looked(servers.share());
                if (!looked.has("revealed")) {
                    ((ObjectNode) ours).remove("revealed");
                }
                return ours;
            });
            Future<Optional<String>> digits = digits(request);
            try (PairingApproval approval = answer(request)) {
                assertInstanceOf(
                        PairingOutcome.WrongDigits.class,
                        approval.confirm(digits.get().orElseThrow()));
            }
        }
        assertTrue(!handedOver());
    }

    // ---- what the new device is handed -----------------------------------------------------------------------------

    /// Approves honestly, and lets the server change what the new device collects.
    private PairingRequest approved(UnaryOperator<JsonNode> collected) throws Exception {
        PairingRequest request = phone.pair();
        Future<Optional<String>> digits = digits(request);
        try (PairingApproval approval = answer(request)) {
            assertInstanceOf(
                    PairingOutcome.Approved.class, approval.confirm(digits.get().orElseThrow()));
        }
        proxy.mutateAndHideDevices("/v1/pairings/collect", collected);
        return request;
    }

    @Test
    void h16RejectsAReplayedGrant() throws Exception {
        List<JsonNode> earlier = new ArrayList<>();
        try (PairingRequest first = approved(collected -> {
            earlier.add(collected.get("sealed"));
            return collected;
        })) {
            offered(first).close();
        }
        proxy.behave();
        try (PairingRequest second =
                approved(collected -> ((ObjectNode) collected).set("sealed", earlier.getFirst()))) {
            assertEquals(Finding.REJECTED, distrusts(second));
        }
    }

    @Test
    void h16RejectsAGrantOfNobody() throws Exception {
        try (PairingRequest request = phone.pair()) {
            Future<Optional<String>> digits = digits(request);
            try (PairingApproval approval = answer(request)) {
                digits.get();
                proxy.mutate("/v1/pairings/poll", polled -> ((ObjectNode) polled).put("approved", true));
                assertInstanceOf(
                        PairingResult.Gone.class, request.result(false), "that the server says so makes no grant");
                approval.cancel();
            }
        }
        try (PairingRequest request = approved(collected -> changedSealed(collected))) {
            assertEquals(Finding.REJECTED, distrusts(request));
        }
    }

    private static JsonNode changedSealed(JsonNode collected) {
        byte[] random = new byte[Pairings.SEALED];
        RANDOM.nextBytes(random);
        return ((ObjectNode) collected).put("sealed", Bytes.copyOf(random).base64url());
    }

    /// The psk is right, as it would be for a server that has seen the code, and the rest is of another pairing.
    @Test
    void h16RejectsAGrantForAnotherTranscript() throws Exception {
        List<PairingRequest> own = new ArrayList<>();
        try (PairingRequest request = approved(collected -> {
            Exchange exchange = Exchange.of(proxy.takeSeen());
            PairingTranscript agreed = exchange.transcript(
                    AccountId.parse(collected.at("/account/account").asString()));
            PairingTranscript other = new PairingTranscript(
                    agreed.pairing(), agreed.commitment(), agreed.revealed(), agreed.revealed(), agreed.account());
            try (PairingCode code = PairingCode.parse(own.getFirst().code())) {
                return forged(collected, code, other);
            }
        })) {
            own.add(request);
            assertEquals(Finding.REJECTED, distrusts(request));
        }
    }

    private static JsonNode forged(JsonNode collected, PairingCode code, PairingTranscript transcript) {
        try (Forgery forgery = new Forgery(transcript.account())) {
            return forgery.served(collected, forgery.grant().seal(code, transcript));
        } catch (dev.nescio.sealing.RejectedException e) {
            throw new AssertionError(e);
        }
    }

    /// All of an account, made by the server, for the id that the new device was told, with the right address. Only
    /// that
    /// the server does not know the code tells.
    @Test
    void h16RejectsAnAccountOfTheServersOwnMaking() throws Exception {
        try (PairingRequest request = approved(collected -> {
            Exchange exchange = Exchange.of(proxy.takeSeen());
            AccountId id = AccountId.parse(collected.at("/account/account").asString());
            PairingTranscript transcript = exchange.transcript(id);
            try (Forgery forgery = new Forgery(id)) {
                return forgery.served(collected, sealWithoutTheCode(forgery, transcript));
            }
        })) {
            assertEquals(Finding.REJECTED, distrusts(request));
        }
    }

    /// What the server has seen of a pairing: everything but the code.
    private record Exchange(Pairings.Start start, Pairings.Answer answer, Pairings.Reveal reveal) {

        static Exchange of(List<Seen> seen) {
            return new Exchange(
                    last(seen, "start", Pairings.Start.class),
                    last(seen, "answer", Pairings.Answer.class),
                    last(seen, "reveal", Pairings.Reveal.class));
        }

        private static <T> T last(List<Seen> seen, String step, Class<T> type) {
            return seen.stream()
                    .filter(request -> request.path().equals("/v1/pairings/" + step))
                    .map(request -> Json.LENIENT.readValue(request.body(), type))
                    .reduce((before, after) -> after)
                    .orElseThrow();
        }

        PairingTranscript transcript(AccountId account) {
            return new PairingTranscript(start.pairing(), start.commitment(), answer.share(), reveal.share(), account);
        }
    }

    /// An account as a client would have made it.
    private static final class Forgery implements AutoCloseable {

        private final MasterKey masterKey;
        private final AccountKeys keys;
        private final AccountKeyPair pair;
        private final SignIn.Slot slot;
        private final Bytes directory;

        Forgery(AccountId account) {
            masterKey = MasterKey.generate(account, RANDOM);
            keys = AccountKeys.generate(account, RANDOM);
            pair = AccountKeyPair.generate(account, RANDOM);
            SlotId id = SlotId.generate(RANDOM);
            directory = masterKey.seal(
                    SlotDirectory.first(List.of(SignIn.Slot.recovery(id, Bytes.copyOf(new byte[137])))), RANDOM);
            slot = SignIn.Slot.recovery(id, null);
        }

        PairingGrant grant() {
            return new PairingGrant(masterKey, 1, sha256(directory), "ada@example.org");
        }

        JsonNode served(JsonNode collected, Bytes sealed) {
            SignIn.Account account = new SignIn.Account(
                    masterKey.account(),
                    List.of(slot),
                    new Counted(1, directory),
                    masterKey.wrap(keys, RANDOM),
                    masterKey.seal(pair, RANDOM),
                    new Versioned(1, keys.profile().seal(1, new Profile("ada@example.org"), RANDOM)),
                    0,
                    null);
            ((ObjectNode) collected).put("sealed", sealed.base64url());
            return ((ObjectNode) collected).set("account", Json.LENIENT.<JsonNode>valueToTree(account));
        }

        @Override
        public void close() {
            masterKey.close();
            keys.close();
            pair.close();
        }
    }

    private static Bytes sha256(Bytes bytes) {
        try {
            return Bytes.copyOf(
                    java.security.MessageDigest.getInstance("SHA-256").digest(bytes.toArray()));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /// HPKE as in section 3.10, with all that the server knows; in place of the psk, zeros.
    private static Bytes sealWithoutTheCode(Forgery forgery, PairingTranscript transcript) {
        ByteArrayOutputStream plaintext = new ByteArrayOutputStream();
        plaintext.write(1);
        try (var key = forgery.masterKey.insecureExport()) {
            plaintext.writeBytes(key.lend(byte[]::clone));
        }
        plaintext.writeBytes(java.nio.ByteBuffer.allocate(8).putLong(1).array());
        plaintext.writeBytes(sha256(forgery.directory).toArray());
        byte[] address = "ada@example.org".getBytes(StandardCharsets.UTF_8);
        plaintext.write(address.length);
        plaintext.writeBytes(address);
        plaintext.writeBytes(new byte[254 - address.length]);
        ByteArrayOutputStream info = new ByteArrayOutputStream();
        info.writeBytes("nescio/v1/pairing\0".getBytes(StandardCharsets.US_ASCII));
        info.writeBytes(transcript.hash().toArray());
        try {
            HPKE hpke = new HPKE(HPKE.mode_psk, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
            HPKEContextWithEncapsulation context = hpke.SetupPSKS(
                    hpke.deserializePublicKey(transcript.revealed().publicKey().toArray()),
                    info.toByteArray(),
                    new byte[32],
                    transcript.pairing().toArray());
            ByteArrayOutputStream sealed = new ByteArrayOutputStream();
            byte[] ciphertext = context.seal(new byte[0], plaintext.toByteArray());
            sealed.writeBytes(context.getEncapsulation());
            sealed.writeBytes(ciphertext);
            return Bytes.copyOf(sealed.toByteArray());
        } catch (org.bouncycastle.crypto.InvalidCipherTextException e) {
            throw new AssertionError(e);
        }
    }

    /// The old recovery key was replaced; the server shows the new device the account from before.
    @Test
    void h16NoticesAnOlderDirectoryOnANewDevice() throws Exception {
        List<JsonNode> before = new ArrayList<>();
        proxy.mutate("/v1/account", served -> {
            before.add(served.deepCopy());
            return served;
        });
        try (NewRecoveryKey next = account.newRecoveryKey()) {
            assertInstanceOf(SlotChange.Changed.class, next.use());
        }
        try (PairingRequest request =
                approved(collected -> ((ObjectNode) collected).set("account", before.getFirst()))) {
            assertEquals(Finding.ROLLBACK, distrusts(request));
        }
    }
}
