package dev.nescio.server.db;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers all questions that wait at the same time as one group, one group after the other. So what a group
/// costs is shared by all who wait: a transaction, a flush of the disk, the round trips to a database. Safe for
/// use by many threads.
///
/// There is no thread that could die: a group gets one when it is needed, and whatever happens to the group,
/// each of its callers is answered or told of a failure.
public final class Together<Q, A> {

    private static final Logger LOG = LoggerFactory.getLogger(Together.class);
    private static final int LARGEST_GROUP = 256;

    /// No virtual threads: while all processors are busy with requests, the group that these wait for would come last.
    private static final Executor THREADS = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("together-", 0).factory());

    private final Work<Q, A> work;
    private final Executor threads;
    private final Queue<Waiting<Q, A>> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean answering = new AtomicBoolean();

    public Together(Work<Q, A> work) {
        this(work, THREADS);
    }

    /// @param threads where groups are answered
    Together(Work<Q, A> work, Executor threads) {
        this.work = work;
        this.threads = threads;
    }

    /// What is done for a group. It does all or nothing.
    public interface Work<Q, A> {

        /// @return an answer to each question, in the same order
        /// @throws StorageUnavailable if no question can be answered now. Any other failure may be the fault of
        ///     one question, so that each is then asked alone.
        List<A> answer(List<Q> questions);
    }

    private record Waiting<Q, A>(Q question, CompletableFuture<A> answer) {}

    /// Returns once the group that this question fell into is done.
    public A ask(Q question) {
        Waiting<Q, A> waiting = new Waiting<>(question, new CompletableFuture<>());
        queue.add(waiting);
        answerSomewhere();
        try {
            return waiting.answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private void answerSomewhere() {
        if (answering.compareAndSet(false, true)) {
            try {
                threads.execute(this::answerAll);
            } catch (RuntimeException | Error e) { // No thread is left, or this server stops.
                answering.set(false);
                for (List<Waiting<Q, A>> group = next(); !group.isEmpty(); group = next()) {
                    fail(group, new StorageUnavailable("no more is accepted now", e));
                }
            }
        }
    }

    private void answerAll() {
        try {
            for (List<Waiting<Q, A>> group = next(); !group.isEmpty(); group = next()) {
                answer(group);
            }
        } finally {
            answering.set(false);
            if (!queue.isEmpty()) { // It was filled after the last look.
                answerSomewhere();
            }
        }
    }

    private List<Waiting<Q, A>> next() {
        List<Waiting<Q, A>> group = new ArrayList<>(LARGEST_GROUP);
        Waiting<Q, A> waiting;
        while (group.size() < LARGEST_GROUP && (waiting = queue.poll()) != null) {
            group.add(waiting);
        }
        return group;
    }

    private void answer(List<Waiting<Q, A>> group) {
        try {
            List<A> answers = work.answer(group.stream().map(Waiting::question).toList());
            for (int i = 0; i < group.size(); i++) {
                group.get(i).answer.complete(answers.get(i));
            }
        } catch (StorageUnavailable e) {
            fail(group, e);
        } catch (RuntimeException e) {
            if (group.size() == 1) {
                fail(group, e);
            } else {
                group.forEach(waiting -> answer(List.of(waiting)));
            }
        } catch (Error e) { // Out of memory, say. Those who ask later may have more luck.
            fail(group, new StorageUnavailable("this cannot be done now", e));
            LOG.error("a group of questions failed", e);
        }
    }

    private void fail(List<Waiting<Q, A>> group, RuntimeException failure) {
        group.forEach(waiting -> waiting.answer.completeExceptionally(failure));
    }
}
