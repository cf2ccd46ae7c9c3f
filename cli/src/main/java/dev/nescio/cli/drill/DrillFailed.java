package dev.nescio.cli.drill;

/// The drill could not be done. It says nothing about what the server holds.
public final class DrillFailed extends Exception {

    private static final long serialVersionUID = 1L;

    DrillFailed(String message) {
        super(message);
    }

    DrillFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
