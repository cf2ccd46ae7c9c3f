package dev.nescio.bench;

import dev.nescio.bench.crypto.CryptoBench;
import dev.nescio.bench.server.ServerBench;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// The command line of the benchmarks.
public final class Main {

    static final int WRONG_USAGE = 2;
    static final int MISSED = 3;

    private static final Set<String> FLAGS = Set.of("--json", "--quick");
    private static final String HELP = """
            Benchmarks: each figure beside that of its peer, measured in the same run.

              ./nescio bench crypto   seals and opens beside bare AES-GCM                  (about 6 minutes)
              ./nescio bench server   requests a second, start, demo, memory, beside JDBC  (about 7 minutes)

              --json    one {"name":…,"value":…,"limit":…,"ratio":…,"target":…} a line
              --quick   short rounds: shows that it works, its figures mean little

            Leave the machine alone meanwhile.

            Exit codes, of the benchmarks alone (the nescio command has others; its 3 is a failed sign-in):
              0  All targets were met.
              2  Wrong usage.
              3  A target was missed.
            """;

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(List.of(arguments), out, err));
    }

    /// @return the exit code
    static int run(List<String> arguments, PrintStream out, PrintStream err) throws Exception {
        if (arguments.isEmpty() || arguments.contains("--help") || arguments.contains("-h")) {
            out.print(HELP);
            return 0;
        }
        if (!FLAGS.containsAll(arguments.subList(1, arguments.size()))) {
            err.println("The benchmarks take --json and --quick. See ./nescio bench --help.");
            return WRONG_USAGE;
        }
        boolean quick = arguments.contains("--quick");
        Printer printer = new Printer(out, arguments.contains("--json"));
        switch (arguments.getFirst()) {
            case "crypto" -> CryptoBench.run(quick, printer);
            case "server" -> ServerBench.run(quick, printer);
            default -> {
                err.println("There is \"./nescio bench crypto\" and \"./nescio bench server\".");
                return WRONG_USAGE;
            }
        }
        return printer.missed ? MISSED : 0;
    }

    /// Prints figures as they come and remembers whether one missed its target.
    private static final class Printer implements Consumer<Figure> {

        private final PrintStream out;
        private final boolean json;
        private boolean missed;

        private Printer(PrintStream out, boolean json) {
            this.out = out;
            this.json = json;
            if (!json) {
                out.println(Figure.header());
            }
        }

        @Override
        public void accept(Figure figure) {
            out.println(json ? figure.toJson() : figure.toRow());
            missed |= !figure.isMet();
        }
    }
}
