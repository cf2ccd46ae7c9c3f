package dev.nescio.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.nescio.protocol.ItemId;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Hostile bytes as decrypted content, as a saved profile and as a device's memory: only the documented failure
/// escapes, and what is
/// accepted reads the same when it is written again. `CONTRIBUTING.md` says how to let the fuzzer look for new
/// inputs.
class ParsersFuzzTest {

    private static final ItemId ITEM = ItemId.generate(RandomGenerator.of("L64X128MixRandom"));

    @FuzzTest(maxDuration = "30s")
    void message(byte[] content) {
        ChatContent.message(ITEM, content)
                .ifPresent(message -> assertEquals(
                        Optional.of(message),
                        ChatContent.message(ITEM, ChatContent.message(message.text(), message.sentAt()))));
    }

    @FuzzTest(maxDuration = "30s")
    void title(byte[] content) {
        ChatContent.title(content)
                .ifPresent(title -> assertEquals(Optional.of(title), ChatContent.title(ChatContent.title(title))));
    }

    @FuzzTest(maxDuration = "30s")
    void savedProfile(byte[] saved) {
        try {
            assertNotNull(SavedProfile.describe(saved).server());
            assertNotNull(SavedProfile.open(saved, ProfileProtection.insecureInClear()));
        } catch (IllegalArgumentException e) {
            assertFalse(e.getMessage().isEmpty());
        }
    }

    @FuzzTest(maxDuration = "30s")
    void memory(byte[] file) {
        FileMemory.Content.decode(file)
                .ifPresent(content -> assertEquals(Optional.of(content), FileMemory.Content.decode(content.encode())));
    }
}
