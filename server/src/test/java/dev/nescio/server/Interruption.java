package dev.nescio.server;

import dev.nescio.server.db.Database;
import dev.nescio.server.db.Dialect;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;

/// Runs something else, once, at a point of another request that writes.
final class Interruption implements SqlLogger {

    private record Point(String sql, Runnable work) {}

    private final AtomicReference<Runnable> beforeTransaction = new AtomicReference<>();
    private final AtomicReference<Point> beforeStatement = new AtomicReference<>();

    void beforeTransaction(Runnable work) {
        beforeTransaction.set(work);
    }

    /// @param sql a part of the statement
    void beforeStatement(String sql, Runnable work) {
        beforeStatement.set(new Point(sql, work));
    }

    /// Long enough for what another thread does in the meantime, unless it has to wait for this one.
    static void pause() {
        try {
            Thread.sleep(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void logBeforeExecution(StatementContext context) {
        Point point = beforeStatement.get();
        if (point != null
                && context.getRenderedSql().contains(point.sql)
                && beforeStatement.compareAndSet(point, null)) {
            point.work.run();
        }
    }

    Database in(Database database) {
        return new Database() {
            @Override
            public <T> T write(Work<T> work) {
                Runnable before = beforeTransaction.getAndSet(null);
                if (before != null) {
                    before.run();
                }
                return database.write(transaction -> {
                    transaction.handle().getConfig(SqlStatements.class).setSqlLogger(Interruption.this);
                    return work.run(transaction);
                });
            }

            @Override
            public <T> T read(Work<T> work) {
                return database.read(work);
            }

            @Override
            public <T> T query(Work<T> work) {
                return database.query(work);
            }

            @Override
            public Dialect dialect() {
                return database.dialect();
            }

            @Override
            public void close() {
                database.close();
            }
        };
    }
}
