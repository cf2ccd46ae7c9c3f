package dev.nescio.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.keys.vectors.Vector;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Argon2Parameters;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.DomainKeys;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.PairingId;
import dev.nescio.protocol.Scope;
import dev.nescio.protocol.SlotId;
import dev.nescio.protocol.Versioned;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.RejectedException.Reason;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.SealingKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// H5: the server swaps two sealed values, anywhere in an account or between accounts.
///
/// Every key here is the same one, the wrapping key of a password of the vectors. So it is the associated
/// data alone that tells the places apart, for every pair.
class SwapTest {

    private interface Opening {
        Object open(Bytes sealed) throws RejectedException;
    }

    /// @param opening opens what is sealed, and only that
    private record Place(String name, Bytes sealed, Opening opening) {}

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] CONTENT = {1, 2, 3};
    private static final List<Place> PLACES = new ArrayList<>();

    private static SecretBytes wrappingKey;
    private static Credential credential;

    @BeforeAll
    static void sealAll() throws Exception {
        Vector password = Vector.all("password").getFirst();
        wrappingKey = SecretBytes.copyOf(password.hex("wrappingKey").toArray());
        try (Password typed = Password.of(password.typed().toCharArray())) {
            credential = Credential.ofPassword(
                    typed,
                    Address.parse("ada@example.org"),
                    password.hex("salt"),
                    Argon2Parameters.CURRENT,
                    Optional.empty());
        }
        for (int account = 1; account <= 2; account++) {
            sealAccount(new AccountId(id(account)));
        }
    }

    private static Bytes id(int number) {
        byte[] id = new byte[16];
        id[0] = (byte) number;
        return Bytes.copyOf(id);
    }

    private static SealingKey key() {
        return SealingKey.of(wrappingKey.lend(SecretBytes::copyOf));
    }

    private static void sealAccount(AccountId account) {
        MasterKey masterKey = new MasterKey(account, key());
        for (int slot = 1; slot <= 2; slot++) {
            SlotId id = new SlotId(id(slot));
            add(
                    "wrapped master key",
                    credential.wrap(masterKey, id, RANDOM),
                    envelope -> credential.unwrap(account, id, envelope));
        }
        AccountKeys keys = keys(account);
        for (int slot = 1; slot <= 2; slot++) {
            SlotId id = new SlotId(id(slot));
            add(
                    "scope record",
                    credential.sealScope(id, account, Scope.parse("chats:read"), null, keys, RANDOM),
                    envelope -> credential.openScope(account, id, envelope));
        }
        sealDomainKeys(masterKey, keys);
        AccountKeyPair pair = new AccountKeyPair(account, wrappingKey.lend(SecretBytes::copyOf));
        add("key pair", masterKey.seal(pair, RANDOM).privateKey(), masterKey::openKeyPair);
        for (int counter = 1; counter <= 2; counter++) {
            int claimed = counter;
            SlotDirectory directory = new SlotDirectory(counter, hash(), List.of());
            add("directory", masterKey.seal(directory, RANDOM), envelope -> masterKey.openDirectory(claimed, envelope));
            ProfileKey profile = new ProfileKey(account, key());
            add(
                    "profile",
                    profile.seal(counter, new Profile("a@b"), RANDOM),
                    envelope -> profile.open(new Versioned(claimed, envelope)));
            DeviceList devices = new DeviceList(counter, hash(), List.of());
            add("devices", profile.seal(devices, RANDOM), envelope -> profile.openDevices(claimed, envelope));
        }
        sealDomain(account, new ChatsKey(account, key()));
        sealDomain(account, new AppsKey(account, key()));
        sealDomain(account, new EmailsKey(account, key()));
        sealDomain(account, new EmbedsKey(account, key()));
    }

    private static AccountKeys keys(AccountId account) {
        return new AccountKeys(
                new ChatsKey(account, key()),
                new AppsKey(account, key()),
                new EmailsKey(account, key()),
                new EmbedsKey(account, key()),
                new ProfileKey(account, key()));
    }

    private static void sealDomainKeys(MasterKey masterKey, AccountKeys keys) {
        DomainKeys sound = masterKey.wrap(keys, RANDOM);
        add(
                "key of chats",
                sound.chats(),
                envelope -> masterKey.unwrap(
                        new DomainKeys(envelope, sound.apps(), sound.emails(), sound.embeds(), sound.profile())));
        add(
                "key of apps",
                sound.apps(),
                envelope -> masterKey.unwrap(
                        new DomainKeys(sound.chats(), envelope, sound.emails(), sound.embeds(), sound.profile())));
        add(
                "key of emails",
                sound.emails(),
                envelope -> masterKey.unwrap(
                        new DomainKeys(sound.chats(), sound.apps(), envelope, sound.embeds(), sound.profile())));
        add(
                "key of embeds",
                sound.embeds(),
                envelope -> masterKey.unwrap(
                        new DomainKeys(sound.chats(), sound.apps(), sound.emails(), envelope, sound.profile())));
        add(
                "key of the profile",
                sound.profile(),
                envelope -> masterKey.unwrap(
                        new DomainKeys(sound.chats(), sound.apps(), sound.emails(), sound.embeds(), envelope)));
    }

    private static <K extends ContainerKey> void sealDomain(AccountId account, DomainKey<K> domainKey) {
        for (int number = 1; number <= 2; number++) {
            int claimed = number;
            ContainerList list = new ContainerList(number, 0, hash(), hash());
            add("list", domainKey.seal(list, RANDOM), envelope -> domainKey.openList(claimed, envelope));

            ContainerId container = new ContainerId(id(number));
            K containerKey = domainKey.containerKey(account, container, List.of(key(), key()));
            add(
                    "container key",
                    domainKey.wrap(containerKey, RANDOM),
                    envelope -> domainKey.unwrap(container, envelope, null));
            Bytes wrapped = domainKey.wrap(containerKey, RANDOM);
            add(
                    "earlier keys",
                    containerKey.sealEarlierKeys(RANDOM),
                    envelope -> domainKey.unwrap(container, wrapped, envelope));
            sealContainer(containerKey);
        }
    }

    private static void sealContainer(ContainerKey key) {
        for (int number = 1; number <= 2; number++) {
            int version = number;
            add(
                    "metadata",
                    key.sealMetadata(version, CONTENT, RANDOM),
                    envelope -> key.openMetadata(version, envelope));
            Manifest manifest = new Manifest(version, 0, hash(), hash(), 1, hash());
            add("manifest", key.seal(manifest, RANDOM), envelope -> key.openManifest(version, envelope));
            for (int item = 1; item <= 2; item++) {
                ItemId id = new ItemId(id(item));
                add(
                        "item",
                        key.sealItem(id, version, CONTENT, RANDOM),
                        envelope -> key.openItem(id, version, envelope));
            }
        }
    }

    private static Bytes hash() {
        return Bytes.copyOf(new byte[32]);
    }

    private static void add(String name, Bytes sealed, Opening opening) {
        PLACES.add(new Place(name, sealed, opening));
    }

    @Test
    void everySwapOfTwoSealedValuesFails() throws RejectedException {
        int swaps = 0;
        for (Place place : PLACES) {
            place.opening().open(place.sealed());
            for (Place other : PLACES) {
                // Where a message may hold this size at all: the others do not even become a record.
                boolean fits =
                        !place.name().startsWith("key of") || other.sealed().length() == 137;
                if (!place.equals(other) && fits) {
                    RejectedException e = assertThrows(
                            RejectedException.class,
                            () -> place.opening().open(other.sealed()),
                            () -> other.name() + " opened as " + place.name());
                    assertEquals(Reason.DAMAGED, e.reason(), () -> other.name() + " as " + place.name());
                    swaps++;
                }
            }
        }
        assertTrue(swaps > 10_000, swaps + " swaps");
    }

    /// Grants of two pairings of each of two accounts, all under the same code and the same keys of the devices.
    @Test
    void noGrantOpensInThePlaceOfAnother() throws RejectedException {
        List<PairingTranscript> pairings = new ArrayList<>();
        List<Bytes> grants = new ArrayList<>();
        try (PairingCode code = PairingCode.generate(RANDOM);
                PairingKey fresh = PairingKey.generate(RANDOM);
                PairingKey signedIn = PairingKey.generate(RANDOM)) {
            Bytes commitment = PairingTranscript.commitment(fresh.share());
            for (int account = 1; account <= 2; account++) {
                for (int pairing = 1; pairing <= 2; pairing++) {
                    PairingTranscript transcript = new PairingTranscript(
                            new PairingId(id(pairing)),
                            commitment,
                            signedIn.share(),
                            fresh.share(),
                            new AccountId(id(account)));
                    pairings.add(transcript);
                    MasterKey masterKey = new MasterKey(transcript.account(), key());
                    grants.add(new PairingGrant(masterKey, 1, hash(), "ada@example.org").seal(code, transcript));
                }
            }
            for (int place = 0; place < pairings.size(); place++) {
                PairingTranscript here = pairings.get(place);
                PairingGrant.open(grants.get(place), fresh, code, here);
                for (int other = 0; other < grants.size(); other++) {
                    if (other != place) {
                        Bytes swapped = grants.get(other);
                        assertThrows(RejectedException.class, () -> PairingGrant.open(swapped, fresh, code, here));
                    }
                }
                for (Place sealed : PLACES) {
                    assertThrows(RejectedException.class, () -> PairingGrant.open(sealed.sealed(), fresh, code, here));
                }
            }
            for (Place place : PLACES) {
                if (!place.name().startsWith("key of")) {
                    assertThrows(RejectedException.class, () -> place.opening().open(grants.getFirst()));
                }
            }
        }
    }

    /// H10 and H9: whatever is wrong, it looks the same from outside.
    @Test
    void everyMutationGivesTheSameError() {
        Set<String> seen = new HashSet<>();
        Set<Reason> reasons = new HashSet<>();
        SealingKey foreign = SealingKey.generate(RANDOM);
        for (Place place : PLACES) {
            byte[] sound = place.sealed().toArray();
            for (int at : new int[] {0, 1, 32, 33, 56, 57, sound.length - 17, sound.length - 1}) {
                byte[] changed = sound.clone();
                changed[at] ^= 4;
                seen.add(outcome(place, changed, reasons));
            }
            byte[] injected = foreign.seal(
                    new dev.nescio.sealing.v1.AssociatedData("x", new AccountId(id(1)), null, null, null, "x", 1),
                    CONTENT,
                    RANDOM);
            seen.add(outcome(place, injected, reasons));
        }
        assertEquals(1, seen.size(), seen::toString);
        assertEquals(Set.of(Reason.UNSUPPORTED_VERSION, Reason.WRONG_KEY, Reason.DAMAGED), reasons);
    }

    private static String outcome(Place place, byte[] sealed, Set<Reason> reasons) {
        RejectedException e =
                assertThrows(RejectedException.class, () -> place.opening().open(Bytes.copyOf(sealed)));
        reasons.add(e.reason());
        return e + " caused by " + e.getCause() + " suppressing " + List.of(e.getSuppressed());
    }
}
