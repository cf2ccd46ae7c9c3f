package dev.nescio.server;

import dev.nescio.server.config.Options;
import dev.nescio.server.config.UnusableSetting;
import dev.nescio.server.db.Dump;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;

/// The command line of the server.
public final class Main {

    private static final String HELP = """
            The Nescio server: keeps what people write, and cannot read it.

              serve   (what it does when no command is given) starts the server
              reset-code  lets an account be begun anew: 'nescio serve reset-code' asks and calls it
              dump    prints all that the database holds, a JSON object a line: what a thief would have
              rehearse  starts on an empty folder, answers itself and stops: what ./nescio runs to make the JVM's AOT cache

            Options:
              --data DIR             everything that is not elsewhere         (./nescio-data)
              --host HOST            the address to listen on                 (127.0.0.1)
              --port N               the port; 0 for any that is free         (8300)
              --database DATABASE    sqlite, or jdbc:postgresql://host/name   (sqlite, in the data folder)
                                     also NESCIO_DATABASE; user and password in NESCIO_DATABASE_USER and
                                     NESCIO_DATABASE_PASSWORD
              --keyring FILE         the server's own keys; keep a copy       (keyring in the data folder)
              --tls-certificate FILE   serve https: the chain as PEM, taken anew when it is
              --tls-key FILE           renewed, and its private key           (plain http)
              --behind-proxy ADDRESS[,ADDRESS]   whose X-Forwarded-For and
                                     X-Forwarded-Proto to believe             (no)
              --public-url URL       where browsers find this server          (http://localhost:PORT)
                                     passkeys are bound to its host name: it cannot change later
              --sign-up open|closed  whether anybody can make an account      (open)
              --smtp FILE            confirm addresses by mail, sent by the mail server that
                                     this file names                          (off)
                                     lines host, port, security = tls|starttls|none, user, password, from
              --rate-limits normal|off   off only for load tests              (normal)
            """;

    private Main() {}

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        try {
            run(Arrays.asList(arguments), out);
        } catch (UnusableSetting e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static void run(List<String> arguments, PrintStream out) {
        if (arguments.contains("--help") || arguments.contains("-h")) {
            out.print(HELP);
            out.flush();
            return;
        }
        boolean command = !arguments.isEmpty() && !arguments.getFirst().startsWith("-");
        List<String> rest = command ? arguments.subList(1, arguments.size()) : arguments;
        Options options = Options.parse(rest, System.getenv());
        switch (command ? arguments.getFirst() : "serve") {
            case "serve" -> serve(options, out);
            case "rehearse" -> rehearse();
            case "reset-code" -> ResetCodeCommand.run(options.settings(), standardInput(), out, Clock.systemUTC());
            case "dump" -> Dump.print(options.settings().database(), out);
            default -> throw new UnusableSetting("There is no command like this. See --help for those that there are.");
        }
    }

    private static BufferedReader standardInput() {
        return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    }

    private static void rehearse() {
        try {
            Rehearsal.run();
        } catch (IOException e) {
            throw new UnusableSetting("The rehearsal failed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void serve(Options options, PrintStream out) {
        Server server = Server.start(options.settings());
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(server::close));
        String scheme = options.settings().tls() == null ? "http" : "https";
        String found =
                options.givenPublicUrl().map(url -> " as " + url.origin()).orElse("");
        out.println(
                "Nescio is ready on " + scheme + "://" + host(options.settings().host()) + ":" + server.port() + found);
        out.flush();
    }

    /// As it stands in an address. One that stands for every address of this machine is none to connect to.
    private static String host(String host) {
        if (host.equals("0.0.0.0") || host.equals("::")) {
            return "127.0.0.1";
        }
        return host.contains(":") ? "[" + host + "]" : host;
    }
}
