/// The HTTP side: the table of routes, what all of them share (sessions, origins, bodies, limits, problems),
/// and the sockets.
///
/// [Endpoint] lists every route with all that it may answer; `spec/openapi.yaml` says the same.
///
/// Must never: repeat in an answer or a log what was sent, or let a request through before its body, session
/// and origin were checked.
package dev.nescio.server.http;
