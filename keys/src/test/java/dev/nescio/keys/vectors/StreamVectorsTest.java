package dev.nescio.keys.vectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.v1.SealingKey;
import dev.nescio.sealing.v1.StreamOpener;
import dev.nescio.sealing.v1.StreamReader;
import dev.nescio.sealing.v1.StreamSealer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Runs `spec/vectors/stream.json` through the reader from the start and the reader with random access.
class StreamVectorsTest {

    private static final List<Vector> ALL = Vector.all("stream");
    private static final Map<String, byte[]> SOUND = new HashMap<>();

    static Stream<Vector> sound() {
        return ALL.stream().filter(vector -> !vector.fails());
    }

    static Stream<Vector> broken() {
        return ALL.stream().filter(Vector::fails);
    }

    @ParameterizedTest
    @MethodSource("sound")
    void opens(Vector vector) throws Exception {
        byte[] stream = seal(vector);
        byte[] content = vector.bytes("content");
        assertEquals(vector.integer("length"), stream.length);
        assertArrayEquals(vector.bytes("header"), Arrays.copyOf(stream, 57));
        assertArrayEquals(vector.bytes("sha256"), Fixed.sha256(stream));
        if (vector.has("stream")) {
            assertArrayEquals(vector.bytes("stream"), stream);
        }

        ByteArrayOutputStream opened = new ByteArrayOutputStream();
        read(vector, stream, opened);
        assertArrayEquals(content, opened.toByteArray());
        try (StreamReader reader = reader(vector, stream)) {
            assertEquals(content.length, reader.length());
            assertArrayEquals(content, reader.read(0, content.length));
        }
    }

    @ParameterizedTest
    @MethodSource("broken")
    void failsFromTheStart(Vector vector) throws IOException {
        byte[] stream = pieces(vector);
        ByteArrayOutputStream released = new ByteArrayOutputStream();
        RejectedException e = assertThrows(RejectedException.class, () -> read(vector, stream, released));
        assertEquals(vector.error(), e.reason().text());
        byte[] expected = new byte[vector.integer("released")];
        Arrays.fill(expected, (byte) 'a');
        assertArrayEquals(expected, released.toByteArray());
    }

    @ParameterizedTest
    @MethodSource("broken")
    void failsWithRandomAccess(Vector vector) throws IOException {
        byte[] stream = pieces(vector);
        RejectedException e = assertThrows(RejectedException.class, () -> {
            try (StreamReader reader = reader(vector, stream)) {
                reader.read(0, Math.toIntExact(reader.length()));
            }
        });
        assertEquals(vector.error(), e.reason().text());
    }

    private static void read(Vector vector, byte[] stream, ByteArrayOutputStream released)
            throws IOException, RejectedException {
        try (SealingKey key = vector.key("key")) {
            StreamOpener opener = new StreamOpener(key, vector.associatedData(), new ByteArrayInputStream(stream));
            byte[] chunk = new byte[StreamOpener.CHUNK];
            for (int length = opener.readChunk(chunk); length >= 0; length = opener.readChunk(chunk)) {
                released.write(chunk, 0, length);
            }
        }
    }

    private static StreamReader reader(Vector vector, byte[] stream) throws IOException, RejectedException {
        try (SealingKey key = vector.key("key")) {
            return new StreamReader(
                    key,
                    vector.associatedData(),
                    stream.length,
                    (offset, length) -> Arrays.copyOfRange(stream, (int) offset, (int) offset + length));
        }
    }

    private static byte[] seal(Vector vector) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (SealingKey key = vector.key("key");
                StreamSealer sealer = new StreamSealer(key, vector.associatedData(), vector.salt("salt"), out)) {
            sealer.write(vector.bytes("content"));
            sealer.finish();
        }
        return out.toByteArray();
    }

    private static byte[] pieces(Vector vector) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (JsonNode piece : vector.node().get("pieces")) {
            if (piece.has("hex")) {
                out.writeBytes(Bytes.parseHex(piece.get("hex").stringValue()).toArray());
            } else {
                byte[] of = sound(piece.get("of").stringValue());
                int to = piece.get("to").intValue();
                assertTrue(to <= of.length, "a piece lies in its stream");
                out.write(Arrays.copyOfRange(of, piece.get("from").intValue(), to));
            }
        }
        return out.toByteArray();
    }

    private static byte[] sound(String name) throws IOException {
        byte[] known = SOUND.get(name);
        if (known == null) {
            known = seal(sound().filter(vector -> vector.name().equals(name))
                    .findFirst()
                    .orElseThrow());
            SOUND.put(name, known);
        }
        return known;
    }
}
