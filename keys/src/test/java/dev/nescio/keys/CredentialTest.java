package dev.nescio.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.keys.vectors.Vector;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.SlotId;
import dev.nescio.sealing.RejectedException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// H1: the server chooses salt and cost of the password hash.
class CredentialTest {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Address ADDRESS = Address.parse("ada@example.org");
    private static final Bytes SALT = Bytes.copyOf(new byte[16]);

    static Stream<Vector> refused() {
        return Vector.all("argon2-parameters").stream().filter(Vector::fails);
    }

    /// A closed password cannot be used: that the refusal comes first shows that nothing was computed.
    @ParameterizedTest
    @MethodSource("refused")
    void refusesBeforeItComputes(Vector vector) {
        Password password = Password.of("correct horse battery staple".toCharArray());
        password.close();
        Argon2Parameters offered = parameters(vector, "offered");
        Optional<Argon2Parameters> pinned =
                vector.node().has("pinned") ? Optional.of(parameters(vector, "pinned")) : Optional.empty();
        assertThrows(
                Argon2Policy.RefusedException.class,
                () -> Credential.ofPassword(password, ADDRESS, SALT, offered, pinned));
    }

    @Test
    void acceptedParametersDoReachThePassword() {
        Password password = Password.of("correct horse battery staple".toCharArray());
        password.close();
        assertThrows(
                IllegalStateException.class,
                () -> Credential.ofPassword(password, ADDRESS, SALT, Argon2Parameters.CURRENT, Optional.empty()));
    }

    private static Argon2Parameters parameters(Vector vector, String field) {
        return new Argon2Parameters(
                vector.node().get(field).get("memoryKiB").intValue(),
                vector.node().get(field).get("passes").intValue(),
                vector.node().get(field).get("lanes").intValue());
    }

    @Property
    void acceptsExactlyTheRangeOfTheSpec(
            @ForAll int memoryKiB, @ForAll int passes, @ForAll boolean nearMemory, @ForAll boolean nearPasses) {
        int memory = nearMemory ? 65534 + Math.floorMod(memoryKiB, 5) : memoryKiB;
        int rounds = nearPasses ? Math.floorMod(passes, 20) : passes;
        boolean inRange = memory >= 65536 && memory <= 1048576 && rounds >= 3 && rounds <= 16;
        for (int lanes = 0; lanes <= 2; lanes++) {
            Argon2Parameters offered = new Argon2Parameters(memory, rounds, lanes);
            boolean accepted = true;
            try {
                Argon2Policy.check(offered, Optional.empty());
            } catch (Argon2Policy.RefusedException e) {
                accepted = false;
            }
            assertEquals(inRange && lanes == 1, accepted, offered::toString);
        }
    }

    /// A server that hands one salt to everybody gains nothing.
    @Test
    void oneSaltAndOnePasswordGiveTwoAccountsDifferentSecrets() throws Exception {
        AccountId account = AccountId.generate(RANDOM);
        SlotId slot = SlotId.generate(RANDOM);
        try (Credential ada = derive("ada@example.org", "correct horse", SALT);
                Credential bob = derive("bob@example.org", "correct horse", SALT);
                MasterKey masterKey = MasterKey.generate(account, RANDOM)) {
            assertNotEquals(ada.lookupHash(), bob.lookupHash());
            Bytes wrapped = ada.wrap(masterKey, slot, RANDOM);
            RejectedException e = assertThrows(RejectedException.class, () -> bob.unwrap(account, slot, wrapped));
            assertEquals(RejectedException.Reason.WRONG_KEY, e.reason());
            try (MasterKey unwrapped = ada.unwrap(account, slot, wrapped)) {
                assertEquals(masterKey.key(), unwrapped.key());
            }
        }
    }

    @Test
    void aSaltOfAnotherLengthIsRefused() {
        for (int length : new int[] {0, 15, 17, 32}) {
            Bytes salt = Bytes.copyOf(new byte[length]);
            assertThrows(IllegalArgumentException.class, () -> derive("ada@example.org", "correct horse", salt));
        }
    }

    private static Credential derive(String address, String password, Bytes salt) throws Exception {
        try (Password typed = Password.of(password.toCharArray())) {
            return Credential.ofPassword(
                    typed, Address.parse(address), salt, Argon2Parameters.CURRENT, Optional.empty());
        }
    }

    @Test
    void theNewestParametersAreAccepted() throws Argon2Policy.RefusedException {
        Argon2Policy.check(Argon2Parameters.CURRENT, Optional.of(Argon2Parameters.CURRENT));
        assertTrue(Argon2Parameters.CURRENT.memoryKiB() >= 65536);
    }
}
