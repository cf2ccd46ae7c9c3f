package dev.nescio.protocol;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/// One of each message, with every member present.
final class Samples {

    private static final Bytes ENVELOPE = bytes(137);
    private static final AccountId ACCOUNT = new AccountId(bytes(16));
    private static final SessionId SESSION = new SessionId(bytes(16));
    private static final SlotId SLOT = new SlotId(bytes(16));
    private static final PairingId PAIRING = new PairingId(bytes(16));
    private static final Pairings.Share SHARE = new Pairings.Share(bytes(32), bytes(32));
    private static final DomainKeys DOMAIN_KEYS = new DomainKeys(ENVELOPE, ENVELOPE, ENVELOPE, ENVELOPE, ENVELOPE);
    private static final KeyPair KEY_PAIR = new KeyPair(bytes(32), ENVELOPE);
    private static final Counted COUNTED = new Counted(1, ENVELOPE);
    private static final Versioned VERSIONED = new Versioned(1, ENVELOPE);
    private static final SignIn.Slot FULL_SLOT =
            new SignIn.Slot(SLOT, SlotKind.PASSWORD, bytes(16), 65536, 3, 1, ENVELOPE);
    private static final SignIn.Slot SCOPED_SLOT =
            SignIn.Slot.access(SLOT, Scope.parse("chats:read,apps:write"), 1L, null, null, ENVELOPE);
    private static final Passkeys.Registration REGISTRATION =
            new Passkeys.Registration(bytes(32), bytes(100), bytes(200));
    private static final Passkeys.Assertion ASSERTION =
            new Passkeys.Assertion(bytes(16), bytes(32), bytes(100), bytes(37), bytes(70), bytes(16));
    private static final Sync.Container CONTAINER =
            new Sync.Container(new ContainerId(bytes(16)), Domain.CHATS, 0, 1, ENVELOPE, VERSIONED, COUNTED, 0);

    private static final MailedCodes.Proof MAILED_CODE = new MailedCodes.Proof(bytes(32), "7K2M9QXA");

    private Samples() {}

    static Bytes bytes(int length) {
        byte[] octets = new byte[length];
        Arrays.fill(octets, (byte) 1);
        return Bytes.copyOf(octets);
    }

    static List<Object> requests() {
        List<Bytes> hashes = IntStream.range(0, 10)
                .mapToObj(i -> {
                    byte[] hash = new byte[32];
                    hash[0] = (byte) i;
                    return Bytes.copyOf(hash);
                })
                .toList();
        SignUp.NewSlot slot = new SignUp.NewSlot(SLOT, SlotKind.PASSWORD, bytes(16), 65536, 3, 1, bytes(32), ENVELOPE);
        SignUp.NewSlot recovery = SignUp.NewSlot.of(
                SignIn.Slot.recovery(new SlotId(Bytes.parseHex("02".repeat(16))), ENVELOPE), bytes(32));
        SignUp.NewSlot passkey = SignUp.NewSlot.of(SignIn.Slot.passkey(SLOT, bytes(16), null, ENVELOPE), bytes(32));
        SignUp.NewSlot access =
                SignUp.NewSlot.of(SignIn.Slot.access(SLOT, Scope.ALL, null, null, null, ENVELOPE), bytes(32));
        SignUp.NewSlot scoped = SignUp.NewSlot.of(SCOPED_SLOT, bytes(32));
        return List.of(
                new SignUp.Start(ACCOUNT, bytes(32), slot, recovery, DOMAIN_KEYS, KEY_PAIR, ENVELOPE, ENVELOPE, hashes),
                new SignUp.Start(
                        ACCOUNT,
                        bytes(32),
                        slot,
                        recovery,
                        DOMAIN_KEYS,
                        KEY_PAIR,
                        ENVELOPE,
                        ENVELOPE,
                        hashes,
                        MAILED_CODE),
                new MailedCodes.Ask("ada@example.org", bytes(32)),
                new SignUp.Confirm(bytes(32), "123456", Transport.BEARER, true),
                new SignUp.Cancel(bytes(32)),
                new Resets.Start(
                        bytes(32),
                        new SignUp.Start(
                                ACCOUNT, bytes(32), slot, recovery, DOMAIN_KEYS, KEY_PAIR, ENVELOPE, ENVELOPE, hashes)),
                new SignIn.Lookup(bytes(32)),
                new SignIn.Attempt(bytes(32), bytes(32), "123456", null, Transport.COOKIE, false),
                new SignIn.Attempt(bytes(32), bytes(32), null, bytes(32), Transport.BEARER, true),
                new SignIn.KeyAttempt(SLOT, bytes(32), Transport.COOKIE, false),
                new SignIn.Proof(bytes(32), "123456", null, null),
                new SignIn.Proof(bytes(32), null, bytes(32), null),
                new SignIn.Proof(bytes(32), null, null, SLOT),
                new SignIn.Proof(bytes(32), null, null, null, ASSERTION),
                new Passkeys.Attempt(ASSERTION, bytes(32), Transport.BEARER, false),
                new Passkeys.SignUpNow(
                        ACCOUNT,
                        bytes(32),
                        passkey,
                        REGISTRATION,
                        recovery,
                        DOMAIN_KEYS,
                        KEY_PAIR,
                        ENVELOPE,
                        ENVELOPE,
                        Transport.BEARER,
                        false),
                new Passkeys.Add(passkey, REGISTRATION, COUNTED),
                new Passkeys.Remove(COUNTED, true),
                new AccessKeys.Add(access, COUNTED),
                new AccessKeys.Add(scoped, COUNTED),
                new Slots.Recovery(recovery, COUNTED),
                new Slots.Password(slot, COUNTED, true),
                new SecondFactors.Confirm(bytes(32), "123456"),
                new SecondFactors.Cancel(bytes(32)),
                new SecondFactors.BackupCodes(hashes),
                new Pairings.Start(PAIRING, bytes(32), bytes(32)),
                new Pairings.Look(PAIRING),
                new Pairings.Answer(PAIRING, SHARE),
                new Pairings.Poll(PAIRING, bytes(32)),
                new Pairings.Reveal(PAIRING, bytes(32), SHARE),
                new Pairings.Approve(PAIRING, bytes(Pairings.SEALED)),
                new Pairings.Collect(PAIRING, bytes(32), Transport.BEARER, true),
                new Devices.End(Devices.Which.OTHERS),
                new Sync.NewContainer(new ContainerId(bytes(16)), ENVELOPE, ENVELOPE, ENVELOPE, COUNTED),
                new Sync.Commit(COUNTED, List.of(new Sync.ItemWrite(new ItemId(bytes(16)), 1, ENVELOPE)), VERSIONED));
    }

