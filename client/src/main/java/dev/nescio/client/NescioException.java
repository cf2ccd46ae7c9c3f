package dev.nescio.client;

import java.time.Duration;

/// Something outside this program kept a call from being done. What a caller has to decide comes as a
/// sealed result instead. No message holds a secret or an address.
public sealed class NescioException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NescioException(String message, Throwable cause) {
        super(message, cause);
    }

    /// The server could not be reached, or the connection broke. Nothing acknowledged was lost; try again.
    public static final class Unreachable extends NescioException {

        private static final long serialVersionUID = 1L;

        Unreachable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /// The session has ended: signed out, revoked or expired. Sign in again.
    public static final class SessionEnded extends NescioException {

        private static final long serialVersionUID = 1L;

        SessionEnded() {
            super("This session has ended. Sign in again.", null);
        }
    }

    /// The server asks to wait.
    public static final class TooManyRequests extends NescioException {

        private static final long serialVersionUID = 1L;

        private final Duration retryAfter;

        TooManyRequests(Duration retryAfter) {
            super("Too many tries. Wait " + retryAfter.toSeconds() + " seconds and try again.", null);
            this.retryAfter = retryAfter;
        }

        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /// The server refused a request, or failed. `problem` is the name in the spec, section 11.
    public static final class Refused extends NescioException {

        private static final long serialVersionUID = 1L;

        private final String problem;

        Refused(String problem, String message) {
            super(message, null);
            this.problem = problem;
        }

        public String problem() {
            return problem;
        }
    }

    /// A chat was listed under another title than it has now: another device has renamed it meanwhile, or the server
    /// showed an old list. [Chat#title] has the new one, and nothing was sent.
    public static final class TitleChanged extends NescioException {

        private static final long serialVersionUID = 1L;

        TitleChanged() {
            super("This chat has another title than the one that it was listed under. Nothing was sent.", null);
        }
    }

    /// The server's answer failed a check: an attack, a broken server or a restored backup. `finding` says
    /// which check. There is one kind of exception for all, and nothing is sent that depends on it.
    public static final class Distrust extends NescioException {

        private static final long serialVersionUID = 1L;

        private final Finding finding;

        Distrust(Finding finding) {
            super(finding.text(), null);
            this.finding = finding;
        }

        /// @param of what it was found of, for a person
        Distrust(Finding finding, String of) {
            super(finding.text() + " It was found of " + of + ".", null);
            this.finding = finding;
        }

        public Finding finding() {
            return finding;
        }
    }
}
