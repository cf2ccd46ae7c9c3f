package dev.nescio.server.config;

/// The server cannot run like this, and the operator can change that. The message says what is wrong and
/// what to do next; it is all that the operator is shown.
public final class UnusableSetting extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnusableSetting(String message) {
        super(message);
    }

    public UnusableSetting(String message, Throwable cause) {
        super(message, cause);
    }
}
