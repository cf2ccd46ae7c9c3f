/// What travels between a client and the server: identifiers, and the request, response and event records
/// with their JSON codec.
///
/// Each record has the shape that `spec/protocol.md` and `spec/openapi.yaml` give it. Every identifier is a
/// type of its own, and sealed content is opaque bytes here.
///
/// Never: logic, key material, or a dependency on another module.
package dev.nescio.protocol;
