package dev.nescio.systemtests;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.cli.ServerProcess;
import dev.nescio.cli.terminal.Exit;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.Problem;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Each command against a real server: as a person uses it, and as a program does, with `--json`.
class CommandLineTest {

    private static final String PASSPHRASE = "of this device only";
    private static final Pattern TOTP_SECRET = Pattern.compile("(?:[A-Z2-7]{4} ?){8}");
    private static final Pattern BACKUP_CODE = Pattern.compile("(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}");

    @TempDir
    static Path folder;

    private static World world;
    private static HostileProxy proxy;
    private static Path passphrase;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        world = new World(folder);
        proxy = new HostileProxy(world.uri());
        passphrase = Files.writeString(folder.resolve("passphrase"), PASSPHRASE + "\n");
        Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-------"));
    }

    /// Also where a test has failed: the next ones begin with an honest server.
    @AfterEach
    void behaveAgain() {
        proxy.behave();
    }

    @AfterAll
    static void stop() {
        proxy.close();
        world.close();
    }

    /// A profile folder, and all that was shown to who used it, but for what signing up shows once.
    private static final class Device {

        private final Path home;
        private final URI server;
        private final List<String> shown = new ArrayList<>();

        Device(String name, URI server) {
            this.home = folder.resolve(name);
            this.server = server;
        }

        CommandRun run(int exitCode, List<String> answers, String... arguments) {
            CommandRun run = signUp(
                    exitCode,
                    answers.stream()
                            .map(answer -> (UnaryOperator<String>) before -> answer)
                            .toList(),
                    arguments);
            shown.add(run.out() + run.err());
            return run;
        }

        CommandRun run(int exitCode, String... arguments) {
            return run(exitCode, List.of(), arguments);
        }

        CommandRun signUp(int exitCode, List<UnaryOperator<String>> answers, String... arguments) {
            CommandRun run = CommandRun.of(environment(), answers, arguments);
            assertEquals(exitCode, run.exitCode(), run::toString);
            return run;
        }

        private Map<String, String> environment() {
            return Map.of("NESCIO_HOME", home.toString(), "HOME", home.toString(), "NESCIO_SERVER", server.toString());
        }

        /// Runs a command whose output somebody reads while it runs.
        int follow(ByteArrayOutputStream output, String answer, String... arguments) {
            return CommandRun.run(environment(), List.of(before -> answer), output, output, arguments);
        }

        Path profile() {
            return home.resolve("profile.json");
        }

        void hasShownNone(List<String> secrets) {
            for (String secret : secrets) {
                assertTrue(secret.length() >= 16, secret);
                shown.forEach(output -> assertFalse(output.contains(secret), output));
            }
        }
    }

    /// @return a program's device on which a new account is signed in, unsealed
    private static Device signedUp(String name, URI server, List<String> backupCodes) {
        Device device = new Device(name, server);
        CommandRun run = device.signUp(
                Exit.OK,
                List.of(before -> World.PASSWORD, CommandLineTest::code),
                "signup",
                "--json",
                "--password-stdin",
                "--unsealed-profile",
                name + "@example.org");
        assertEquals(
                List.of("recovery-key", "totp"),
                run.lines().stream()
                        .flatMap(line -> line.findValuesAsString("step").stream())
                        .toList());
        assertTrue(run.last().get("ok").asBoolean());
        run.last().get("backupCodes").forEach(code -> backupCodes.add(code.asString()));
        assertEquals(10, backupCodes.size());
        assertFalse(run.out().contains(World.PASSWORD));
        return device;
    }

    /// The code that an authenticator shows to whom this output has given the secret.
    static String code(String shown) {
        String secret = TOTP_SECRET
                .matcher(shown)
                .results()
                .map(MatchResult::group)
                .findFirst()
                .orElseThrow();
        return World.totp(secret.replace(" ", ""));
    }

    /// The group of the recovery key that was asked for last, from where it was shown.
    static String group(String shown) {
        String number = last(Pattern.compile("Type group ([0-9]+)"), shown);
        return last(Pattern.compile("[ ]" + number + ":([A-Z0-9]{4})"), shown);
    }

    private static String last(Pattern pattern, String shown) {
        return pattern.matcher(shown)
                .results()
                .map(found -> found.group(1))
                .reduce((before, after) -> after)
                .orElseThrow();
    }

    @Test
    void thePersonComesBackWithTheRecoveryKeyAndMakesANewOne() {
        Device laptop = new Device("recovered", world.uri());
        CommandRun signUp = laptop.signUp(
                Exit.OK,
                List.of(before -> World.PASSWORD, CommandLineTest::code),
                "signup",
                "--json",
                "--password-stdin",
                "--unsealed-profile",
                "recovered@example.org");
        String key = signUp.lines().getFirst().get("recoveryKey").asString();
        laptop.run(Exit.OK, "chat", "new", "--json", "Plans");
        laptop.run(Exit.OK, "chat", "send", "--json", "Plans", "still here");

        Device borrowed = new Device("recovered-borrowed", world.uri());
        borrowed.run(
                Exit.USAGE, List.of(key), "signin", "--recovery-key", "--unsealed-profile", "recovered@example.org");
        borrowed.run(
                Exit.USAGE,
                List.of(key.replace(key.charAt(20), '-')),
                "signin",
                "--recovery-key",
                "--unsealed-profile");
        borrowed.run(Exit.OK, List.of(key.toLowerCase(Locale.ROOT)), "signin", "--recovery-key", "--unsealed-profile");
        assertTrue(borrowed.run(Exit.OK, "whoami").out().contains("recovered@example.org"));
        assertTrue(borrowed.run(Exit.OK, "chat", "read", "Plans").out().contains("still here"));

        CommandRun renewed =
                borrowed.signUp(Exit.OK, List.of(CommandLineTest::group, CommandLineTest::group), "recovery", "new");
        String next = IntStream.rangeClosed(1, 15)
                .mapToObj(group -> last(Pattern.compile("[ ]" + group + ":([A-Z0-9]{4})"), renewed.out()))
                .collect(Collectors.joining("-"));
        borrowed.run(Exit.OK, "signout");
        borrowed.run(
                Exit.SIGN_IN_FAILED, List.of(key), "signin", "--json", "--recovery-key-stdin", "--unsealed-profile");
        borrowed.run(Exit.OK, List.of(next), "signin", "--json", "--recovery-key-stdin", "--unsealed-profile");
        borrowed.hasShownNone(List.of(key, next, key.toLowerCase(Locale.ROOT)));

        laptop.signUp(Exit.FAILED, List.of(before -> "show", before -> "cancel"), "recovery", "new");
        borrowed.run(Exit.OK, "signout");
        borrowed.run(Exit.OK, List.of(next), "signin", "--json", "--recovery-key-stdin", "--unsealed-profile");
    }

    @Test
    void wrongGroupsOfARecoveryKeyAreAskedForAgainAndCancellingLeavesNothing() throws IOException {
        Device laptop = new Device("wrong-groups", proxy.uri());
        String address = "wrong-groups@example.org";
        proxy.takeSeen();
        List<UnaryOperator<String>> begun =
                List.of(before -> World.PASSWORD, before -> World.PASSWORD, before -> "wrong", before -> "cancel");
        CommandRun cancelled = laptop.signUp(Exit.FAILED, begun, "signup", "--unsealed-profile", address);
        assertAskedTwice(cancelled);
        assertTrue(oneLine(cancelled.err()).contains("The server keeps nothing of it"), cancelled.err());
        assertFalse(Files.exists(laptop.profile()));
        List<String> sent =
                proxy.takeSeen().stream().map(HostileProxy.Seen::path).toList();
        assertTrue(sent.contains("/v1/signup/cancel"), sent.toString());
        assertFalse(sent.contains("/v1/signup/confirm"), sent.toString());

        String old = signUpForItsRecoveryKey(laptop, address);
        proxy.takeSeen();
        CommandRun kept = laptop.signUp(Exit.FAILED, List.of(before -> "wrong", before -> "cancel"), "recovery", "new");
        assertAskedTwice(kept);
        assertTrue(oneLine(kept.err()).contains("The old recovery key still works"), kept.err());
        assertTrue(proxy.takeSeen().stream().noneMatch(seen -> seen.path().startsWith("/v1/slots")));
        Device borrowed = new Device("wrong-groups-borrowed", proxy.uri());
        borrowed.run(Exit.OK, List.of(old), "signin", "--json", "--recovery-key-stdin", "--unsealed-profile");
    }

    private static void assertAskedTwice(CommandRun run) {
        List<String> asked = Pattern.compile("Type (group [0-9]+) from your paper")
                .matcher(run.out())
                .results()
                .map(found -> found.group(1))
                .toList();
        assertEquals(2, asked.size(), run.out());
        assertEquals(asked.getFirst(), asked.getLast(), "the next group is asked for when this one is right");
        assertTrue(oneLine(run.out()).contains("That is not " + asked.getFirst() + "."), run.out());
    }

    /// Both papers are needed until it shows which key works.
    @Test
    void whoeverLosesTheAnswerToANewRecoveryKeyIsToldToKeepBoth() throws IOException {
        for (boolean done : new boolean[] {false, true}) {
            Device laptop = new Device("lost-answer-" + done, proxy.uri());
            String old = signUpForItsRecoveryKey(laptop, "lost-answer-" + done + "@example.org");
            proxy.drop(request -> request.path().equals("/v1/slots/recovery"), done);
            CommandRun person = laptop.signUp(
                    Exit.UNREACHABLE, List.of(CommandLineTest::group, CommandLineTest::group), "recovery", "new");
            assertTrue(oneLine(person.err()).contains("Keep both papers, old and new"), person.err());
            CommandRun program = laptop.signUp(Exit.UNREACHABLE, List.of(), "recovery", "new", "--json");
            assertEquals("unreachable", program.last().get("problem").asString());
            assertTrue(program.last().get("message").asString().contains("Keep both papers, old and new"));
            String next = program.lines().getFirst().get("recoveryKey").asString();
            proxy.behave();
            Device borrowed = new Device("lost-answer-borrowed-" + done, proxy.uri());
            for (String key : List.of(old, next)) {
                borrowed.run(
                        key.equals(done ? next : old) ? Exit.OK : Exit.SIGN_IN_FAILED,
                        List.of(key),
                        "signin",
                        "--json",
                        "--recovery-key-stdin",
                        "--unsealed-profile");
                Files.deleteIfExists(borrowed.profile());
            }
        }
    }

    @Test
    void aPersonMakesNewKeys() throws IOException {
        List<String> codes = new ArrayList<>();
        Device laptop = signedUp("rotated", world.uri(), codes);
        laptop.run(Exit.OK, "chat", "new", "--json", "Plans");
        laptop.run(Exit.OK, "chat", "send", "--json", "Plans", "hello");
        Device phone = new Device("rotated-phone", world.uri());
        signIn(Exit.OK, phone, World.PASSWORD, codes.get(0), "rotated@example.org");
        byte[] before = Files.readAllBytes(laptop.profile());
        rotate(Exit.SIGN_IN_FAILED, laptop, "wrong horse battery", codes.get(1));
        laptop.run(Exit.OK, "chat", "list");
        CommandRun rotated = rotate(Exit.OK, laptop, World.PASSWORD, codes.get(1));
        String key = rotated.lines().getFirst().get("recoveryKey").asString();
        assertFalse(Arrays.equals(before, Files.readAllBytes(laptop.profile())));
        assertEquals(
                "hello",
                laptop.run(Exit.OK, "chat", "read", "--json", "Plans")
                        .lines()
                        .getFirst()
                        .get("text")
                        .asString());
        phone.run(Exit.NOT_SIGNED_IN, "chat", "list");
        signIn(Exit.OK, phone, World.PASSWORD, codes.get(2), "rotated@example.org");
        phone.run(Exit.OK, "chat", "send", "--json", "Plans", "and on");
        Device borrowed = new Device("rotated-borrowed", world.uri());
        borrowed.run(Exit.OK, List.of(key), "signin", "--json", "--recovery-key-stdin", "--unsealed-profile");
        assertTrue(
                borrowed.run(Exit.OK, "chat", "read", "--json", "Plans").out().contains("and on"));
    }

    @Test
    void newKeysDropAccessKeysOnlyWhereThatIsSaid() throws IOException {
        List<String> codes = new ArrayList<>();
        Device laptop = signedUp("rotated-access", world.uri(), codes);
        laptop.run(Exit.OK, "chat", "new", "--json", "Plans");
        String key = laptop.signUp(Exit.OK, List.of(), "accesskey", "new", "--json", "--name", "nightly backup")
                .lines()
                .getFirst()
                .get("accessKey")
                .asString();
        CommandRun refused = rotate(Exit.FAILED, laptop, World.PASSWORD, codes.get(0));
        assertEquals("others-dropped", refused.last().get("problem").asString());
        assertTrue(refused.last().get("message").asString().contains("nightly backup"));
        Device script = new Device("rotated-access-script", world.uri());
        script.run(Exit.OK, List.of(key), "signin", "--json", "--access-key-file", "-", "--unsealed-profile");
        rotate(Exit.OK, laptop, World.PASSWORD, codes.get(0), "--drop-others");
        script.run(Exit.NOT_SIGNED_IN, "chat", "list");
        script.run(
                Exit.SIGN_IN_FAILED, List.of(key), "signin", "--json", "--access-key-file", "-", "--unsealed-profile");
        laptop.run(Exit.OK, "chat", "send", "--json", "Plans", "hello");
        assertEquals(
                0,
                laptop.run(Exit.OK, "accesskey", "list", "--json")
                        .last()
                        .findValuesAsString("name")
                        .size());
    }

    private static CommandRun rotate(int exitCode, Device device, String password, String code, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("keys", "rotate", "--json", "--password-stdin", "--code-stdin"));
        arguments.addAll(List.of(more));
        return device.signUp(exitCode, List.of(before -> password, before -> code), arguments.toArray(String[]::new));
    }

    @Test
    void newKeysBringANewPasswordWhereThatIsAskedFor() throws IOException {
        List<String> codes = new ArrayList<>();
        Device laptop = signedUp("rotated-password", world.uri(), codes);
        laptop.run(Exit.OK, "chat", "new", "--json", "Plans");
        String other = "another horse, another battery";
        laptop.signUp(
                Exit.OK,
                List.of(before -> other, before -> World.PASSWORD, before -> codes.get(0)),
                "keys",
                "rotate",
                "--json",
                "--new-password-stdin",
                "--password-stdin",
                "--code-stdin");
        laptop.run(Exit.OK, "chat", "send", "--json", "Plans", "hello");
        Device phone = new Device("rotated-password-phone", world.uri());
        signIn(Exit.SIGN_IN_FAILED, phone, World.PASSWORD, codes.get(1), "rotated-password@example.org");
        signIn(Exit.OK, phone, other, codes.get(1), "rotated-password@example.org");
        laptop.signUp(
                Exit.OK,
                List.of(
                        CommandLineTest::group,
                        CommandLineTest::group,
                        before -> World.PASSWORD,
                        before -> World.PASSWORD,
                        before -> other,
                        before -> codes.get(2)),
                "keys",
                "rotate",
                "--new-password");
        phone.run(Exit.NOT_SIGNED_IN, "chat", "list");
        signIn(Exit.OK, phone, World.PASSWORD, codes.get(3), "rotated-password@example.org");
    }

    /// At a terminal, and on a device whose profile is sealed: the passphrase is asked for once.
    @Test
    void newKeysAreKeptUnderThePassphraseOfTheProfile() throws IOException {
        List<String> codes = new ArrayList<>();
        signedUp("rotated-sealed", world.uri(), codes);
        Device sealed = new Device("rotated-sealed-too", world.uri());
        String passphrase = Files.writeString(folder.resolve("passphrase"), "a passphrase for this device\n")
                .toString();
        sealed.run(
                Exit.OK,
                List.of(World.PASSWORD, codes.get(0)),
                "signin",
                "--json",
                "--password-stdin",
                "--code-stdin",
                "--profile-passphrase-file",
                passphrase,
                "rotated-sealed@example.org");
        sealed.run(Exit.OK, "chat", "new", "--json", "--profile-passphrase-file", passphrase, "Plans");
        sealed.signUp(
                Exit.OK,
                List.of(
                        before -> "a passphrase for this device",
                        CommandLineTest::group,
                        CommandLineTest::group,
                        before -> World.PASSWORD,
                        before -> codes.get(1)),
                "keys",
                "rotate");
        assertFalse(Files.readString(sealed.profile()).contains("insecureInClear"));
        sealed.run(Exit.OK, "chat", "send", "--json", "--profile-passphrase-file", passphrase, "Plans", "hello");
    }

    @Test
    void whoeverLosesTheAnswerToNewKeysIsToldWhatToDo() throws IOException {
        for (boolean done : new boolean[] {false, true}) {
            List<String> codes = new ArrayList<>();
            Device laptop = signedUp("rotated-lost-" + done, proxy.uri(), codes);
            laptop.run(Exit.OK, "chat", "new", "--json", "Plans");
            proxy.drop(request -> request.path().matches("/v1/rotations/[0-9a-f]*"), done);
            CommandRun lost = rotate(Exit.UNREACHABLE, laptop, World.PASSWORD, codes.get(0));
            proxy.behave();
            assertTrue(lost.last().get("message").asString().contains("It is not known yet"));
            assertTrue(lost.last().get("message").asString().contains("nescio keys rotate  again"));
            CommandRun told = laptop.run(Exit.OK, "whoami");
            assertEquals(done, oneLine(told.err()).contains("the recovery key that it showed works"), told.err());
            CommandRun again = rotate(Exit.OK, laptop, World.PASSWORD, codes.get(1));
            // The next command after the lost answer has found out already, and kept what it found.
            assertFalse(again.last().has("found"));
            laptop.run(Exit.OK, "chat", "send", "--json", "Plans", "hello");
            String key = again.lines().getFirst().get("recoveryKey").asString();
            Device borrowed = new Device("rotated-lost-borrowed-" + done, proxy.uri());
            borrowed.run(Exit.OK, List.of(key), "signin", "--json", "--recovery-key-stdin", "--unsealed-profile");
            assertTrue(borrowed.run(Exit.OK, "chat", "read", "--json", "Plans")
                    .out()
                    .contains("hello"));
        }
    }

    /// An account so large that it takes three times five minutes.
    @Test
    void newKeysAskForPasswordAndCodeAsOftenAsTheyAreNeeded() throws IOException {
        List<String> codes = new ArrayList<>();
        Device laptop = signedUp("rotated-long", proxy.uri(), codes);
        laptop.run(Exit.OK, "chat", "new", "--json", "Plans");
        List<String> refused = new ArrayList<>();
        proxy.takeOver((request, exchange) -> {
            boolean asks = request.path().startsWith("/v1/rotations/") && !refused.contains(request.method());
            if (asks) {
                // Once when the chat is staged, and once when all of it is completed.
                refused.add(request.method());
                byte[] problem =
                        Json.STRICT.writeValueAsBytes(new Problem(Problem.PREFIX + "proof-required", "", 403, ""));
                exchange.sendResponseHeaders(403, problem.length);
                exchange.getResponseBody().write(problem);
            }
            return asks;
        });
        laptop.signUp(
                Exit.OK,
                Stream.of(codes.get(0), codes.get(1), codes.get(2))
                        .flatMap(code -> Stream.<UnaryOperator<String>>of(before -> World.PASSWORD, before -> code))
                        .toList(),
                "keys",
                "rotate",
                "--json",
                "--password-stdin",
                "--code-stdin");
        proxy.behave();
        assertEquals(List.of("PUT", "POST"), refused);
        laptop.run(Exit.OK, "chat", "send", "--json", "Plans", "hello");
    }

    @Test
    void newKeysLeaveWhatDoesNotOpenOnlyWhereThatIsSaid() throws Exception {
        List<String> codes = new ArrayList<>();
        Device laptop = signedUp("rotated-spoiled", world.uri(), codes);
        laptop.run(Exit.OK, "chat", "new", "--json", "Plans");
        laptop.run(Exit.OK, "chat", "new", "--json", "Other");
        String chat = laptop.run(Exit.OK, "chat", "list", "--json")
                .lines()
                .getFirst()
                .findValuesAsString("chat")
                .getFirst();
        try (OtherClient writer = new OtherClient(world.uri(), Files.readAllBytes(laptop.profile()))) {
            writer.writeForNobody(ContainerId.parse(chat));
        }
        CommandRun refused = rotate(Exit.DISTRUST, laptop, World.PASSWORD, codes.get(0));
        assertEquals("unreadable", refused.last().get("problem").asString());
        assertTrue(refused.last().get("message").asString().contains(chat));
        assertTrue(refused.last().get("message").asString().contains("--leave-unreadable"));
        assertEquals(List.of(chat), unreadable(refused));
        CommandRun rotated = rotate(Exit.OK, laptop, World.PASSWORD, codes.get(1), "--leave-unreadable", chat);
        assertTrue(
                rotated.lines().stream()
                        .anyMatch(line -> line.at("/left/0").asString("").equals(chat)),
                rotated.out());
        laptop.run(Exit.OK, "chat", "send", "--json", "Other", "hello");

        List<UnaryOperator<String>> asked = new ArrayList<>(List.of(
                CommandLineTest::group,
                CommandLineTest::group,
                before -> World.PASSWORD,
                before -> codes.get(2),
                before -> "no"));
        CommandRun no = laptop.signUp(Exit.DISTRUST, asked, "keys", "rotate");
        assertTrue(no.out().contains(chat), no.out());
        asked.set(3, before -> codes.get(3));
        asked.set(4, before -> "yes");
        CommandRun yes = laptop.signUp(Exit.OK, asked, "keys", "rotate");
        assertTrue(oneLine(yes.out() + yes.err()).contains("These were left as they were: " + chat), yes.out());
        assertTrue(
                oneLine(yes.out())
                        .contains("from which network somebody signed in nobody can read any more after this."),
                yes.out());
        laptop.run(Exit.OK, "chat", "send", "--json", "Other", "hello");
    }

    private static List<String> unreadable(CommandRun refused) {
        return refused.lines().stream()
                .flatMap(line -> line.path("unreadable").valueStream())
                .map(JsonNode::asString)
                .toList();
    }

    /// A chat is named, and when the person has agreed to leave it, the server shows one chat of three.
    @Test
    void whatIsSpoiltAfterSomethingWasNamedIsNotLeft() throws Exception {
        List<String> codes = new ArrayList<>();
        Device laptop = signedUp("rotated-spoiled-later", proxy.uri(), codes);
        for (String title : List.of("Plans", "Other", "Third")) {
            laptop.run(Exit.OK, "chat", "new", "--json", title);
        }
        String chat = laptop.run(Exit.OK, "chat", "list", "--json")
                .lines()
                .getFirst()
                .findValuesAsString("chat")
                .getFirst();
        try (OtherClient writer = new OtherClient(world.uri(), Files.readAllBytes(laptop.profile()))) {
            writer.writeForNobody(ContainerId.parse(chat));
        }
        assertEquals(List.of(chat), unreadable(rotate(Exit.DISTRUST, laptop, World.PASSWORD, codes.get(0))));
        proxy.mutate("/v1/domains/chats/", answer -> {
            ObjectNode list = (ObjectNode) answer.get("list");
            list.put("counter", list.get("counter").asLong() + 1);
            list.put("sealed", "AAAA".repeat(80));
            ArrayNode containers = (ArrayNode) answer.get("containers");
            while (containers.size() > 1) {
                containers.remove(1);
            }
            return answer;
        });
        List<String> agreed = new ArrayList<>(List.of("--leave-unreadable", chat));
        CommandRun refused = rotate(Exit.DISTRUST, laptop, World.PASSWORD, codes.get(1), agreed.toArray(String[]::new));
        assertEquals("unreadable", refused.last().get("problem").asString());
        assertEquals(List.of("chats=1"), unreadable(refused));
        assertTrue(refused.last().get("message").asString().contains("--leave-unreadable chats=1"), refused.out());
        agreed.addAll(List.of("--leave-unreadable", "chats=3"));
        refused = rotate(Exit.DISTRUST, laptop, World.PASSWORD, codes.get(2), agreed.toArray(String[]::new));
        assertEquals(List.of("chats=1"), unreadable(refused), "another number was agreed to");
        CommandRun asked = laptop.signUp(
                Exit.DISTRUST,
                List.of(
                        CommandLineTest::group,
                        CommandLineTest::group,
                        before -> World.PASSWORD,
                        before -> codes.get(3),
                        before -> "no"),
                "keys",
                "rotate",
                "--leave-unreadable",
                chat);
        assertTrue(oneLine(asked.out()).contains("list of your chats (the server has 1)"), asked.out());
        proxy.behave();
        CommandRun list = laptop.run(Exit.OK, "chat", "list", "--json");
        assertEquals(3, list.last().get("chats").asInt(), list.out());
    }

    @Test
    void aNewPasswordIsNotForgottenWhereAnEarlierRotationIsFound() throws IOException {
        List<String> codes = new ArrayList<>();
        Device laptop = signedUp("rotated-found-password", proxy.uri(), codes);
        proxy.drop(request -> request.path().matches("/v1/rotations/[0-9a-f]*"), true);
        rotate(Exit.UNREACHABLE, laptop, World.PASSWORD, codes.get(0));
        proxy.behave();
        String other = "another horse, another battery";
        String[] withAnother = {"keys", "rotate", "--json", "--new-password-stdin", "--password-stdin", "--code-stdin"};
        CommandRun found = laptop.run(Exit.FAILED, List.of(), withAnother);
        assertEquals("password-not-changed", found.last().get("problem").asString());
        laptop.run(Exit.OK, List.of(other, World.PASSWORD, codes.get(1)), withAnother);
        Device phone = new Device("rotated-found-password-phone", proxy.uri());
        signIn(Exit.SIGN_IN_FAILED, phone, World.PASSWORD, codes.get(2), "rotated-found-password@example.org");
        signIn(Exit.OK, phone, other, codes.get(2), "rotated-found-password@example.org");
    }

    @Test
    void whoeverRotatesAgainAfterALostAnswerIsToldThatItIsDone() throws IOException {
        List<String> codes = new ArrayList<>();
        Device laptop = signedUp("rotated-found", proxy.uri(), codes);
        laptop.run(Exit.OK, "chat", "new", "--json", "Plans");
        proxy.drop(request -> request.path().matches("/v1/rotations/[0-9a-f]*"), true);
        CommandRun lost = rotate(Exit.UNREACHABLE, laptop, World.PASSWORD, codes.get(0));
        proxy.behave();
        assertTrue(Files.readString(laptop.profile()).contains("nextMasterKeys"));
        CommandRun again = rotate(Exit.OK, laptop, World.PASSWORD, codes.get(1));
        assertTrue(again.last().get("found").asBoolean());
        assertEquals(1, again.lines().size());
        assertFalse(Files.readString(laptop.profile()).contains("nextMasterKeys"));
        laptop.run(Exit.OK, "chat", "send", "--json", "Plans", "hello");
        String key = lost.lines().getFirst().get("recoveryKey").asString();
        Device borrowed = new Device("rotated-found-borrowed", proxy.uri());
        borrowed.run(Exit.OK, List.of(key), "signin", "--json", "--recovery-key-stdin", "--unsealed-profile");
    }

    private static final Pattern DIGITS = Pattern.compile("Digits: ([0-9]{3} [0-9]{3})");

    /// What two people would do at two keyboards: each reads what the other device shows.
    @Test
    void aPersonPairsANewDevice() throws Exception {
        List<String> backupCodes = new ArrayList<>();
        Device laptop = signedUp("pairing", world.uri(), backupCodes);
        laptop.run(Exit.OK, "chat", "new", "--json", "Plans");
        Device phone = new Device("pairing-phone", world.uri());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ByteArrayOutputStream shown = new ByteArrayOutputStream();
            Future<Integer> pairing = threads.submit(() -> phone.follow(shown, "y", "pair", "--unsealed-profile"));
            CommandRun approved = laptop.signUp(
                    Exit.OK,
                    List.of(
                            before -> whenShown(shown, BACKUP_CODE, 0),
                            before -> whenShown(shown, DIGITS, 1),
                            before -> World.PASSWORD,
                            before -> backupCodes.getFirst()),
                    "pair",
                    "approve");
            assertTrue(approved.out().contains("pairing@example.org"), approved.out());
            assertEquals(Exit.OK, pairing.get());
            String seen = shown.toString(StandardCharsets.UTF_8);
            assertTrue(seen.contains("was given the account of pairing@example.org"), seen);
            assertTrue(seen.contains("\u2588"), "the QR code");
        }
        assertTrue(phone.run(Exit.OK, "chat", "list").out().contains("  Plans"));
        laptop.run(Exit.FAILED, List.of("0000-0000-0000-0000"), "pair", "approve");
        laptop.run(Exit.USAGE, List.of("0000-0000"), "pair", "approve");
    }

    @Test
    void aProgramPairsANewDevice() throws Exception {
        List<String> backupCodes = new ArrayList<>();
        Device laptop = signedUp("pairing-program", world.uri(), backupCodes);
        Device phone = new Device("pairing-program-phone", world.uri());
        Pattern qr = Pattern.compile("(nescio-pair:[0-9A-Z]{16})");
        Pattern digits = Pattern.compile("\"digits\":\"([0-9]{6})\"");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ByteArrayOutputStream shown = new ByteArrayOutputStream();
            Future<Integer> pairing =
                    threads.submit(() -> phone.follow(shown, "yes", "pair", "--json", "--unsealed-profile"));
            CommandRun wrong = laptop.signUp(
                    Exit.FAILED,
                    List.of(before -> whenShown(shown, qr, 1), before -> wrong(whenShown(shown, digits, 1))),
                    "pair",
                    "approve",
                    "--json");
            assertEquals("wrong-digits", wrong.last().get("problem").asString());
            assertEquals(Exit.FAILED, pairing.get());
            assertFalse(Files.exists(phone.profile()));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ByteArrayOutputStream shown = new ByteArrayOutputStream();
            Future<Integer> pairing =
                    threads.submit(() -> phone.follow(shown, "yes", "pair", "--json", "--unsealed-profile"));
            laptop.signUp(
                    Exit.OK,
                    List.of(
                            before -> whenShown(shown, qr, 1),
                            before -> whenShown(shown, digits, 1),
                            before -> World.PASSWORD,
                            before -> backupCodes.getFirst()),
                    "pair",
                    "approve",
                    "--json",
                    "--password-stdin",
                    "--code-stdin");
            assertEquals(Exit.OK, pairing.get());
            JsonNode last = Json.LENIENT.readTree(
                    shown.toString(StandardCharsets.UTF_8).lines().toList().getLast());
            assertTrue(last.get("ok").asBoolean());
            assertEquals("pairing-program@example.org", last.get("address").asString());
        }
    }

    /// Whoever finds a device that is signed in, and knows no password, can read the digits as well.
    @Test
    void whoProvesNothingHandsNothingOver() throws Exception {
        Device laptop = signedUp("pairing-unproven", world.uri(), new ArrayList<>());
        Device phone = new Device("pairing-unproven-phone", world.uri());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ByteArrayOutputStream shown = new ByteArrayOutputStream();
            Future<Integer> pairing = threads.submit(() -> phone.follow(shown, "y", "pair", "--unsealed-profile"));
            laptop.signUp(
                    Exit.SIGN_IN_FAILED,
                    List.of(
                            before -> whenShown(shown, BACKUP_CODE, 0),
                            before -> whenShown(shown, DIGITS, 1),
                            before -> "not the password",
                            before -> "0000-0000-0000-0000"),
                    "pair",
                    "approve");
            assertEquals(Exit.FAILED, pairing.get());
            assertFalse(Files.exists(phone.profile()));
        }
    }

    /// Somebody has seen the code, and answers it from an account of theirs.
    @Test
    void aDeviceIsPairedOnlyWithAnAccountThatThePersonSaysIsTheirs() throws Exception {
        List<String> backupCodes = new ArrayList<>();
        Device onlooker = signedUp("onlooker", world.uri(), backupCodes);
        Device phone = new Device("drawn-in", world.uri());
        Pattern code = Pattern.compile("(?:nescio-pair:[0-9A-Z]{16})|" + BACKUP_CODE.pattern());
        Pattern digits = Pattern.compile("[Dd]igits\"?:[ \"]([0-9]{3} ?[0-9]{3})");
        for (String mode : List.of("", "--json")) {
            String[] pair = mode.isEmpty()
                    ? new String[] {"pair", "--unsealed-profile"}
                    : new String[] {"pair", "--unsealed-profile", mode};
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                ByteArrayOutputStream shown = new ByteArrayOutputStream();
                Future<Integer> pairing = threads.submit(() -> phone.follow(shown, "", pair));
                onlooker.signUp(
                        Exit.OK,
                        List.of(
                                before -> whenShown(shown, code, 0),
                                before -> whenShown(shown, digits, 1),
                                before -> World.PASSWORD,
                                before -> backupCodes.removeFirst()),
                        "pair",
                        "approve");
                assertEquals(Exit.FAILED, pairing.get());
                String seen = shown.toString(StandardCharsets.UTF_8);
                assertTrue(seen.contains("onlooker@example.org"), seen);
                assertTrue(seen.replaceAll("\\s+", " ").contains("Nothing is kept"), seen);
                assertFalse(Files.exists(phone.profile()));
                assertFalse(Files.exists(phone.home.resolve("memory.json")));
            }
            CommandRun sessions = onlooker.run(Exit.OK, "sessions", "list", "--json");
            assertEquals(1, sessions.last().get("sessions").asInt(), "the new device has left no session");
        }
        phone.run(Exit.NOT_SIGNED_IN, "whoami");
    }

    private static String wrong(String digits) {
        return String.format(Locale.ROOT, "%06d", (Integer.parseInt(digits) + 1) % 1_000_000);
    }

    /// Waits until another command has shown it.
    private static String whenShown(ByteArrayOutputStream shown, Pattern pattern, int group) {
        for (int i = 0; i < 2400; i++) {
            Matcher found = pattern.matcher(shown.toString(StandardCharsets.UTF_8));
            if (found.find()) {
                return found.group(group);
            }
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
        throw new AssertionError("not shown: " + pattern + " in " + shown.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aPersonChangesThePassword() throws IOException {
        List<String> backupCodes = new ArrayList<>();
        Device laptop = signedUp("changed", world.uri(), backupCodes);
        Device phone = new Device("changed-phone", world.uri());
        Device tablet = new Device("changed-tablet", world.uri());
        String next = "an entirely different password";
        signIn(Exit.OK, phone, World.PASSWORD, backupCodes.get(0), "changed@example.org");
        signIn(Exit.OK, tablet, World.PASSWORD, backupCodes.get(1), "changed@example.org");

        laptop.run(Exit.FAILED, List.of("too short"), "password", "change");
        CommandRun kept = laptop.run(
                Exit.OK,
                List.of("too short", "too short", next, "mistyped", next, next),
                "password",
                "change",
                "--keep-other-sessions");
        assertTrue(kept.out().contains("still signed in"), kept.out());
        phone.run(Exit.OK, "chat", "list");

        String last = "one that nobody has seen yet";
        Path file = Files.writeString(folder.resolve("new-password"), last + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        // What the phone proved when it signed in was the password that is no more.
        CommandRun ended = phone.run(
                Exit.OK,
                List.of(next, backupCodes.get(3)),
                "password",
                "change",
                "--json",
                "--new-password-file",
                file.toString(),
                "--password-stdin",
                "--code-stdin");
        assertEquals("ended", ended.last().get("otherSessions").asString());
        laptop.run(Exit.NOT_SIGNED_IN, "chat", "list");
        tablet.run(Exit.NOT_SIGNED_IN, "chat", "list");
        phone.run(Exit.OK, "chat", "list");
        for (String old : List.of(World.PASSWORD, next)) {
            signIn(Exit.SIGN_IN_FAILED, laptop, old, backupCodes.get(2), "changed@example.org");
        }
        signIn(Exit.OK, laptop, last, backupCodes.get(2), "changed@example.org");
        laptop.run(Exit.USAGE, List.of("short"), "password", "change", "--json", "--new-password-stdin");
        for (Device device : List.of(laptop, phone, tablet)) {
            device.hasShownNone(List.of(World.PASSWORD, next, last));
        }
    }

    private static void signIn(int exitCode, Device device, String password, String code, String address) {
        device.run(
                exitCode,
                List.of(password, code),
                "signin",
                "--json",
                "--password-stdin",
                "--code-stdin",
                "--unsealed-profile",
                address);
    }

    @Test
    void aPersonReplacesAuthenticatorAndBackupCodes() throws IOException {
        List<String> backupCodes = new ArrayList<>();
        Device laptop = signedUp("replaced", world.uri(), backupCodes);
        laptop.signUp(Exit.FAILED, List.of(before -> "cancel"), "totp", "new");
        CommandRun person = laptop.signUp(
                Exit.OK, List.of(before -> "12345", before -> "000000", CommandLineTest::code), "totp", "new");
        assertTrue(person.out().contains("\u2588"), "the QR code");
        assertTrue(person.out().contains("4 tries left"), person.out());
        CommandRun program = laptop.signUp(Exit.OK, List.of(CommandLineTest::code), "totp", "new", "--json");
        assertEquals("totp", program.lines().getFirst().get("step").asString());
        assertTrue(program.last().get("ok").asBoolean());
        String secret = program.lines().getFirst().get("secret").asString();
        assertFalse(person.out().replace(" ", "").contains(secret), "each has a secret of its own");

        CommandRun shown = laptop.signUp(Exit.OK, List.of(), "totp", "backup-codes");
        assertEquals(10, BACKUP_CODE.matcher(shown.out()).results().count());
        CommandRun renewed = laptop.signUp(Exit.OK, List.of(), "totp", "backup-codes", "--json");
        List<String> next = new ArrayList<>();
        renewed.last().get("backupCodes").forEach(code -> next.add(code.asString()));
        assertEquals(10, next.size());

        Device phone = new Device("replaced-phone", world.uri());
        signIn(Exit.SIGN_IN_FAILED, phone, World.PASSWORD, backupCodes.getFirst(), "replaced@example.org");
        signIn(Exit.OK, phone, World.PASSWORD, next.getFirst(), "replaced@example.org");
        phone.hasShownNone(List.of(World.PASSWORD, secret, next.getFirst()));
    }

    /// Nothing is asked, and nothing is on standard input but the key where it is to come from there.
    @Test
    void aScriptSignsInWithAnAccessKey() throws IOException {
        Device laptop = signedUp("accesskey", world.uri(), new ArrayList<>());
        laptop.run(Exit.OK, List.of("Plans"), "chat", "new", "--json");
        laptop.run(Exit.OK, "chat", "send", "--json", "Plans", "from the laptop");
        laptop.run(Exit.USAGE, "accesskey", "new", "--name", "ci", "--domain", "files");
        laptop.run(Exit.USAGE, "accesskey", "new", "--name", "ci", "--domain", "chats", "--domain", "chats:read");
        laptop.run(Exit.USAGE, "accesskey", "new", "--name", "ci", "--expires", "soon");
        laptop.run(Exit.USAGE, "accesskey", "new", "--name", "");
        CommandRun made = laptop.signUp(
                Exit.OK, List.of(), "accesskey", "new", "--name", "ci", "--domain", "chats:read", "--json");
        String key = made.last().get("accessKey").asString();
        String id = made.last().get("id").asString();
        assertEquals("chats:read", made.last().get("scope").asString());
        Instant end = Instant.parse(made.last().get("expiresAt").asString());
        assertEquals(
                90,
                Duration.between(Instant.now().minus(Duration.ofHours(1)), end).toDays());
        Path file = Files.writeString(folder.resolve("access-key"), key + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        Device script = new Device("accesskey-script", world.uri());
        script.run(Exit.USAGE, "signin", "--json", "--access-key-file", file.toString());
        CommandRun signedIn =
                script.run(Exit.OK, "signin", "--json", "--access-key-file", file.toString(), "--unsealed-profile");
        assertEquals("chats:read", signedIn.last().get("scope").asString());
        CommandRun read = script.run(Exit.OK, "chat", "read", "Plans", "--json");
        assertTrue(read.out().contains("from the laptop"), read.out());
        CommandRun refused = script.run(Exit.FAILED, "chat", "send", "--json", "Plans", "no");
        assertEquals("scope-refused", refused.last().get("problem").asString());
        assertEquals(
                "scope-refused",
                script.run(Exit.FAILED, "sessions", "list", "--json")
                        .last()
                        .get("problem")
                        .asString());
        CommandRun who = script.run(Exit.OK, "whoami", "--json");
        assertEquals("chats:read", who.last().get("scope").asString());
        assertEquals(
                end.truncatedTo(ChronoUnit.SECONDS),
                Instant.parse(who.last().get("keyExpiresAt").asString()).truncatedTo(ChronoUnit.SECONDS));
        assertTrue(script.run(Exit.OK, "whoami").out().contains("chats:read"));

        CommandRun sessions = laptop.run(Exit.OK, "sessions", "list", "--json");
        assertTrue(sessions.out().contains("\"state\":\"access-key\",\"name\":\"ci\""), sessions.out());
        assertTrue(laptop.run(Exit.OK, "sessions", "list").out().contains("ci (access key "));
        CommandRun list = laptop.run(Exit.OK, "accesskey", "list", "--json");
        assertEquals(1, list.last().get("accessKeys").asInt());
        assertEquals(id, list.lines().getFirst().get("id").asString());
        assertTrue(list.lines().getFirst().has("usedOn"));
        assertTrue(laptop.run(Exit.OK, "accesskey", "list").out().contains("opens chats:read"));

        Device other = new Device("accesskey-stdin", world.uri());
        other.run(Exit.OK, List.of(key), "signin", "--json", "--access-key-file", "-", "--unsealed-profile");
        other.run(Exit.OK, "signout", "--json");
        laptop.run(Exit.OK, "accesskey", "rename", id.substring(0, 8), "nightly backup", "--json");
        laptop.run(Exit.USAGE, "accesskey", "rename", id.substring(0, 8), " ", "--json");
        laptop.run(Exit.FAILED, "accesskey", "rename", "0000", "another", "--json");
        assertTrue(laptop.run(Exit.OK, "accesskey", "list").out().contains("nightly backup"));
        assertTrue(laptop.run(Exit.OK, "sessions", "list").out().contains("nightly backup (access key "));
        script.run(Exit.OK, "chat", "list", "--json");
        laptop.run(Exit.FAILED, "accesskey", "revoke", "0000", "--json");
        laptop.run(Exit.OK, "accesskey", "revoke", id.substring(0, 8), "--json");
        script.run(Exit.NOT_SIGNED_IN, "chat", "list", "--json");
        assertFalse(Files.exists(script.profile()));
        script.run(Exit.SIGN_IN_FAILED, "signin", "--json", "--access-key-file", file.toString(), "--unsealed-profile");
        laptop.hasShownNone(List.of(key));
        script.hasShownNone(List.of(key));
    }

    @Test
    void anAccessKeyOfTheWholeAccountThatNeverEndsSaysSo() throws IOException {
        Device laptop = signedUp("accesskey-all", world.uri(), new ArrayList<>());
        CommandRun made =
                laptop.signUp(Exit.OK, List.of(), "accesskey", "new", "--name", "everything", "--expires", "never");
        assertTrue(made.out().contains("WHOLE ACCOUNT"), made.out());
        assertTrue(made.out().contains("It never ends by itself"), made.out());
        Matcher shown = Pattern.compile("nescio-access-1[a-z0-9]{58}").matcher(made.out());
        assertTrue(shown.find());
        Device script = new Device("accesskey-all-script", world.uri());
        script.run(Exit.OK, List.of(shown.group()), "signin", "--json", "--access-key-file", "-", "--unsealed-profile");
        script.run(Exit.OK, List.of("Of the script"), "chat", "new", "--json");
        CommandRun refused = script.run(Exit.FAILED, "accesskey", "new", "--name", "another", "--json");
        assertEquals("scope-refused", refused.last().get("problem").asString());
        assertEquals(
                2,
                laptop.run(Exit.OK, "sessions", "list", "--json")
                        .last()
                        .get("sessions")
                        .asInt());
    }

    @Test
    void aProgramUsesEachCommandOnTwoDevices() throws IOException {
        List<String> backupCodes = new ArrayList<>();
        Device laptop = signedUp("program", world.uri(), backupCodes);
        CommandRun who = laptop.run(Exit.OK, "whoami", "--json");
        assertEquals("program@example.org", who.last().get("address").asString());
        assertEquals("unsealed", who.last().get("profile").asString());
        CommandRun made = laptop.run(Exit.OK, List.of("Plans"), "chat", "new", "--json");
        String chat = made.last().get("chat").asString();
        laptop.run(Exit.OK, "chat", "send", "--json", "Plans", "from the laptop");

        Device phone = new Device("program-phone", world.uri());
        phone.run(
                Exit.OK,
                List.of(World.PASSWORD, backupCodes.getFirst()),
                "signin",
                "--json",
                "--password-stdin",
                "--code-stdin",
                "--profile-passphrase-file",
                passphrase.toString(),
                "program@example.org");
        phone.run(
                Exit.OK,
                List.of("from the phone,", "in two lines"),
                "chat",
                "send",
                "--json",
                "--profile-passphrase-file",
                passphrase.toString(),
                chat.substring(0, 8));

        CommandRun list = laptop.run(Exit.OK, "chat", "list", "--json");
        assertEquals("Plans", list.lines().getFirst().get("title").asString());
        assertEquals(1, list.last().get("chats").asInt());
        CommandRun read = laptop.run(Exit.OK, "chat", "read", "--json", "Plans");
        assertEquals(
                List.of("from the laptop", "from the phone,\nin two lines"),
                read.lines().stream()
                        .flatMap(line -> line.findValuesAsString("text").stream())
                        .toList());
        assertEquals(2, read.last().get("messages").asInt());

        List<String> secrets = new ArrayList<>(List.of(World.PASSWORD, PASSPHRASE));
        secrets.addAll(backupCodes);
        JsonNode inClear =
                Json.LENIENT.readTree(Files.readAllBytes(laptop.profile())).get("insecureInClear");
        secrets.add(inClear.get("token").asString());
        secrets.add(inClear.get("masterKey").asString());
        String sealed = Files.readString(phone.profile());
        assertFalse(
                sealed.contains("token")
                        || sealed.contains(inClear.get("masterKey").asString()),
                sealed);
        assertTrue(laptop.run(Exit.OK, "signout", "--json")
                .last()
                .get("sessionEnded")
                .asBoolean());
        assertFalse(Files.exists(laptop.profile()));
        laptop.run(Exit.NOT_SIGNED_IN, "whoami", "--json");
        laptop.hasShownNone(secrets);
        phone.hasShownNone(secrets);
    }

    @Test
    void aPersonUsesEachCommandOnTwoDevices() {
        Device laptop = new Device("person", world.uri());
        CommandRun signUp = laptop.signUp(
                Exit.OK,
                List.of(
                        before -> World.PASSWORD,
                        before -> World.PASSWORD,
                        before -> "wrong",
                        CommandLineTest::group,
                        CommandLineTest::group,
                        CommandLineTest::code,
                        before -> PASSPHRASE,
                        before -> PASSPHRASE),
                "signup",
                "person@example.org");
        assertTrue(signUp.out().contains("\u2588"), "the QR code");
        assertFalse(oneLine(signUp.out()).contains("in clear"), signUp.out());
        List<String> backupCodes = BACKUP_CODE
                .matcher(signUp.out())
                .results()
                .map(MatchResult::group)
                .toList();
        assertEquals(10, backupCodes.size());
        assertFalse(signUp.out().contains(World.PASSWORD) || signUp.out().contains(PASSPHRASE));
        assertTrue(laptop.run(Exit.OK, List.of(PASSPHRASE), "whoami").out().contains("person@example.org"));
        laptop.run(Exit.OK, List.of(PASSPHRASE), "chat", "new", "Plans");
        laptop.run(Exit.OK, List.of(PASSPHRASE, "typed at the prompt"), "chat", "send", "Plans");

        Device phone = new Device("person-phone", world.uri());
        phone.run(
                Exit.OK,
                List.of("person@example.org", World.PASSWORD, backupCodes.getFirst(), PASSPHRASE, PASSPHRASE),
                "signin");
        assertTrue(phone.run(Exit.OK, List.of(PASSPHRASE), "chat", "list").out().contains("  Plans"));
        CommandRun read = phone.run(Exit.OK, List.of(PASSPHRASE), "chat", "read", "Plans");
        assertTrue(read.out().contains("  typed at the prompt"), read.out());
        phone.run(Exit.PROFILE, List.of("not the passphrase"), "chat", "read", "Plans");
        phone.run(Exit.OK, List.of(PASSPHRASE), "signout");
        assertFalse(Files.exists(phone.profile()));

        List<String> secrets = new ArrayList<>(backupCodes);
        secrets.addAll(List.of(World.PASSWORD, PASSPHRASE));
        laptop.hasShownNone(secrets);
        phone.hasShownNone(secrets);
    }

    @Test
    void whoeverKeepsAProfileUnsealedIsToldWhatLiesOnDisk() throws IOException {
        Device laptop = new Device("unsealed", world.uri());
        CommandRun signUp = laptop.signUp(
                Exit.OK,
                List.of(before -> World.PASSWORD, CommandLineTest::code),
                "signup",
                "--json",
                "--password-stdin",
                "--unsealed-profile",
                "unsealed@example.org");
        assertSaysWhatLiesInClear(laptop, signUp.last().get("warning").asString(), "reads and writes the account");
        JsonNode codes = signUp.last().get("backupCodes");

        Device phone = new Device("unsealed-phone", world.uri());
        CommandRun person = phone.run(
                Exit.OK,
                List.of(World.PASSWORD, codes.get(0).asString()),
                "signin",
                "--unsealed-profile",
                "unsealed@example.org");
        assertSaysWhatLiesInClear(phone, oneLine(person.out()), "reads and writes the account");

        Device script = new Device("unsealed-script", world.uri());
        String key = laptop.signUp(
                        Exit.OK, List.of(), "accesskey", "new", "--json", "--name", "script", "--domain", "chats:read")
                .last()
                .get("accessKey")
                .asString();
        CommandRun program =
                script.run(Exit.OK, List.of(key), "signin", "--json", "--access-key-file", "-", "--unsealed-profile");
        assertSaysWhatLiesInClear(script, program.last().get("warning").asString(), "what the access key opens");

        CommandRun sealed = new Device("unsealed-not", world.uri())
                .run(
                        Exit.OK,
                        List.of(World.PASSWORD, codes.get(1).asString()),
                        "signin",
                        "--json",
                        "--password-stdin",
                        "--code-stdin",
                        "--profile-passphrase-file",
                        passphrase.toString(),
                        "unsealed@example.org");
        assertFalse(sealed.last().has("warning"), sealed::toString);
    }

    private static void assertSaysWhatLiesInClear(Device device, String said, String reach) throws IOException {
        assertTrue(said.contains(device.profile() + " holds the keys and the session's token in clear"), said);
        assertTrue(said.contains(reach), said);
        assertTrue(Files.readString(device.profile()).contains("insecureInClear"));
    }

    @Test
    void aWrongCodeAndAWrongPasswordLookTheSame() {
        List<String> backupCodes = new ArrayList<>();
        signedUp("mistaken", world.uri(), backupCodes);
        List<String> shown = new ArrayList<>();
        for (List<String> wrong : List.of(
                List.of(World.PASSWORD, "0000-0000-0000-0000"), List.of("another password", backupCodes.getFirst()))) {
            Device phone = new Device("mistaken-phone", world.uri());
            CommandRun run = phone.run(
                    Exit.SIGN_IN_FAILED,
                    wrong,
                    "signin",
                    "--json",
                    "--password-stdin",
                    "--code-stdin",
                    "--unsealed-profile",
                    "mistaken@example.org");
            assertEquals("sign-in-failed", run.last().get("problem").asString());
            assertFalse(Files.exists(phone.profile()));
            shown.add(run.out());
        }
        assertEquals(shown.getFirst(), shown.getLast());
    }

    @Test
    void aServerOnWhichNobodyCanSignUpIsSaidInWords() throws IOException, InterruptedException {
        try (ServerProcess closed = ServerProcess.start(
                folder.resolve("closed"),
                ServerProcess.Options.loggingTo(folder.resolve("closed.log")).withServer("--sign-up", "closed"))) {
            Device device = new Device("late", closed.uri());
            CommandRun run = device.run(
                    Exit.FAILED,
                    List.of(World.PASSWORD),
                    "signup",
                    "--json",
                    "--password-stdin",
                    "--unsealed-profile",
                    "late@example.org");
            assertEquals("sign-up-closed", run.last().get("problem").asString());
            assertTrue(run.last().get("message").asString().startsWith("Nobody can sign up on this server"));
            assertFalse(Files.exists(device.profile()));
        }
    }

    @Test
    void anEndedSessionRemovesTheKeysFromTheDevice() throws IOException {
        for (boolean json : List.of(true, false)) {
            Device one = signedUp("ended-" + json, world.uri(), new ArrayList<>());
            Device same = copy("ended-too-" + json, Files.readAllBytes(one.profile()));
            one.run(Exit.OK, "signout");
            CommandRun run = json
                    ? same.run(Exit.NOT_SIGNED_IN, "chat", "list", "--json")
                    : same.run(Exit.NOT_SIGNED_IN, "chat", "list");
            assertTrue(json ? run.out().contains("session-ended") : run.err().contains("has ended"));
            assertFalse(Files.exists(same.profile()));
        }
    }

    private static Device copy(String name, byte[] profile) throws IOException {
        Device device = new Device(name, world.uri());
        Files.createDirectory(
                device.home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.write(device.profile(), profile);
        Files.setPosixFilePermissions(device.profile(), PosixFilePermissions.fromString("rw-------"));
        return device;
    }

    /// Whoever changes a credential may do so because somebody has copied this device's profile.
    @Test
    void aChangeOfTheWaysToSignInSpendsTheTokenOfACopiedProfile() throws IOException {
        Path next = Files.writeString(folder.resolve("next-password"), "nobody has copied this\n");
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-------"));
        List<List<String>> changes = List.of(
                List.of("password", "change", "--keep-other-sessions", "--new-password-file", next.toString()),
                List.of("recovery", "new"),
                List.of("totp", "new"),
                List.of("totp", "backup-codes"));
        for (List<String> change : changes) {
            String name = "copied-" + String.join("-", change.subList(0, 2));
            Device laptop = signedUp(name, world.uri(), new ArrayList<>());
            Device thief = copy(name + "-thief", Files.readAllBytes(laptop.profile()));
            thief.run(Exit.OK, "whoami");
            String[] arguments =
                    Stream.concat(change.stream(), Stream.of("--json")).toArray(String[]::new);
            laptop.signUp(Exit.OK, List.of(CommandLineTest::code), arguments);
            laptop.run(Exit.OK, "whoami");
            thief.run(Exit.NOT_SIGNED_IN, "whoami");
            laptop.run(Exit.NOT_SIGNED_IN, "whoami");
        }
    }

    @Test
    void theWaysToSignInAreNotChangedWhileAnotherCommandUsesTheProfile() throws IOException {
        Device laptop = signedUp("in-use", world.uri(), new ArrayList<>());
        byte[] before = Files.readAllBytes(laptop.profile());
        try (FileChannel other = FileChannel.open(laptop.home.resolve("profile.lock"), READ, WRITE, CREATE);
                FileLock _ = other.lock(0, Long.MAX_VALUE, true)) {
            CommandRun refused = laptop.run(Exit.PROFILE, "totp", "backup-codes", "--json");
            assertTrue(refused.last().get("message").asString().contains("Another nescio command"));
            laptop.run(Exit.OK, "chat", "list");
        }
        assertArrayEquals(before, Files.readAllBytes(laptop.profile()));
        laptop.signUp(Exit.OK, List.of(), "totp", "backup-codes", "--json");
    }

    private static Device recovered(String name, URI server, String recoveryKey, String deviceName) {
        Device device = new Device(name, server);
        device.run(
                Exit.OK,
                List.of(recoveryKey),
                "signin",
                "--json",
                "--recovery-key-stdin",
                "--unsealed-profile",
                "--device-name",
                deviceName);
        return device;
    }

    private static String signUpForItsRecoveryKey(Device device, String address) {
        return device.signUp(
                        Exit.OK,
                        List.of(before -> World.PASSWORD, CommandLineTest::code),
                        "signup",
                        "--json",
                        "--password-stdin",
                        "--unsealed-profile",
                        "--device-name",
                        "the laptop",
                        address)
                .lines()
                .getFirst()
                .get("recoveryKey")
                .asString();
    }

    private static Map<String, String> idsByName(CommandRun list) {
        return list.lines().stream()
                .filter(line -> line.has("name"))
                .collect(Collectors.toMap(
                        line -> line.get("name").asString(),
                        line -> line.get("session").asString()));
    }

    @Test
    void sessionsAreListedAndEndedFromAnotherDevice() throws IOException {
        Device laptop = new Device("sessions", world.uri());
        String key = signUpForItsRecoveryKey(laptop, "sessions@example.org");
        laptop.run(Exit.USAGE, "sessions", "end");
        laptop.run(Exit.USAGE, "sessions", "end", "--others", "--all");
        Device phone = recovered("sessions-phone", world.uri(), key, "the phone");
        Device tablet = recovered("sessions-tablet", world.uri(), key, "the tablet");
        CommandRun list = laptop.run(Exit.OK, "sessions", "list", "--json");
        Map<String, String> ids = idsByName(list);
        assertEquals(Set.of("the laptop", "the phone", "the tablet"), ids.keySet());
        assertEquals(3, list.last().get("sessions").asInt());
        assertEquals(
                List.of("the laptop"),
                list.lines().stream()
                        .filter(line -> line.path("current").asBoolean(false))
                        .map(line -> line.get("name").asString())
                        .toList());
        String shown = laptop.run(Exit.OK, "sessions", "list").out();
        assertTrue(shown.contains("the laptop (cli), this device"), shown);

        laptop.run(Exit.FAILED, "sessions", "end", "0000");
        laptop.run(Exit.OK, "sessions", "end", ids.get("the phone").substring(0, 8));
        CommandRun ended = phone.run(Exit.NOT_SIGNED_IN, "chat", "list", "--json");
        assertTrue(ended.out().contains("session-ended"), ended.out());
        assertFalse(Files.exists(phone.profile()), "a device that was away wipes when it returns");
        assertEquals(
                Set.of("the laptop", "the tablet"),
                idsByName(tablet.run(Exit.OK, "sessions", "list", "--json")).keySet());

        laptop.run(Exit.OK, "sessions", "end", "--others", "--json");
        tablet.run(Exit.NOT_SIGNED_IN, "whoami");
        assertFalse(Files.exists(tablet.profile()));
        Device again = recovered("sessions-again", world.uri(), key, "the phone again");
        laptop.run(Exit.OK, "sessions", "end", "--all");
        assertFalse(Files.exists(laptop.profile()));
        again.run(Exit.NOT_SIGNED_IN, "whoami");
        assertFalse(Files.exists(again.profile()));
    }

    @Test
    void whoHasLostADeviceSignsInAndSignsAllOthersOut() throws IOException {
        Device laptop = new Device("lost-laptop", proxy.uri());
        String key = signUpForItsRecoveryKey(laptop, "lost-laptop@example.org");
        String[] signIn = {"signin", "--json", "--recovery-key-stdin", "--end-others", "--unsealed-profile"};
        Device phone = new Device("lost-phone", proxy.uri());
        CommandRun signedIn = phone.run(Exit.OK, List.of(key), signIn);
        assertEquals("ended", signedIn.last().get("otherSessions").asString());
        laptop.run(Exit.NOT_SIGNED_IN, "whoami");
        assertFalse(Files.exists(laptop.profile()));
        assertEquals(List.of("known"), states(phone), "nor is the other one called hidden");

        proxy.drop(request -> request.path().equals("/v1/signin/key"), true);
        Device tablet = new Device("lost-tablet", proxy.uri());
        CommandRun lost = tablet.run(Exit.UNREACHABLE, List.of(key), signIn);
        assertTrue(
                lost.last().get("message").asString().contains("as before, or all of them are signed out"), lost.out());
        proxy.behave();
        phone.run(Exit.NOT_SIGNED_IN, "whoami");
        tablet.run(Exit.OK, List.of(key), signIn);
        assertEquals(List.of("known"), states(tablet));

        proxy.mutate("/v1/signin/key", answer -> {
            ((ObjectNode) answer.get("directory")).put("sealed", "AAAA".repeat(160));
            return answer;
        });
        CommandRun spoilt = new Device("lost-spoilt", proxy.uri()).run(Exit.DISTRUST, List.of(key), signIn);
        proxy.behave();
        assertTrue(spoilt.last().get("message").asString().contains("may be signed out all the same"), spoilt.out());
        tablet.run(Exit.NOT_SIGNED_IN, "whoami");

        proxy.mutate("/v1/sessions", answer -> {
            ((ArrayNode) answer.get("sessions"))
                    .addObject()
                    .put("session", "ab".repeat(16))
                    .put("createdAt", 0)
                    .put("lastSeenAt", 0)
                    .put("expiresAt", 1)
                    .put("current", false);
            return answer;
        });
        CommandRun listed = new Device("lost-listed", proxy.uri()).run(Exit.OK, List.of(key), signIn);
        assertEquals("listed", listed.last().get("otherSessions").asString());
        assertEquals("ab".repeat(16), listed.last().at("/listed/0").asString());
        CommandRun said = new Device("lost-said", proxy.uri())
                .run(Exit.OK, List.of(key), "signin", "--recovery-key", "--end-others", "--unsealed-profile");
        assertTrue(oneLine(said.out()).contains("still or again: abababab UNKNOWN"), said.out());
        assertFalse(oneLine(said.out()).contains("All your other devices are signed out"), said.out());
        proxy.behave();
        new Device("lost-script", proxy.uri())
                .run(
                        Exit.USAGE,
                        List.of("nescio-access-1"),
                        "signin",
                        "--json",
                        "--access-key-file",
                        "-",
                        "--end-others",
                        "--unsealed-profile");
    }

    @Test
    void aSessionIsRenewedAtHalfOfItsLifeAndACopyOfTheProfileEndsIt() throws IOException {
        Device laptop = new Device("renewed", world.uri());
        signUpForItsRecoveryKey(laptop, "renewed@example.org");
        JsonNode fresh = inClear(laptop);
        laptop.run(Exit.OK, "whoami");
        assertEquals(fresh, inClear(laptop), "more than half is left");

        byte[] copied = halfOver(laptop);
        laptop.run(Exit.OK, "chat", "new", "Plans");
        JsonNode renewed = inClear(laptop);
        assertNotEquals(fresh.get("token"), renewed.get("token"));
        assertEquals(fresh.get("session"), renewed.get("session"));
        laptop.run(Exit.OK, "chat", "list");
        assertEquals(renewed, inClear(laptop));

        Device thief = copy("renewed-thief", copied);
        thief.run(Exit.NOT_SIGNED_IN, "chat", "list");
        laptop.run(Exit.NOT_SIGNED_IN, "chat", "list");
        assertFalse(Files.exists(laptop.profile()));
    }

    /// Several programs on one profile, one of which renews: the token that another one has read must stay good.
    @Test
    void commandsAtOnceOnOneProfileEndNothing() throws Exception {
        Device laptop = new Device("at-once", world.uri());
        signUpForItsRecoveryKey(laptop, "at-once@example.org");
        halfOver(laptop);
        List<Process> running = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            ProcessBuilder process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            "dev.nescio.cli.Nescio",
                            "sessions",
                            "list",
                            "--json")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("at-once." + i).toFile());
            process.environment().put("NESCIO_HOME", laptop.home.toString());
            running.add(process.start());
        }
        for (int i = 0; i < running.size(); i++) {
            assertTrue(running.get(i).waitFor(5, TimeUnit.MINUTES));
            assertEquals(Exit.OK, running.get(i).exitValue(), Files.readString(folder.resolve("at-once." + i)));
        }
        laptop.run(Exit.OK, "sessions", "list");
    }

    private static JsonNode inClear(Device device) throws IOException {
        return Json.LENIENT.readTree(Files.readAllBytes(device.profile())).get("insecureInClear");
    }

    /// @return the profile, which says now that it is time to renew
    private static byte[] halfOver(Device device) throws IOException {
        ObjectNode profile = (ObjectNode) Json.LENIENT.readTree(Files.readAllBytes(device.profile()));
        ((ObjectNode) profile.get("insecureInClear")).put("renewFrom", 1);
        byte[] changed = Json.LENIENT.writeValueAsBytes(profile);
        Files.write(device.profile(), changed);
        return changed;
    }

    /// H17, as a person sees it.
    @Test
    void anInventedAndAHiddenSessionAreNamedAsSuch() {
        Device laptop = new Device("invented", proxy.uri());
        String key = signUpForItsRecoveryKey(laptop, "invented@example.org");
        Device phone = recovered("invented-phone", proxy.uri(), key, "the phone");
        String phoneId =
                idsByName(phone.run(Exit.OK, "sessions", "list", "--json")).get("the phone");
        hide(phoneId);
        recovered("invented-tablet", proxy.uri(), key, "the tablet");
        String shown = laptop.run(Exit.OK, "sessions", "list").out();
        assertTrue(shown.contains("01234567  UNKNOWN"), shown);
        assertTrue(
                shown.contains("the phone (cli), NOT LISTED by the server"),
                "another sign-in erases nothing: " + shown);
        assertEquals(List.of("known", "unknown", "known"), states(laptop), "a hidden one is told once");

        proxy.behave();
        assertEquals(List.of("known", "known", "known"), states(phone), "it puts itself on the list again");
        hide(phoneId);
        assertEquals(List.of("known", "unknown", "known", "hidden"), states(laptop));
        proxy.behave();
    }

    @Test
    void sessionsAreListedThoughTheDirectoryFailsItsCheck() throws IOException {
        Device laptop = new Device("spoilt-directory", proxy.uri());
        signUpForItsRecoveryKey(laptop, "spoilt-directory@example.org");
        String key = laptop.signUp(
                        Exit.OK, List.of(), "accesskey", "new", "--name", "ci", "--domain", "chats:read", "--json")
                .last()
                .get("accessKey")
                .asString();
        Device script = new Device("spoilt-directory-script", proxy.uri());
        script.run(Exit.OK, List.of(key), "signin", "--json", "--access-key-file", "-", "--unsealed-profile");
        proxy.mutate("/v1/account", answer -> {
            ((ObjectNode) answer.get("directory")).put("sealed", "AAAA".repeat(160));
            return answer;
        });
        CommandRun listed = laptop.run(Exit.DISTRUST, "sessions", "list");
        CommandRun ended = laptop.run(Exit.OK, "sessions", "end", "--others");
        laptop.run(Exit.DISTRUST, "chat", "list");
        proxy.behave();
        assertTrue(listed.out().contains("UNKNOWN"), listed.out());
        assertTrue(listed.out().contains(", this device"), listed.out());
        assertTrue(ended.out().contains("All other sessions have ended."), ended.out());
        script.run(Exit.NOT_SIGNED_IN, "chat", "list", "--json");
        assertEquals(List.of("known"), states(laptop));
    }

    @Test
    void aPersonReadsTheLogOfTheAccount() {
        Device laptop = new Device("log", proxy.uri());
        String key = signUpForItsRecoveryKey(laptop, "log@example.org");
        String shown = laptop.run(Exit.OK, "account", "log").out();
        assertTrue(shown.contains("the account was made"), shown);
        assertTrue(shown.contains(", this device)"), shown);
        assertTrue(shown.contains("said by the server: from the network 127.0.0.0/24"), shown);
        Device phone = recovered("log-phone", proxy.uri(), key, "the phone");
        shown = laptop.run(Exit.OK, "account", "log").out();
        assertTrue(shown.contains("signed in with the recovery key"), shown);
        assertTrue(shown.contains("by the phone ("), shown);
        assertEquals(
                List.of("signed-up", "signed-in-with-recovery-key"),
                phone.run(Exit.OK, "account", "log", "--json").lines().stream()
                        .flatMap(line -> line.findValuesAsString("kind").stream())
                        .toList());
        assertEquals(
                "Nothing has happened.",
                laptop.run(Exit.OK, "account", "log", "--since", "9999-01-01")
                        .out()
                        .strip());

        proxy.mutate("/v1/sessions", answer -> {
            ((ArrayNode) answer.get("sessions")).removeAll();
            return answer;
        });
        CommandRun uncompared = laptop.run(Exit.DISTRUST, "account", "log");
        shown = uncompared.out();
        assertTrue(shown.contains("signed in with the recovery key"), "it is shown without names: " + shown);
        assertFalse(shown.contains("by the phone ("), shown);
        assertTrue(oneLine(uncompared.err()).contains("no sound list of your devices"), uncompared.err());

        proxy.mutate("/v1/account/log", answer -> {
            ((ArrayNode) answer.get("entries")).remove(1);
            return answer;
        });
        CommandRun rolledBack = laptop.run(Exit.DISTRUST, "account", "log");
        assertTrue(oneLine(rolledBack.err()).contains("an older state than this device has seen"), rolledBack.err());
        assertTrue(rolledBack.out().contains("the account was made"), "what was served is shown all the same");
        proxy.behave();
        laptop.run(Exit.OK, "account", "log");
    }

    @Test
    void aDeviceThatSignsInIsToldWhatIsNewInTheLogOrWrongWithIt() {
        Device laptop = new Device("log-news", proxy.uri());
        String key = signUpForItsRecoveryKey(laptop, "log-news@example.org");
        laptop.run(Exit.OK, "signout");
        recovered("log-news-phone", proxy.uri(), key, "the phone");
        String shown = signedInAgain(laptop, key);
        assertTrue(shown.contains("2 events in your account's log since this device last showed it"), shown);
        laptop.run(Exit.OK, "account", "log", "--since", "2000-01-01");
        laptop.run(Exit.OK, "account", "log", "--json");
        laptop.run(Exit.OK, "signout");
        shown = signedInAgain(laptop, key);
        assertTrue(shown.contains("4 events in your account's log"), "nobody was shown all of it: " + shown);
        laptop.run(Exit.OK, "account", "log");
        laptop.run(Exit.OK, "signout");
        shown = signedInAgain(laptop, key);
        assertTrue(shown.contains("1 event in your account's log"), shown);
        laptop.run(Exit.OK, "signout");
        proxy.mutate("/v1/account/log", answer -> {
            ((ArrayNode) answer.get("entries")).removeAll();
            return answer;
        });
        shown = signedInAgain(laptop, key);
        assertTrue(oneLine(shown).contains("an older state than this device has seen"), shown);
        proxy.behave();
    }

    @Test
    void aDeviceThatWasOffIsToldByItsNextCommandWhoHasSignedIn() {
        Device laptop = new Device("was-off", proxy.uri());
        String key = signUpForItsRecoveryKey(laptop, "was-off@example.org");
        assertEquals("", laptop.run(Exit.OK, "chat", "list").err(), "nothing is new");
        Device phone = recovered("was-off-phone", proxy.uri(), key, "the phone");
        proxy.drop(request -> request.path().startsWith("/v1/account/log"), false);
        assertEquals("", laptop.run(Exit.OK, "chat", "list").err(), "it cannot ask now, and does its work");
        proxy.behave();
        for (int i = 0; i < 2; i++) {
            CommandRun program = laptop.run(Exit.OK, "chat", "list", "--json");
            assertEquals(1, program.lines().size(), "the result alone: " + program.out());
            assertTrue(program.err().startsWith("{\"alert\":\"new-session\",\"session\":\""), program.err());
            assertTrue(program.err().contains("\"name\":\"the phone\""), program.err());
            assertTrue(program.err().contains("\"originSaidByServer\":\"127.0.0.0/24\""), program.err());
        }
        CommandRun person = laptop.run(Exit.OK, "chat", "list");
        assertTrue(oneLine(person.err()).contains("A new device has signed in to your account"), person.err());
        assertTrue(person.err().contains("the phone (cli)"), person.err());
        assertTrue(oneLine(person.err()).contains("Said by the server: from the network 127.0.0.0/24."), person.err());
        assertFalse(person.out().contains("the phone"), person.out());
        assertEquals("", laptop.run(Exit.OK, "chat", "list").err(), "once");
        assertEquals("", phone.run(Exit.OK, "chat", "list").err(), "its own sign-in is no news");

        phone.run(Exit.OK, "signout");
        signedInAgain(phone, key);
        phone.run(Exit.OK, "signout");
        String ended = oneLine(laptop.run(Exit.OK, "chat", "new", "Plans").err());
        assertTrue(ended.contains("Somebody has signed in to your account"), ended);
        assertTrue(ended.contains("It is signed out."), ended);
        assertEquals("", laptop.run(Exit.OK, "chat", "list").err());
        String back = signedInAgain(phone, key);
        assertFalse(back.contains("has signed in to your account"), "by itself: " + back);
    }

    private static String signedInAgain(Device device, String recoveryKey) {
        CommandRun run = device.run(Exit.OK, List.of(recoveryKey), "signin", "--recovery-key", "--unsealed-profile");
        return run.out() + run.err();
    }

    /// Instead of this session another one is served.
    private static void hide(String id) {
        proxy.mutate("/v1/sessions", answer -> {
            answer.get("sessions").forEach(session -> {
                if (session.get("session").asString().equals(id)) {
                    ((ObjectNode) session).put("session", "0123456789abcdef0123456789abcdef");
                }
            });
            return answer;
        });
    }

    private static List<String> states(Device device) {
        return states(device.run(Exit.OK, "sessions", "list", "--json"));
    }

    private static List<String> states(CommandRun list) {
        return list.lines().stream()
                .flatMap(line -> line.findValuesAsString("state").stream())
                .toList();
    }

    /// Somebody has copied the token of a session, and no key.
    @Test
    void aListOfDevicesThatAThiefHasOverwrittenIsSaidAndTheThiefIsThrownOut() throws IOException {
        Device laptop = new Device("overwritten", world.uri());
        String key = signUpForItsRecoveryKey(laptop, "overwritten@example.org");
        CopiedToken thief = CopiedToken.of(world.uri(), Files.readAllBytes(laptop.profile()));
        thief.overwriteDevices();
        Device phone = new Device("overwritten-phone", world.uri());
        CommandRun signIn = phone.run(Exit.OK, List.of(key), "signin", "--recovery-key", "--unsealed-profile");
        assertTrue(oneLine(signIn.out()).contains("list of your devices does not open"), signIn.out());

        CommandRun list = phone.run(Exit.DISTRUST, "sessions", "list", "--json");
        assertTrue(list.last().get("message").asString().contains("nescio sessions end --others"), list.out());
        assertEquals(List.of("unknown", "unknown"), states(list));
        String laptopId = list.lines().stream()
                .filter(line -> line.has("state") && !line.get("current").asBoolean())
                .map(line -> line.get("session").asString())
                .findFirst()
                .orElseThrow();
        assertTrue(phone.run(Exit.OK, "sessions", "list").out().contains("this device"), "it has begun anew");

        thief.overwriteDevices();
        CommandRun ended = phone.run(Exit.OK, "sessions", "end", "--json", laptopId.substring(0, 8));
        assertEquals("device-list", ended.lines().getFirst().get("alert").asString());
        laptop.run(Exit.NOT_SIGNED_IN, "whoami");
        CommandRun others = phone.run(Exit.OK, "sessions", "end", "--others");
        assertTrue(oneLine(others.out()).contains("list of your devices does not open"), others.out());
        assertFalse(phone.run(Exit.OK, "sessions", "list").out().contains("UNKNOWN"));
    }

    private static String oneLine(String text) {
        return text.replace('\n', ' ');
    }

    /// As a process of its own: it lasts until a signal ends it.
    @Test
    void whoFollowsAChatIsToldOfANewDeviceAndWipesWhenItsSessionEnds() throws Exception {
        Device laptop = new Device("alerted", world.uri());
        String key = signUpForItsRecoveryKey(laptop, "alerted@example.org");
        laptop.run(Exit.OK, "chat", "new", "Plans");
        ProcessBuilder follow = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.nescio.cli.Nescio",
                "chat",
                "read",
                "--follow",
                "Plans");
        follow.environment().put("NESCIO_HOME", laptop.home.toString());
        Process following = follow.redirectErrorStream(true).start();
        try (BufferedReader out = following.inputReader()) {
            awaitLine(out, "following");
            Device phone = recovered("alerted-phone", world.uri(), key, "a new phone");
            // Whoever is slow to name itself is told of before, without a name.
            String alert = awaitLine(out, "a new phone (cli)");
            assertTrue(alert.contains("has signed in"), alert);
            phone.run(Exit.OK, "sessions", "end", "--others");
            assertTrue(following.waitFor(1, TimeUnit.MINUTES));
            assertEquals(Exit.NOT_SIGNED_IN, following.exitValue());
            assertFalse(Files.exists(laptop.profile()));
        } finally {
            following.destroyForcibly();
        }
    }

    private static String awaitLine(BufferedReader out, String part) throws IOException {
        StringBuilder before = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            before.append(line).append('\n');
            if (line.contains(part)) {
                return line;
            }
        }
        throw new AssertionError("no line with " + part + ": " + before);
    }

    @Test
    void aHostileServerIsNamedAndNothingMoreIsSent() {
        Device laptop = signedUp("hostile", proxy.uri(), new ArrayList<>());
        laptop.run(Exit.OK, "chat", "new", "Plans");
        laptop.run(Exit.OK, "chat", "send", "Plans", "the first");
        laptop.run(Exit.OK, "chat", "send", "Plans", "the second");
        proxy.mutate("/v1/containers/", answer -> {
            ((ArrayNode) answer.get("items")).remove(0);
            return answer;
        });
        CommandRun read = laptop.run(Exit.DISTRUST, "chat", "read", "--json", "Plans");
        assertEquals("distrust", read.last().get("problem").asString());
        assertEquals("the second", read.lines().getFirst().get("text").asString(), "what opens is shown");
        CommandRun plain = laptop.run(Exit.DISTRUST, "chat", "read", "Plans");
        assertTrue(plain.err().contains("do not rely on them"), plain.err());
        laptop.run(Exit.DISTRUST, "chat", "send", "Plans", "on top of it");

        proxy.mutate("/v1/signin/lookup", answer -> ((ObjectNode) answer).put("memoryKiB", 8));
        proxy.takeSeen();
        Device phone = new Device("hostile-phone", proxy.uri());
        phone.run(
                Exit.DISTRUST,
                List.of(World.PASSWORD, "000000"),
                "signin",
                "--json",
                "--password-stdin",
                "--code-stdin",
                "--unsealed-profile",
                "hostile@example.org");
        assertEquals(1, proxy.takeSeen().size(), "only the look-up");
        proxy.behave();
    }

    /// Two chats were renamed; the server shows both as they were before, in the list alone.
    @Test
    void aChatThatFailsACheckIsNotChosenByItsTitle() throws Exception {
        Device laptop = signedUp("listed", proxy.uri(), new ArrayList<>());
        ContainerId first = newChat(laptop, "Work");
        ContainerId second = newChat(laptop, "Friends");
        List<JsonNode> history = new ArrayList<>();
        proxy.mutate("/v1/domains/chats", answer -> {
            history.add(answer.deepCopy());
            return answer;
        });
        laptop.run(Exit.OK, "chat", "list");
        proxy.behave();
        byte[] profile = Files.readAllBytes(laptop.home.resolve("profile.json"));
        try (OtherClient other = new OtherClient(world.uri(), profile)) {
            other.describe(first, "{\"title\":\"Ex-employer\"}");
            other.describe(second, "{\"title\":\"Work\"}");
            laptop.run(Exit.OK, "chat", "list");
            proxy.mutate("/v1/domains/chats", answer -> history.getFirst());
            proxy.takeSeen();
            CommandRun send = laptop.run(Exit.DISTRUST, "chat", "send", "--json", "Work", "secret");
            assertEquals("distrust", send.last().get("problem").asString());
            assertTrue(proxy.takeSeen().stream()
                    .noneMatch(request -> request.path().endsWith("/commits")));
            laptop.run(Exit.DISTRUST, "chat", "list");
            proxy.behave();

            other.describe(first, "{\"title\":7}");
            other.write(first, "{\"kind\":\"message\",\"text\":\"hi\",\"sentAt\":-0}");
            CommandRun list = laptop.run(Exit.OK, "chat", "list", "--json");
            assertTrue(list.lines().getFirst().get("unreadable").asBoolean());
            CommandRun read = laptop.run(Exit.OK, "chat", "read", "--json", first.hex());
            assertTrue(read.lines().getFirst().get("unreadable").asBoolean());
            laptop.run(Exit.OK, "chat", "send", first.hex().substring(0, 8), "by its id");
        }
    }

    private static ContainerId newChat(Device device, String title) {
        CommandRun made = device.run(Exit.OK, "chat", "new", "--json", title);
        return ContainerId.parse(made.last().get("chat").asString());
    }

    /// As a process of its own: it lasts until a signal ends it.
    @Test
    void servingSaysInJsonWhereTheServerAnswers() throws IOException, InterruptedException {
        List<String> java = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dnescio.server.dist=" + System.getProperty("nescio.server.dist"),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.nescio.cli.Nescio");
        List<String> serve = List.of(
                "serve",
                "--json",
                "--port",
                "0",
                "--data",
                folder.resolve("served").toString());
        Process serving = new ProcessBuilder(
                        Stream.concat(java.stream(), serve.stream()).toList())
                .redirectError(folder.resolve("serve.log").toFile())
                .start();
        try (BufferedReader out = serving.inputReader()) {
            assertEquals(
                    "serve", Json.LENIENT.readTree(out.readLine()).get("step").asString());
            JsonNode ready = Json.LENIENT.readTree(out.readLine());
            assertEquals("ready", ready.get("step").asString());
            URI server = URI.create(ready.get("server").asString());
            new Socket(server.getHost(), server.getPort()).close();
            serving.destroy();
            assertTrue(serving.waitFor(1, TimeUnit.MINUTES));
            assertThrows(IOException.class, () -> new Socket(server.getHost(), server.getPort()).close());
        } finally {
            serving.destroyForcibly();
        }
    }
}
