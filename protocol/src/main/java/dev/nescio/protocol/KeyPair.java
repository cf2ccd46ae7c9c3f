package dev.nescio.protocol;

/// An account's X25519 key pair (spec, section 4.2): the public half as it is, the private half an
/// envelope under the master key.
public record KeyPair(Bytes publicKey, Bytes privateKey) {

    public KeyPair {
        Check.length("keyPair.publicKey", publicKey, 32);
        Check.wrappedKey("keyPair.privateKey", privateKey);
    }
}
