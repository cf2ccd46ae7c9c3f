package dev.nescio.server.http;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SessionId;

/// Whose session a request belongs to. Times are milliseconds since 1970.
///
/// @param proven whether a credential was proven in it just now, as sensitive changes require
/// @param accessScope how far the access key that opened it reaches; null where a person did
public record Caller(
        AccountId account, SessionId session, long createdAt, long expiresAt, boolean proven, Scope accessScope) {

    public boolean isOfAccessKey() {
        return accessScope != null;
    }

    /// What it reaches in the account's containers.
    public Scope scope() {
        return accessScope == null ? Scope.ALL : accessScope;
    }

    /// @throws Refusal where it does not reach the domain
    public void requireRead(Domain domain) {
        if (!scope().mayRead(domain)) {
            throw Refusal.of(ProblemType.SCOPE_REFUSED);
        }
    }

    /// @throws Refusal where it may not write there
    public void requireWrite(Domain domain) {
        if (!scope().mayWrite(domain)) {
            throw Refusal.of(ProblemType.SCOPE_REFUSED);
        }
    }
}
