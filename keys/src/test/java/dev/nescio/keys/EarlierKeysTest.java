package dev.nescio.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Versioned;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.RejectedException.Reason;
import dev.nescio.sealing.v1.SealingKey;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/// Spec, section 8.6.
class EarlierKeysTest {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final AccountId ACCOUNT = AccountId.generate(RANDOM);
    private static final ContainerId CONTAINER = ContainerId.generate(RANDOM);
    private static final ItemId ITEM = ItemId.generate(RANDOM);
    private static final byte[] CONTENT = "Hello, Nescio.".getBytes(UTF_8);

    private final ChatsKey chats = AccountKeys.generate(ACCOUNT, RANDOM).chats();
    private final ChatKey oldest = chats.generate(CONTAINER, RANDOM);
    private final ChatKey older = chats.renew(oldest, RANDOM);
    private final ChatKey key = chats.renew(older, RANDOM);

    @Test
    void aKeyThatWasNeverRenewedHasNone() {
        assertNull(oldest.sealEarlierKeys(RANDOM));
    }

    @Test
    void aRenewedKeyOpensItemsAndMetadataOfAllBefore() throws RejectedException {
        for (ChatKey sealing : new ChatKey[] {oldest, older, key}) {
            Bytes item = sealing.sealItem(ITEM, 1, CONTENT, RANDOM);
            Bytes metadata = sealing.sealMetadata(1, CONTENT, RANDOM);
            assertArrayEquals(CONTENT, key.openItem(ITEM, 1, item));
            assertArrayEquals(CONTENT, key.openMetadata(1, metadata));
        }
    }

    @Test
    void anEarlierKeyOpensNothingOfALaterOne() {
        Bytes item = key.sealItem(ITEM, 1, CONTENT, RANDOM);
        assertEquals(Reason.WRONG_KEY, rejection(() -> oldest.openItem(ITEM, 1, item)));
        assertEquals(Reason.WRONG_KEY, rejection(() -> older.openItem(ITEM, 1, item)));
    }

    /// Whoever has an old key could else make a later manifest.
    @Test
    void aManifestOfAnEarlierKeyIsRejected() throws RejectedException {
        Manifest manifest = Manifest.first(new Versioned(1, key.sealMetadata(1, CONTENT, RANDOM)));
        Bytes sealedBefore = older.seal(manifest, RANDOM);
        Bytes sealed = key.seal(manifest, RANDOM);
        assertEquals(manifest, key.openManifest(1, sealed));
        assertEquals(Reason.WRONG_KEY, rejection(() -> key.openManifest(1, sealedBefore)));
    }

    @Test
    void aDeviceUnwrapsAllOfThem() throws RejectedException {
        ChatKey unwrapped = chats.unwrap(CONTAINER, chats.wrap(key, RANDOM), key.sealEarlierKeys(RANDOM));
        Bytes item = oldest.sealItem(ITEM, 1, CONTENT, RANDOM);
        assertArrayEquals(CONTENT, unwrapped.openItem(ITEM, 1, item));
        assertArrayEquals(CONTENT, chats.renew(unwrapped, RANDOM).openItem(ITEM, 1, item));
    }

    @Test
    void closingOneLeavesTheOthersOpen() throws RejectedException {
        Bytes item = oldest.sealItem(ITEM, 1, CONTENT, RANDOM);
        oldest.close();
        older.close();
        assertArrayEquals(CONTENT, key.openItem(ITEM, 1, item));
        key.close();
        assertThrows(IllegalStateException.class, () -> key.openItem(ITEM, 1, item));
    }

    @Test
    void whatNothingIsSealedUnderAnyMoreIsLeftOut() throws RejectedException {
        Bytes item = oldest.sealItem(ITEM, 1, CONTENT, RANDOM);
        Bytes metadata = key.sealMetadata(1, CONTENT, RANDOM);
        ChatKey less = chats.withoutUnneeded(key, List.of(metadata, item));
        assertArrayEquals(CONTENT, less.openItem(ITEM, 1, item));
        assertArrayEquals(CONTENT, less.openMetadata(1, metadata));
        Bytes unneeded = older.sealItem(ITEM, 1, CONTENT, RANDOM);
        assertArrayEquals(CONTENT, key.openItem(ITEM, 1, unneeded));
        assertEquals(Reason.WRONG_KEY, rejection(() -> less.openItem(ITEM, 1, unneeded)));
        assertNull(chats.withoutUnneeded(key, List.of()).sealEarlierKeys(RANDOM));
        assertArrayEquals(
                CONTENT,
                chats.renew(chats.withoutUnneeded(key, List.of()), RANDOM).openMetadata(1, metadata));
    }

    @Test
    void thereIsAnEnd() {
        ChatKey last = oldest;
        for (int i = 0; i < ContainerKey.MOST_EARLIER; i++) {
            last = chats.renew(last, RANDOM);
        }
        ChatKey full = last;
        assertFalse(full.isRenewable());
        assertThrows(IllegalArgumentException.class, () -> chats.renew(full, RANDOM));
        assertTrue(chats.withoutUnneeded(full, List.of()).isRenewable());
    }

    /// They are whole keys, one at least and [ContainerKey#MOST_EARLIER] at most.
    @Property
    void theirPlaintextIsWholeKeysOrMalformed(
            @ForAll @IntRange(max = ContainerKey.MOST_EARLIER + 2) int whole,
            @ForAll @IntRange(max = 31) int more,
            @ForAll long seed)
            throws RejectedException {
        byte[] content = new byte[32 * whole + more];
        new Random(seed).nextBytes(content);
        if (more == 0 && whole >= 1 && whole <= ContainerKey.MOST_EARLIER) {
            List<SealingKey> keys = ContainerKey.decodeEarlierKeys(content);
            assertEquals(whole, keys.size());
            assertArrayEquals(content, ContainerKey.encodeEarlierKeys(keys));
        } else {
            assertEquals(Reason.MALFORMED, rejection(() -> ContainerKey.decodeEarlierKeys(content)));
        }
    }

    private interface Opening {
        void run() throws RejectedException;
    }

    private static Reason rejection(Opening opening) {
        return assertThrows(RejectedException.class, opening::run).reason();
    }
}
