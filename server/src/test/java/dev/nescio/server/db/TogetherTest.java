package dev.nescio.server.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.server.Patience;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Everybody who asks gets an outcome, whatever happens to the group.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class TogetherTest {

    private static final int ASKERS = 500;

    /// Asks 0, 1, 2… at the same time.
    private static List<Future<String>> askAll(Together<Integer, String> together) throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        List<Future<String>> outcomes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < ASKERS; i++) {
                int question = i;
                outcomes.add(threads.submit(() -> {
                    go.await();
                    return together.ask(question);
                }));
            }
            go.countDown();
        }
        return outcomes;
    }

    private static List<String> answers(List<Integer> questions) {
        return questions.stream().map(question -> "answer " + question).toList();
    }

    @Test
    void eachGetsItsOwnAnswerAndManyShareAGroup() throws Exception {
        List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch allWait = new CountDownLatch(1);
        Together<Integer, String> together = new Together<>(questions -> {
            await(allWait);
            sizes.add(questions.size());
            return answers(questions);
        });
        Map<Integer, String> outcomes = new ConcurrentHashMap<>();
        List<Thread> askers = IntStream.range(0, ASKERS)
                .mapToObj(i -> Thread.ofVirtual().start(() -> outcomes.put(i, together.ask(i))))
                .toList();
        Patience.until(() -> askers.stream().allMatch(asker -> asker.getState() == Thread.State.WAITING));
        allWait.countDown();
        for (int i = 0; i < ASKERS; i++) {
            askers.get(i).join();
            assertEquals("answer " + i, outcomes.get(i));
        }
        // The first group is of those who came before it was formed; all others found the rest waiting.
        assertEquals(ASKERS, sizes.stream().mapToInt(size -> size).sum());
        List<Integer> others = sizes.subList(1, sizes.size());
        assertTrue(others.size() <= 2, () -> "groups of " + sizes);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void oneBadQuestionSpoilsNoOthers() throws Exception {
        List<Future<String>> outcomes = askAll(new Together<>(questions -> {
            if (questions.contains(7)) {
                throw new IllegalArgumentException("not 7");
            }
            return answers(questions);
        }));
        for (int i = 0; i < ASKERS; i++) {
            if (i == 7) {
                assertEquals(
                        IllegalArgumentException.class,
                        outcomes.get(i).exceptionNow().getClass());
            } else {
                assertEquals("answer " + i, outcomes.get(i).get());
            }
        }
    }

    @Test
    void errorFailsItsGroupAndNoLaterOne() {
        Together<Integer, String> together = new Together<>(questions -> {
            if (questions.contains(7)) {
                throw new OutOfMemoryError("planted");
            }
            return answers(questions);
        });
        assertThrows(StorageUnavailable.class, () -> together.ask(7));
        assertEquals("answer 8", together.ask(8));
    }

    @Test
    void missingAnswersAreFailuresNotSilence() {
        Together<Integer, String> together = new Together<>(questions -> List.of());
        assertThrows(RuntimeException.class, () -> together.ask(1));
        assertThrows(RuntimeException.class, () -> together.ask(2));
    }

    @Test
    void withoutAThreadItIsUnavailableUntilThereIsOne() {
        boolean[] full = {true};
        Together<Integer, String> together = new Together<>(TogetherTest::answers, task -> {
            if (full[0]) {
                throw new RejectedExecutionException("planted");
            }
            Thread.startVirtualThread(task);
        });
        assertThrows(StorageUnavailable.class, () -> together.ask(1));
        full[0] = false;
        assertEquals("answer 2", together.ask(2));
    }
}
