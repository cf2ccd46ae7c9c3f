package dev.nescio.protocol;

/// A value from outside breaks the protocol. The message is shown to the sender, so it never repeats the
/// value.
public final class InvalidField extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public InvalidField(String message) {
        super(message);
    }

    public InvalidField(String message, Throwable cause) {
        super(message, cause);
    }
}
