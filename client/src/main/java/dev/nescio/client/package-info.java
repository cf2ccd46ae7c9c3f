/// The Java SDK: [Nescio] connects and signs in, [Account] is a device that is signed in,
/// [ScopedAccount] a script whose access key opens some domains, [Chats] and [Chat] are what people
/// write.
///
/// [Api] speaks HTTP, bounded. [Containers] and [Container] keep a domain's containers and their items and
/// check them against what was sealed; they know nothing of chats, so that further domains stand on them as
/// [Chats] does. [HighWaterMarks] compares with what this device has seen before.
///
/// Must never: trust what the server says about content, send anything that depends on what was opened, put
/// a key into a message, a log or a `toString`, or keep plaintext on disk.
package dev.nescio.client;
