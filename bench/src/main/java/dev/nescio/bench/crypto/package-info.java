/// Sealing and opening beside bare AES-256-GCM of the JDK and of the Amazon Corretto Crypto Provider.
///
/// Never: a comparison of figures from different runs.
package dev.nescio.bench.crypto;
