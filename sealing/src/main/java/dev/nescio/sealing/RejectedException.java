package dev.nescio.sealing;

/// What was sealed does not open. There is one such exception, whatever the cause, so that nothing a
/// program does afterwards depends on the cause.
public final class RejectedException extends Exception {

    private static final long serialVersionUID = 1L;

    /// For local diagnosis and tests. Must not change what is sent afterwards (spec, section 5.1).
    public enum Reason {
        /// Too short or too long to be what it should be.
        MALFORMED("malformed"),
        /// A format version that this reader does not know.
        UNSUPPORTED_VERSION("unsupported-version"),
        /// Sealed under another key.
        WRONG_KEY("wrong-key"),
        /// Changed, cut, moved, or meant for another place.
        DAMAGED("damaged");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        /// The name in the spec and in the vectors.
        public String text() {
            return text;
        }
    }

    private final Reason reason;

    public RejectedException(Reason reason) {
        super("rejected: this was not sealed for this place with this key, or it was changed");
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
