package dev.nescio.server;

import java.time.Duration;
import org.slf4j.LoggerFactory;

/// Does a task again and again, whatever becomes of it once.
final class Sweeper implements AutoCloseable {

    private final Thread thread;

    private Sweeper(Thread thread) {
        this.thread = thread;
    }

    static Sweeper start(Duration pause, Runnable task) {
        return new Sweeper(Thread.ofVirtual().name("sweeper").start(() -> repeat(pause, task)));
    }

    private static void repeat(Duration pause, Runnable task) {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(pause);
                task.run();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LoggerFactory.getLogger(Sweeper.class).warn("sweeping failed and will be tried again", e);
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
