package dev.nescio.server.http;

import java.time.Duration;

/// How much of the server one can hold.
///
/// @param requests handled at one time; one more is refused
/// @param connections open at one time; one more waits
/// @param connectionsOfABlock open at one time from one block of networks; one more is closed
/// @param headers how long a TLS handshake and the headers of a request may take, silent or not
/// @param idle how long a connection may say nothing, before, in or after a request
/// @param socketIdle the same for a WebSocket
/// @param body how long a body may take to arrive, however small it is
record HttpLimits(
        int requests,
        int connections,
        int connectionsOfABlock,
        Duration headers,
        Duration idle,
        Duration socketIdle,
        Duration body) {

    static final HttpLimits NORMAL = new HttpLimits(
            256,
            8192,
            1024,
            Duration.ofSeconds(15),
            Duration.ofSeconds(30),
            Duration.ofSeconds(90),
            Duration.ofSeconds(10));
}
