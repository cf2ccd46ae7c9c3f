package dev.nescio.server.signin;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.SlotKind;
import dev.nescio.server.credential.PasswordSlot;
import dev.nescio.server.credential.SlotSealing;
import dev.nescio.server.credential.Totp;
import java.util.random.RandomGenerator;

/// What stands in for the slot of an address that has no account. It is drawn at each start, opens like a
/// real one, and no password fits.
final class Decoy {

    private static final int WRAPPED_KEY = 137;

    private Decoy() {}

    static PasswordSlot draw(SlotSealing sealing, Totp totp, RandomGenerator random) {
        Argon2Parameters current = Argon2Parameters.CURRENT;
        return sealing.seal(
                AccountId.generate(random),
                new SignUp.NewSlot(
                        SlotId.generate(random),
                        SlotKind.PASSWORD,
                        draw(random, 16),
                        current.memoryKiB(),
                        current.passes(),
                        current.lanes(),
                        draw(random, 32),
                        draw(random, WRAPPED_KEY)),
                totp.generateSecret());
    }

    private static Bytes draw(RandomGenerator random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return Bytes.copyOf(bytes);
    }
}
