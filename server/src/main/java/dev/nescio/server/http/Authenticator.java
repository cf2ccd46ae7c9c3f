package dev.nescio.server.http;

import dev.nescio.protocol.Bytes;
import java.util.Optional;

/// Finds the live session that a token belongs to.
public interface Authenticator {

    Optional<Caller> find(Bytes token);
}
