package dev.nescio.sealing.v1;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.ItemId;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/// Hostile bytes for each parser here: only the documented failure escapes, and what is accepted has the one form
/// that a sealer gives it. `CONTRIBUTING.md` says how to let the fuzzer look for new inputs.
class ParsersFuzzTest {

    /// Key and place of the seeds, from `spec/vectors/envelope.json` and `stream.json`.
    private static final SealingKey KEY = key("893ab3708b84bff02842426e012034eaa9d4eaaffa577ff6ef4e206018a2fc3f");

    private static final SealingKey STREAM_KEY =
            key("5512b2e9deef328a906a895d6f93750f77cab17b5115e01efadcd92698601b42");
    private static final AssociatedData PLACE = place(Domain.CHATS);
    private static final AssociatedData STREAM_PLACE = place(Domain.EMBEDS);

    private static SealingKey key(String hex) {
        return SealingKey.of(SecretBytes.taking(Bytes.parseHex(hex).toArray()));
    }

    private static AssociatedData place(Domain domain) {
        return new AssociatedData(
                "item",
                new AccountId(Bytes.parseHex("c7f606da26aa9d07fbb79318be1bbee4")),
                domain,
                new ContainerId(Bytes.parseHex("90a65a8341741ca98197c910bc9aea3a")),
                new ItemId(Bytes.parseHex("a9761bbfe0e3c43959f18c2841564efd")),
                "content",
                1);
    }

    @FuzzTest(maxDuration = "30s")
    void envelope(byte[] envelope) {
        try {
            byte[] content = KEY.open(PLACE, envelope);
            assertEquals(SealingKey.OVERHEAD + Padding.paddedLength(content.length), envelope.length);
        } catch (RejectedException e) {
            assertNotNull(e.reason());
        }
    }

    @FuzzTest(maxDuration = "30s")
    void padding(byte[] padded) {
        try {
            assertArrayEquals(padded, Padding.pad(Padding.unpad(padded)));
        } catch (RejectedException e) {
            assertEquals(RejectedException.Reason.DAMAGED, e.reason());
        }
    }

    @FuzzTest(maxDuration = "30s")
    void originNote(byte[] encoded) {
        try {
            OriginNote note = OriginNote.decode(encoded);
            assertArrayEquals(encoded, note.encode());
            assertNotNull(note.text());
        } catch (RejectedException e) {
            assertNotNull(e.reason());
        }
    }

    /// From its start and with random access, a stream opens to the same content or not at all.
    @FuzzTest(maxDuration = "30s")
    void stream(byte[] stream) throws IOException {
        assertArrayEquals(fromStart(stream), withRandomAccess(stream));
    }

    /// @return null if it is rejected
    private static byte[] fromStart(byte[] stream) throws IOException {
        try (StreamOpener opener = new StreamOpener(STREAM_KEY, STREAM_PLACE, new ByteArrayInputStream(stream))) {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            byte[] chunk = new byte[StreamOpener.CHUNK];
            for (int length = opener.readChunk(chunk); length >= 0; length = opener.readChunk(chunk)) {
                content.write(chunk, 0, length);
            }
            return content.toByteArray();
        } catch (RejectedException e) {
            return null;
        }
    }

    private static byte[] withRandomAccess(byte[] stream) throws IOException {
        try (StreamReader reader = new StreamReader(
                STREAM_KEY,
                STREAM_PLACE,
                stream.length,
                (offset, length) -> Arrays.copyOfRange(stream, (int) offset, (int) offset + length))) {
            return reader.read(0, Math.toIntExact(reader.length()));
        } catch (RejectedException e) {
            return null;
        }
    }
}
