package dev.nescio.server.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nescio.server.Backend;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What both databases promise.
@ParameterizedClass
@EnumSource(Backend.class)
class DatabaseTest {

    @Parameter
    Backend backend;

    @TempDir
    Path folder;

    private Database database;

    @BeforeEach
    void open() {
        database = Databases.open(backend.fresh(folder));
        database.write(transaction -> transaction.handle().execute("CREATE TABLE note (n BIGINT PRIMARY KEY)"));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static int insert(Transaction transaction, long n) {
        return transaction.handle().execute("INSERT INTO note (n) VALUES (?)", n);
    }

    private List<Long> notes() {
        return database.read(transaction -> transaction
                .handle()
                .createQuery("SELECT n FROM note ORDER BY n")
                .mapTo(Long.class)
                .list());
    }

    @Test
    void writeIsSeenByTheNextRead() {
        int rows = database.write(transaction -> insert(transaction, 7));
        assertEquals(1, rows);
        assertEquals(List.of(7L), notes());
    }

    @Test
    void failingWriteLeavesNothing() {
        assertThrows(
                IllegalArgumentException.class,
                () -> database.write(transaction -> {
                    insert(transaction, 1);
                    throw new IllegalArgumentException("a mistake half way");
                }));
        database.write(transaction -> insert(transaction, 2));
        assertThrows(
                UnableToExecuteStatementException.class,
                () -> database.write(transaction -> {
                    insert(transaction, 3);
                    return insert(transaction, 2);
                }));
        assertEquals(List.of(2L), notes());
    }

    @Test
    void undoneWriteLeavesNothingAndAnswers() {
        assertEquals("answer", database.write(transaction -> {
            insert(transaction, 1);
            transaction.undo();
            return "answer";
        }));
        assertEquals(List.of(), notes());
    }

    @Test
    void writesThatWaitTogetherDoNotShareTheirFailures() throws Exception {
        int writes = 200;
        CountDownLatch go = new CountDownLatch(1);
        List<Future<Integer>> futures = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < writes; i++) {
                long n = i;
                futures.add(threads.submit(() -> {
                    go.await();
                    return database.write(transaction -> {
                        int rows = insert(transaction, n);
                        if (n % 3 == 0) {
                            throw new IllegalArgumentException("every third one fails");
                        }
                        if (n % 3 == 1) {
                            transaction.undo();
                        }
                        return rows;
                    });
                }));
            }
            go.countDown();
        }
        List<Long> kept = new ArrayList<>();
        for (int i = 0; i < writes; i++) {
            if (i % 3 == 0) {
                assertEquals(Future.State.FAILED, futures.get(i).state());
            } else {
                assertEquals(1, futures.get(i).get());
            }
            if (i % 3 == 2) {
                kept.add((long) i);
            }
        }
        assertEquals(kept, notes());
    }

    @Test
    void readsSeeOneInstant() {
        database.write(transaction -> insert(transaction, 1));
        List<Long> counts = database.read(transaction -> {
            long before = count(transaction);
            Thread writer = Thread.ofVirtual().start(() -> database.write(other -> insert(other, 2)));
            join(writer);
            return List.of(before, count(transaction));
        });
        assertEquals(List.of(1L, 1L), counts);
        assertEquals(List.of(1L, 2L), notes());
    }

    private static long count(Transaction transaction) {
        return transaction
                .handle()
                .createQuery("SELECT COUNT(*) FROM note")
                .mapTo(Long.class)
                .one();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void readsCannotWrite() {
        assertThrows(RuntimeException.class, () -> database.read(transaction -> insert(transaction, 1)));
        assertEquals(List.of(), notes());
    }

    /// Out of memory in one of them, say.
    @Test
    void writesGoOnAfterOneThatBrokeTheWriter() {
        assertThrows(
                Throwable.class,
                () -> database.write(transaction -> {
                    insert(transaction, 1);
                    throw new OutOfMemoryError("planted");
                }));
        database.write(transaction -> insert(transaction, 2));
        assertEquals(List.of(2L), notes());
    }

    @Test
    void writesGoOnAfterOneThatWasInterrupted() {
        database.write(transaction -> {
            int rows = insert(transaction, 1);
            Thread.currentThread().interrupt();
            return rows;
        });
        Thread.interrupted(); // Where writes run on the thread of their caller.
        database.write(transaction -> insert(transaction, 2));
        assertEquals(List.of(1L, 2L), notes());
    }

    /// PostgreSQL ends one of them. SQLite has one writer, so that none has to wait for another.
    @Test
    void ofTwoWritesThatWaitForEachOtherOneIsUnavailable() throws Exception {
        if (backend != Backend.POSTGRESQL) {
            return;
        }
        database.write(transaction -> insert(transaction, 1) + insert(transaction, 2));
        CountDownLatch both = new CountDownLatch(2);
        List<Future<Integer>> writes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (long[] order : new long[][] {{1, 2}, {2, 1}}) {
                writes.add(threads.submit(() -> database.write(transaction -> {
                    int rows = touch(transaction, order[0]);
                    both.countDown();
                    await(both);
                    return rows + touch(transaction, order[1]);
                })));
            }
        }
        List<Future<Integer>> ended = writes.stream()
                .filter(write -> write.state() == Future.State.FAILED)
                .toList();
        assertEquals(1, ended.size());
        assertEquals(StorageUnavailable.class, ended.getFirst().exceptionNow().getClass());
        assertEquals(List.of(1L, 2L), notes());
    }

    private static int touch(Transaction transaction, long n) {
        return transaction.handle().execute("UPDATE note SET n = n WHERE n = ?", n);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void writeAfterClosingIsRefused() {
        Database closed = Databases.open(backend.fresh(folder));
        closed.close();
        assertThrows(RuntimeException.class, () -> closed.write(transaction -> insert(transaction, 1)));
    }
}
