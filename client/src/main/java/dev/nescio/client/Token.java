package dev.nescio.client;

import dev.nescio.protocol.Bytes;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// The token of a session. A renewal exchanges it, while no request is under way: one that came with the token before
/// would end the session (spec, section 10.4). Safe for use by many threads.
final class Token {

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private Bytes current;

    Token(Bytes current) {
        this.current = current;
    }

    /// @param request done with the token of this moment, and done when it returns
    <T> T use(Function<Bytes, T> request) {
        lock(lock.readLock());
        try {
            return request.apply(current);
        } finally {
            lock.readLock().unlock();
        }
    }

    /// Waits for the requests that are under way, and keeps others waiting until the next token is there.
    ///
    /// @param renewal may itself [#use] the token before
    void exchange(UnaryOperator<Bytes> renewal) {
        lock(lock.writeLock());
        try {
            current = renewal.apply(current);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /// Answers of the server are handed on by the common pool. Whoever waits in a thread of that pool, as the work of a
    /// [java.util.concurrent.CompletableFuture] does, must say so, or nobody is left to hand on what is waited for.
    private static void lock(Lock wanted) {
        try {
            ForkJoinPool.managedBlock(new ForkJoinPool.ManagedBlocker() {

                private boolean held;

                @Override
                public boolean block() {
                    wanted.lock();
                    held = true;
                    return true;
                }

                @Override
                public boolean isReleasable() {
                    return held;
                }
            });
        } catch (InterruptedException e) {
            throw new IllegalStateException("waiting for a lock is not interrupted", e);
        }
    }

    @Override
    public String toString() {
        return "Token[redacted]";
    }
}
