package dev.nescio.bench.server;

import dev.nescio.bench.Figure;
import dev.nescio.bench.Figure.Target;
import dev.nescio.cli.Nescio;
import dev.nescio.cli.ServerProcess;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.Transport;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Measures a server under load on both databases, its start and its memory. Peers take turns, several times
/// over, and the median of their ratios counts.
public final class ServerBench {

    private static final int WRITERS = 64;
    private static final int JDBC_CONNECTIONS = 10;
    private static final double RESIDENT_MIB = 200;
    private static final double DEMO_SECONDS = 15;

    /// On two cores the JVM compiles for twenty seconds of load.
    private static final int WARM_UP_ROUNDS = 6;

    private final Consumer<Figure> figures;
    private final int rounds;
    private final Duration round;
    private final Duration rest;
    private final Path folder;

    private ServerBench(boolean quick, Consumer<Figure> figures, Path folder) {
        this.figures = figures;
        this.folder = folder;
        this.rounds = quick ? 1 : 5;
        this.round = quick ? Duration.ofMillis(500) : Duration.ofSeconds(4);
        this.rest = quick ? Duration.ofSeconds(1) : Duration.ofSeconds(30);
    }

    public static void run(boolean quick, Consumer<Figure> figures) throws Exception {
        Path folder = Files.createTempDirectory("nescio-bench");
        try {
            ServerBench bench = new ServerBench(quick, figures, folder);
            bench.start();
            bench.demo();
            bench.onSqlite();
            bench.onPostgres();
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private ServerProcess serve(String name, String... options) throws IOException, InterruptedException {
        return ServerProcess.start(
                Files.createDirectories(folder.resolve(name)),
                ServerProcess.Options.loggingTo(folder.resolve(name + ".log")).withServer(options));
    }

    private void start() throws IOException, InterruptedException {
        serve("start").close();
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            long began = System.nanoTime();
            try (ServerProcess server = serve("start");
                    Connection connection = new Connection(server.uri())) {
                connection.send(Connection.request("GET", "/v1/health", null, null));
                seconds.add((System.nanoTime() - began) / 1e9);
            }
        }
        figures.accept(new Figure("start to first answer", "s", median(seconds), 1, Target.atMost(1)));
    }

    /// The whole demo, as `./nescio demo` runs it once everything is built.
    private void demo() throws IOException, InterruptedException {
        long began = System.nanoTime();
        int exitCode = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dnescio.server.dist=" + System.getProperty("nescio.server.dist"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Nescio.class.getName(),
                        "demo")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
                .waitFor();
        double seconds = (System.nanoTime() - began) / 1e9;
        if (exitCode != 0) {
            throw new IllegalStateException("the demo failed with " + exitCode);
        }
        figures.accept(new Figure("the demo, from sign-up to proof", "s", seconds, DEMO_SECONDS, Target.atMost(1)));
    }

    private void onSqlite() throws Exception {
        try (ServerProcess server = serve("sqlite", "--rate-limits", "off")) {
            List<Writer> writers = writers(server.uri());
            String url = "jdbc:sqlite:" + folder.resolve("sqlite/nescio.db")
                    + "?journal_mode=WAL&synchronous=FULL&busy_timeout=10000&foreign_keys=true";
            try (BareJdbc bare = new BareJdbc(url, writers.getLast())) {
                List<Writer> active = writers.subList(0, WRITERS);
                compareWrites(
                        "SQLite",
                        active,
                        List.of(
                                new Peer("bare one-row commits", List.of(bare::write), 1, Target.atLeast(2)),
                                new Peer(
                                        "bare group commit of " + WRITERS,
                                        List.of(() -> bare.writeGroup(WRITERS)),
                                        WRITERS,
                                        Target.atLeast(0.25))));
                compareReads("SQLite", active, List.of(bare::read));
            }
            compareAddresses("SQLite", server.uri(), writers.getFirst());
            memory("SQLite", server);
            close(writers);
        }
    }

