package dev.nescio.protocol;

/// Messages of an account reset (spec, section 10.18). What follows on `start` has the shape of a sign-up's
/// messages: a reset is a sign-up that takes the place of an account.
public final class Resets {

    private Resets() {}

    /// The answer to `POST /v1/reset/code`, the same whatever is known of the address. There is no handle: the code
    /// says all that begins a reset.
    ///
    /// @param expiresAt until when the code, if one was mailed, begins a reset
    public record CodeAsked(long expiresAt) {

        public CodeAsked {
            Check.counter("expiresAt", expiresAt);
        }
    }

    /// `POST /v1/reset/start`: the hash of a reset code, and all that the device has made for the account that begins
    /// anew under the same address.
    public record Start(Bytes resetCodeHash, SignUp.Start account) {

        public Start {
            Check.length("resetCodeHash", resetCodeHash, 32);
            Check.present("account", account);
        }

        @Override
        public String toString() {
            return "Start[redacted]";
        }
    }
}
