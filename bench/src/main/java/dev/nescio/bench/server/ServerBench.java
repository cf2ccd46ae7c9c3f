package dev.nescio.bench.server;

import dev.nescio.bench.Figure;
import java.util.function.Consumer;

public final class ServerBench {
    private ServerBench() {}

    public static void run(boolean quick, Consumer<Figure> figures) {}
}
