package dev.nescio.server.http;

import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Problem;
import java.time.Duration;

/// A request that is answered with a problem. The one place where outcomes of the features become RFC 9457
/// problems. Has no stack trace: it is an answer, not a mistake.
public final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;
    private final Duration retryAfter;

    private Refusal(Problem problem, Duration retryAfter) {
        super(problem.type(), null, false, false);
        this.problem = problem;
        this.retryAfter = retryAfter;
    }

    public static Refusal of(ProblemType type) {
        return new Refusal(type.problem(null), null);
    }

    /// @param status what the HTTP server has decided
    static Refusal ofStatus(int status) {
        return new Refusal(ProblemType.ofStatus(status), null);
    }

    /// @param detail a sentence that does not repeat what was sent
    public static Refusal badRequest(String detail) {
        return new Refusal(ProblemType.BAD_REQUEST.problem(detail), null);
    }

    public static Refusal wrongCode(int triesLeft) {
        return with(ProblemType.WRONG_CODE, triesLeft, null, null, null, null, null);
    }

    public static Refusal listConflict(long listCounter) {
        return with(ProblemType.LIST_CONFLICT, null, listCounter, null, null, null, null);
    }

    public static Refusal directoryConflict(long directoryCounter) {
        return with(ProblemType.DIRECTORY_CONFLICT, null, null, null, directoryCounter, null, null);
    }

    public static Refusal manifestConflict(long manifestCounter) {
        return with(ProblemType.MANIFEST_CONFLICT, null, null, manifestCounter, null, null, null);
    }

    public static Refusal itemConflict(ItemId item) {
        return with(ProblemType.ITEM_CONFLICT, null, null, null, null, item, null);
    }

    /// @param devicesCounter 0 before there is a list
    public static Refusal devicesConflict(long devicesCounter) {
        return with(ProblemType.DEVICES_CONFLICT, null, null, null, null, null, devicesCounter);
    }

    /// The members in the order of [Problem], null where the problem has no such member.
    private static Refusal with(
            ProblemType type,
            Integer triesLeft,
            Long listCounter,
            Long manifestCounter,
            Long directoryCounter,
            ItemId item,
            Long devicesCounter) {
        Problem plain = type.problem(null);
        return new Refusal(
                new Problem(
                        plain.type(),
                        plain.title(),
                        plain.status(),
                        null,
                        triesLeft,
                        listCounter,
                        manifestCounter,
                        directoryCounter,
                        item,
                        devicesCounter),
                null);
    }

    public static Refusal tooManyRequests(Duration retryAfter) {
        return new Refusal(ProblemType.TOO_MANY_REQUESTS.problem(null), retryAfter);
    }

    public static Refusal mailUnavailable() {
        return new Refusal(ProblemType.MAIL_UNAVAILABLE.problem(null), Duration.ofMinutes(1));
    }

    public static Refusal unavailable(Duration retryAfter) {
        return new Refusal(ProblemType.UNAVAILABLE.problem(null), retryAfter);
    }

    Problem problem() {
        return problem;
    }

    /// Whether the endpoint says in its table entry that it may answer so.
    boolean isDeclaredBy(Endpoint endpoint) {
        return endpoint.problems().stream()
                .anyMatch(type -> type.problem(null).type().equals(problem.type()));
    }

    /// @return null where there is nothing to wait for
    Duration retryAfter() {
        return retryAfter;
    }
}
