/// The keys of an account, as only its owner's devices hold them (spec, sections 3, 4, 8 and 9).
///
/// A [Credential], made of a [Password] or a [RecoveryKey], wraps the [MasterKey]; it wraps the domain keys ([ChatsKey]
/// and its
/// siblings) and the [ProfileKey]; a domain key wraps container keys ([ChatKey] and its siblings). One
/// final class a purpose: a key for one thing never fits where another is asked for, and none hands out its
/// bytes.
///
/// [Manifest], [ContainerList], [SlotDirectory] and [DeviceList] are what a client checks the server's answers against.
///
/// Must never: reach the server, in any form. The build forbids the dependency.
package dev.nescio.keys;
