package dev.nescio.cli.demo;

/// A step did not do what it says.
final class StepFailed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StepFailed(String message) {
        super(message);
    }

    static void unless(boolean holds, String otherwise) {
        if (!holds) {
            throw new StepFailed(otherwise);
        }
    }
}