    private void onPostgres() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .start()) {
            String url = postgres.getJdbcUrl("postgres", "postgres");
            try (ServerProcess server = serve("postgresql", "--rate-limits", "off", "--database", url)) {
                List<Writer> writers = writers(server.uri());
                List<BareJdbc> bare = new ArrayList<>();
                for (Writer place : writers.subList(WRITERS, WRITERS + JDBC_CONNECTIONS)) {
                    bare.add(new BareJdbc(url, place));
                }
                List<Rate.Work> writes =
                        bare.stream().<Rate.Work>map(one -> one::write).toList();
                List<Rate.Work> reads =
                        bare.stream().<Rate.Work>map(one -> one::read).toList();
                List<Writer> active = writers.subList(0, WRITERS);
                String name = "bare one-row commits on " + JDBC_CONNECTIONS + " connections";
                compareWrites("PostgreSQL", active, List.of(new Peer(name, writes, 1, Target.atLeast(0.5))));
                compareReads("PostgreSQL", active, reads);
                compareAddresses("PostgreSQL", server.uri(), writers.getFirst());
                memory("PostgreSQL", server);
                for (BareJdbc one : bare) {
                    one.close();
                }
                close(writers);
            }
        }
    }

    /// @return more than write through HTTP: the chats of the last ones are for JDBC
    private static List<Writer> writers(URI server) throws Exception {
        List<Writer> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS + JDBC_CONNECTIONS; i++) {
            writers.add(Writer.signUp(server));
        }
        return writers;
    }

    private static void close(List<Writer> writers) throws IOException {
        for (Writer writer : writers) {
            writer.close();
        }
    }

    /// @param rows what each piece of work writes
    private record Peer(String name, List<Rate.Work> workers, int rows, Target target) {}

    private void compareWrites(String database, List<Writer> writers, List<Peer> peers) throws Exception {
        List<Rate.Work> ours =
                writers.stream().<Rate.Work>map(writer -> writer::write).toList();
        compare("durable writes, " + database, ours, peers);
    }

    private void compareReads(String database, List<Writer> writers, List<Rate.Work> bare) throws Exception {
        List<Rate.Work> ours =
                writers.stream().<Rate.Work>map(writer -> writer::read).toList();
        compare("reads, " + database, ours, List.of(new Peer("bare SELECT", bare, 1, null)));
    }

    private void compare(String name, List<Rate.Work> ours, List<Peer> peers) throws Exception {
        Rate.of(ours, round.multipliedBy(WARM_UP_ROUNDS));
        List<double[]> all = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            double[] rates = new double[1 + peers.size()];
            rates[0] = Rate.of(ours, round);
            for (int peer = 0; peer < peers.size(); peer++) {
                rates[1 + peer] =
                        peers.get(peer).rows() * Rate.of(peers.get(peer).workers(), round);
            }
            all.add(rates);
        }
        for (int i = 0; i < peers.size(); i++) {
            int peer = 1 + i;
            double[] median = all.stream()
                    .sorted(Comparator.comparingDouble(rates -> rates[0] / rates[peer]))
                    .toList()
                    .get(rounds / 2);
            figures.accept(new Figure(
                    name + ", beside " + peers.get(i).name(),
                    "/s",
                    median[0],
                    median[peer],
                    peers.get(i).target()));
        }
    }

    /// The time of an answer must not tell whether an address has an account. Both take turns on the same
    /// connection, and in going first.
    private void compareAddresses(String database, URI server, Writer known) throws IOException {
        SignIn.Lookup hers = new SignIn.Lookup(known.signedUpWith().hashedEmail());
        SignIn.Lookup nobodys = new SignIn.Lookup(Writer.bytes(32));
        compareAnswers("lookup, " + database, server, "/v1/signin/lookup", hers, nobodys);
        compareAnswers(
                "refused sign-in, " + database,
                server,
                "/v1/signin",
                new SignIn.Attempt(hers.hashedEmail(), Writer.bytes(32), "000000", null, Transport.BEARER, false),
                new SignIn.Attempt(nobodys.hashedEmail(), Writer.bytes(32), "000000", null, Transport.BEARER, false));
    }

    private void compareAnswers(String name, URI server, String path, Object known, Object unknown) throws IOException {
        byte[][] requests = {request(path, known), request(path, unknown)};
        List<List<Double>> micros = List.of(new ArrayList<>(), new ArrayList<>());
        try (Connection connection = new Connection(server)) {
            for (int i = 0; i < 2000 * rounds; i++) {
                for (int turn = 0; turn < 2; turn++) {
                    int which = (turn + i) % 2;
                    long began = System.nanoTime();
                    connection.exchange(requests[which]);
                    micros.get(which).add((System.nanoTime() - began) / 1e3);
                }
            }
        }
        double[] medians = {median(micros.getFirst()), median(micros.getLast())};
        Arrays.sort(medians);
        figures.accept(new Figure(
                name + ": the slower of known and unknown address, beside the faster",
                "µs",
                medians[1],
                medians[0],
                Target.atMost(1.05)));
    }

    private static byte[] request(String path, Object body) {
        String json = new String(Json.STRICT.writeValueAsBytes(body), StandardCharsets.US_ASCII);
        return Connection.request("POST", path, null, json);
    }

    private void memory(String database, ServerProcess server) throws IOException, InterruptedException {
        Path status = Path.of("/proc", Long.toString(server.pid()), "status");
        if (!Files.exists(status)) {
            return; // Only Linux tells.
        }
        Thread.sleep(rest);
        double kibibytes = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
        figures.accept(new Figure(
                "resident when idle after the load, " + database,
                "MiB",
                kibibytes / 1024,
                RESIDENT_MIB,
                Target.atMost(1)));
    }

    private static double median(List<Double> numbers) {
        return numbers.stream().sorted().toList().get(numbers.size() / 2);
    }
}
