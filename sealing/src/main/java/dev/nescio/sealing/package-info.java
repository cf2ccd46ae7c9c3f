/// Sealing without knowledge of what the keys are for. Used on both sides: a device seals content with it,
/// the server what it keeps under its own keyring.
///
/// The formats are in [dev.nescio.sealing.v1], one package a format version. A released version is never
/// edited.
///
/// Must never: know a key's purpose, hand out key bytes, or tell failures apart to anybody but a local
/// reader.
package dev.nescio.sealing;
