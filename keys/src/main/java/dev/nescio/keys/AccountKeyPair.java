package dev.nescio.keys;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.OriginNote;
import dev.nescio.sealing.v1.PublicKeySeal;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// The account's X25519 key pair (spec, section 4.2). What is sealed to it was sealed by anybody: what
/// a server seals is for reading alone.
public final class AccountKeyPair implements AutoCloseable {

    static final int LENGTH = PublicKeySeal.KEY;

    private final AccountId account;
    private final SecretBytes privateKey;
    private final Bytes publicKey;

    /// Takes the secret over.
    AccountKeyPair(AccountId account, SecretBytes privateKey) {
        this.account = account;
        this.privateKey = privateKey;
        this.publicKey = PublicKeySeal.publicKey(privateKey);
    }

    public static AccountKeyPair generate(AccountId account, RandomGenerator random) {
        return new AccountKeyPair(account, SecretBytes.generate(random, LENGTH));
    }

    public Bytes publicKey() {
        return publicKey;
    }

    <T> T lend(Function<byte[], T> user) {
        return privateKey.lend(user);
    }

    /// @param number of the log's entry beside which it is stored
    public OriginNote open(long number, Bytes note) throws RejectedException {
        return OriginNote.open(privateKey, account, number, note);
    }

    @Override
    public void close() {
        privateKey.close();
    }

    @Override
    public String toString() {
        return "AccountKeyPair[redacted]";
    }
}