    static List<Object> answers() {
        return List.of(
                new SignUp.Started(bytes(32), bytes(20), 1),
                new MailedCodes.Asked(bytes(32), 1),
                new Resets.CodeAsked(1),
                new ServerInfo(true),
                new SecondFactors.Started(bytes(32), bytes(20), 1),
                new SignIn.LookupAnswer(bytes(16), 65536, 3, 1),
                new SignIn.SessionOpened(
                        ACCOUNT,
                        SESSION,
                        bytes(32),
                        1,
                        List.of(FULL_SLOT),
                        SLOT,
                        COUNTED,
                        DOMAIN_KEYS,
                        KEY_PAIR,
                        VERSIONED),
                new Passkeys.Challenge(bytes(32), "localhost", 1),
                SignIn.Slot.passkey(SLOT, bytes(16), 1L, ENVELOPE),
                SCOPED_SLOT,
                SignIn.Slot.access(SLOT, Scope.ALL, 1L, 0L, 0L, ENVELOPE),
                new AccessKeys.Opened(ACCOUNT, SESSION, bytes(32), 1, ENVELOPE, null, null),
                new AccessKeys.Opened(
                        ACCOUNT,
                        SESSION,
                        bytes(32),
                        1,
                        null,
                        ENVELOPE,
                        new SignIn.Account(
                                ACCOUNT, List.of(FULL_SLOT), COUNTED, DOMAIN_KEYS, KEY_PAIR, VERSIONED, 7, 8L)),
                new Devices.Sessions(List.of(new Devices.Session(SESSION, 1, 2, 3, true, SLOT)), null),
                new SignIn.Session(ACCOUNT, SESSION, 1, 2),
                new SignIn.Account(ACCOUNT, List.of(FULL_SLOT), COUNTED, DOMAIN_KEYS, KEY_PAIR, VERSIONED, 7, 8L),
                new Pairings.Started(1),
                new Pairings.Looked(bytes(32), SHARE),
                new Pairings.Polled(new Pairings.Answered(ACCOUNT, SHARE), true),
                new Pairings.Collected(
                        bytes(Pairings.SEALED),
                        SESSION,
                        bytes(32),
                        1,
                        new SignIn.Account(
                                ACCOUNT, List.of(FULL_SLOT), COUNTED, DOMAIN_KEYS, KEY_PAIR, VERSIONED, 7, 8L)),
                new Devices.Sessions(List.of(new Devices.Session(SESSION, 1, 2, 3, true)), COUNTED),
                new Devices.Sessions(List.of(new Devices.Session(SESSION, 1, 2, 3, true)), null),
                new Devices.Renewed(bytes(32), 1),
                new Sync.Committed(1),
                new Sync.ContainerPage(COUNTED, List.of(CONTAINER), false),
                new Sync.ContainerPage(null, Collections.emptyList(), false),
                new Sync.ContainerContent(
                        CONTAINER, List.of(new Sync.Item(new ItemId(bytes(16)), 0, 1, 1, ENVELOPE)), true),
                new Sync.Changes(List.of(CONTAINER), 1, false),
                new Sync.Hint(Sync.Hint.CHANGED, 1L),
                new Problem("urn:nescio:problem:x", "title", 409, "detail", 1, 2L, 3L, 4L, new ItemId(bytes(16)), 5L));
    }
}
