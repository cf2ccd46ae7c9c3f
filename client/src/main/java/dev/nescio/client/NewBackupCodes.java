package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.keys.Address;
import dev.nescio.keys.BackupCode;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Limits;
import dev.nescio.protocol.SecondFactors;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Backup codes that were drawn on this device and do not work yet. For one thread.
public final class NewBackupCodes {

    private final Api api;
    private final Token token;
    private final Drawn drawn;

    NewBackupCodes(Api api, Token token, Address address, RandomGenerator random) {
        this.api = api;
        this.token = token;
        this.drawn = draw(address, random);
    }

    /// @param texts for the person
    /// @param hashes for the server
    record Drawn(List<String> texts, List<Bytes> hashes) {

        @Override
        public String toString() {
            return "Drawn[redacted]";
        }
    }

    static Drawn draw(Address address, RandomGenerator random) {
        List<BackupCode> codes = Stream.generate(() -> BackupCode.generate(random))
                .limit(Limits.BACKUP_CODES)
                .toList();
        Drawn drawn = new Drawn(
                codes.stream().map(BackupCode::text).toList(),
                codes.stream().map(code -> code.hash(address)).toList());
        codes.forEach(BackupCode::close);
        return drawn;
    }

    /// Ten codes, each of which stands in for the authenticator once. To be kept apart from it.
    public List<String> codes() {
        return drawn.texts();
    }

    /// Puts them in place of all backup codes of the account, used or not.
    ///
    /// @throws NescioException.Unreachable if the answer was lost: the old codes work, or these do. To call again
    /// puts these in place
    public SlotChange use() {
        try {
            api.putRepeatedly("/v1/backup-codes", token, new SecondFactors.BackupCodes(drawn.hashes()));
            return new SlotChange.Changed();
        } catch (ProblemException e) {
            if (e.is("proof-required")) {
                return new SlotChange.ProofRequired();
            }
            throw e.unexpected();
        }
    }

    @Override
    public String toString() {
        return "NewBackupCodes[redacted]";
    }
}
