package dev.nescio.protocol;

/// The answer to `GET /v1/server`: what a client has to know before somebody signs up.
///
/// @param mail whether whoever signs up confirms the address by a mailed code
public record ServerInfo(boolean mail) {}
