package dev.nescio.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Scope;
import dev.nescio.sealing.RejectedException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class AccessKeyTest {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final AccountId ACCOUNT = AccountId.generate(RANDOM);

    /// What a scanner for secrets looks for.
    private static final String PATTERN = "nescio-access-1[02-9ac-hj-np-z]{58}";

    @Property(tries = 200)
    void isReadAsItIsShown(@ForAll long seed) {
        try (AccessKey drawn = AccessKey.generate(new java.util.Random(seed))) {
            String text = drawn.text();
            assertTrue(text.matches(PATTERN), text);
            try (AccessKey read = AccessKey.parse("\t" + text + "\r\n")) {
                assertEquals(text, read.text());
                assertEquals(drawn.slot(), read.slot());
                assertEquals(drawn.credential().lookupHash(), read.credential().lookupHash());
            }
        }
    }

    @Test
    void everyWrongCharacterIsNoticed() {
        String text = AccessKey.generate(RANDOM).text();
        for (int at = 0; at < text.length(); at++) {
            for (char other : "qpzry9x8gf2tvdw0s3jn54khce6mua7lb1ioQ -\n".toCharArray()) {
                if (other != text.charAt(at)) {
                    String wrong = text.substring(0, at) + other + text.substring(at + 1);
                    assertThrows(IllegalArgumentException.class, () -> AccessKey.parse(wrong), wrong);
                }
            }
        }
    }

    @Test
    void theErrorDoesNotRepeatTheKey() {
        String wrong = AccessKey.generate(RANDOM).text().substring(0, 72);
        String message = assertThrows(IllegalArgumentException.class, () -> AccessKey.parse(wrong))
                .getMessage();
        assertFalse(message.contains(wrong.substring(15, 25)));
    }

    @Test
    void oneOfAllWrapsTheMasterKey() throws RejectedException {
        try (AccessKey key = AccessKey.generate(RANDOM);
                AccessKey other = AccessKey.generate(RANDOM);
                MasterKey masterKey = MasterKey.generate(ACCOUNT, RANDOM)) {
            Bytes wrapped = key.credential().wrap(masterKey, key.slot(), RANDOM);
            key.credential().unwrap(ACCOUNT, key.slot(), wrapped).close();
            assertNotEquals(key.slot(), other.slot());
            assertThrows(RejectedException.class, () -> other.credential().unwrap(ACCOUNT, key.slot(), wrapped));
            // One is no scope record, and a scope record is none.
            assertThrows(RejectedException.class, () -> key.credential().openScope(ACCOUNT, key.slot(), wrapped));
        }
    }

    @Test
    void aScopedOneOpensTheKeysOfItsDomainsAndNoOther() throws RejectedException {
        try (AccessKey key = AccessKey.generate(RANDOM);
                AccountKeys keys = AccountKeys.generate(ACCOUNT, RANDOM)) {
            Scope scope = Scope.parse("chats:read,emails:write");
            Bytes sealed = key.credential().sealScope(key.slot(), ACCOUNT, scope, 5L, keys, RANDOM);
            try (ScopedKeys opened = key.credential().openScope(ACCOUNT, key.slot(), sealed)) {
                assertEquals(scope, opened.scope());
                assertEquals(ACCOUNT, opened.account());
                assertEquals(OptionalLong.of(5), opened.expiresAt());
                ContainerId container = ContainerId.generate(RANDOM);
                ChatKey chat = keys.chats().generate(container, RANDOM);
                opened.chats()
                        .orElseThrow()
                        .unwrap(container, keys.chats().wrap(chat, RANDOM), null)
                        .close();
                assertTrue(opened.emails().isPresent());
                assertEquals(Optional.empty(), opened.apps());
                assertEquals(Optional.empty(), opened.embeds());
            }
            assertThrows(RejectedException.class, () -> key.credential().unwrap(ACCOUNT, key.slot(), sealed));
        }
    }

    /// Neither the server nor anybody else can put it in another place.
    @Test
    void aScopeRecordOfAnotherKeySlotOrAccountDoesNotOpen() throws RejectedException {
        try (AccessKey key = AccessKey.generate(RANDOM);
                AccessKey other = AccessKey.generate(RANDOM);
                AccountKeys keys = AccountKeys.generate(ACCOUNT, RANDOM)) {
            Bytes sealed =
                    key.credential().sealScope(key.slot(), ACCOUNT, Scope.parse("chats:read"), null, keys, RANDOM);
            assertThrows(RejectedException.class, () -> other.credential().openScope(ACCOUNT, key.slot(), sealed));
            assertThrows(RejectedException.class, () -> key.credential().openScope(ACCOUNT, other.slot(), sealed));
            assertThrows(
                    RejectedException.class,
                    () -> key.credential().openScope(AccountId.generate(RANDOM), key.slot(), sealed));
        }
    }

    @Test
    void isOfNoUseOnceClosed() {
        AccessKey key = AccessKey.generate(RANDOM);
        key.close();
        assertThrows(IllegalStateException.class, key::text);
        assertThrows(IllegalStateException.class, key::credential);
    }
}
