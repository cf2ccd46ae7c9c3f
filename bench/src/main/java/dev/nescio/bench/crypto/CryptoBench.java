package dev.nescio.bench.crypto;

import dev.nescio.bench.Figure;
import dev.nescio.bench.Figure.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Measures sealing beside bare AES-GCM. A machine's speed wanders, so the forms of one operation run one
/// right after the other, several times over, and the median of their ratios counts.
public final class CryptoBench {

    private static final String STREAM = "8388608";

    private final boolean quick;
    private final Consumer<Figure> figures;

    private CryptoBench(boolean quick, Consumer<Figure> figures) {
        this.quick = quick;
        this.figures = figures;
    }

    public static void run(boolean quick, Consumer<Figure> figures) throws RunnerException {
        CryptoBench bench = new CryptoBench(quick, figures);
        bench.both("200 B", "200", "seal", "open", null);
        bench.both("1 KiB", "1024", "seal", "open", Target.atLeast(0.5));
        bench.both("64 KiB", "65536", "seal", "open", Target.atLeast(0.85));
        bench.both("stream of 8 MiB", STREAM, "sealStream", "openStream", Target.atLeast(0.85));
    }

    private void both(String content, String size, String seal, String open, Target target) throws RunnerException {
        compare("seal " + content, size, seal, bare(seal), target);
        compare("open " + content, size, open, bare(open), target);
    }

    private static String bare(String operation) {
        return "bare" + operation.substring(0, 1).toUpperCase(Locale.ROOT) + operation.substring(1);
    }

    private void compare(String name, String size, String ours, String bare, Target target) throws RunnerException {
        List<double[]> rounds = new ArrayList<>();
        for (int round = 0; round < (quick ? 1 : 5); round++) {
            rounds.add(new double[] {
                megabytesPerSecond(ours, size, "jdk"),
                megabytesPerSecond(bare, size, "jdk"),
                hasAccp() ? megabytesPerSecond(bare, size, "accp") : Double.NaN
            });
        }
        figures.accept(figure(name, rounds, 1, target));
        if (hasAccp()) {
            figures.accept(figure(name + ", beside ACCP", rounds, 2, null));
        }
    }

    /// The round whose ratio is the median.
    private static Figure figure(String name, List<double[]> rounds, int peer, Target target) {
        double[] median = rounds.stream()
                .sorted(Comparator.comparingDouble(round -> round[0] / round[peer]))
                .toList()
                .get(rounds.size() / 2);
        return new Figure(name, "MB/s", median[0], median[peer], target);
    }

    /// The native library is there for Linux on x86-64 only.
    private static boolean hasAccp() {
        return System.getProperty("os.name").equals("Linux")
                && Arrays.asList("amd64", "x86_64").contains(System.getProperty("os.arch"));
    }

    private double megabytesPerSecond(String operation, String size, String provider) throws RunnerException {
        OptionsBuilder options = new OptionsBuilder();
        options.include("\\.Operations\\." + operation + "$")
                .param("size", size)
                .forks(1)
                .jvmArgs(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Xms512m",
                        "-Xmx512m")
                .warmupIterations(quick ? 1 : 4)
                .warmupTime(TimeValue.milliseconds(quick ? 100 : 400))
                .measurementIterations(quick ? 1 : 5)
                .measurementTime(TimeValue.milliseconds(quick ? 100 : 200))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        if (operation.startsWith("bare")) {
            options.param("provider", provider);
        }
        double micros =
                new Runner(options.build()).runSingle().getPrimaryResult().getScore();
        return Long.parseLong(size) / micros;
    }
}
