package dev.nescio.client;

import dev.nescio.protocol.SessionId;
import java.util.Optional;

/// The sessions of an account, and nothing else of it. They are shown and ended also where the directory of
/// the ways to sign in fails its check: whoever could spoil it could else keep a session from being seen
/// (spec, section 9.4). Safe for use by many threads.
public final class AccountSessions implements AutoCloseable {

    private final Account account;
    private final Optional<Finding> directory;

    /// @param account closed with this one
    /// @param directory what is wrong with the directory
    AccountSessions(Account account, Optional<Finding> directory) {
        this.account = account;
        this.directory = directory;
    }

    /// As [Account#sessions].
    public SessionReading read() {
        SessionReading reading = account.sessions();
        if (directory.isEmpty()) {
            return reading;
        }
        return switch (reading) {
            case SessionReading.Complete(var entries) -> new SessionReading.Unexplained(directory.get(), entries);
            case SessionReading.Tampered(var finding, var _, var entries) ->
                new SessionReading.Tampered(finding, directory, entries);
            case SessionReading.Unexplained unexplained -> unexplained;
        };
    }

    /// As [Account#acknowledge].
    public void acknowledge(SessionReading shown) {
        account.acknowledge(shown);
    }

    /// This device's own.
    public SessionId own() {
        return account.session();
    }

    /// As [Account#endSession].
    public boolean end(SessionId session) {
        return account.endSession(session);
    }

    /// As [Account#endOtherSessions].
    public Optional<Finding> endOthers() {
        return account.endOtherSessions();
    }

    /// As [Account#endAllSessions].
    public Optional<Finding> endAll() {
        return account.endAllSessions();
    }

    /// As [Account#signOut].
    public void signOut() {
        account.signOut();
    }

    @Override
    public void close() {
        account.close();
    }
}
