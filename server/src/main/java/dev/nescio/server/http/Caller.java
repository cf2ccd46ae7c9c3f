package dev.nescio.server.http;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.SessionId;

/// Whose session a request belongs to. Times are milliseconds since 1970.
///
/// @param proven whether a credential was proven in it just now, as sensitive changes require
public record Caller(AccountId account, SessionId session, long createdAt, long expiresAt, boolean proven) {}
