package dev.nescio.cli.terminal;

/// The end of a command that did not succeed: what the person reads, what a program reads, and the exit
/// code. It holds no secret and no address.
public final class Failure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final String problem;

    /// @param problem a name that stays the same, for programs
    /// @param message what happened, and what to do next
    public Failure(int exitCode, String problem, String message) {
        super(message);
        this.exitCode = exitCode;
        this.problem = problem;
    }

    public static Failure usage(String message) {
        return new Failure(Exit.USAGE, "usage", message);
    }

    public static Failure profile(String message) {
        return new Failure(Exit.PROFILE, "profile", message);
    }

    public int exitCode() {
        return exitCode;
    }

    public String problem() {
        return problem;
    }
}
