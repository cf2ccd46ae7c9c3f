package dev.nescio.keys.vectors;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Domain;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.StreamSealer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Vectors of section 7. Long streams are given by length and SHA-256; broken ones as pieces of sound ones,
/// which a reader of the vectors makes itself.
final class StreamVectors {

    private static final AssociatedData FILE = new AssociatedData(
            "item", Fixed.account("a"), Domain.EMBEDS, Fixed.container("a"), Fixed.item("a"), "content", 1);

    private static final int HEADER = 57;
    private static final int SEALED_CHUNK = 65552;
    private static final int SHOWN_WHOLE = 1024;

    private final VectorFile file = new VectorFile("stream");
    private final Map<String, byte[]> streams = new HashMap<>();

    private StreamVectors() {}

    static VectorFile stream() {
        StreamVectors vectors = new StreamVectors();
        vectors.opening();
        vectors.failing();
        vectors.cut();
        vectors.moved();
        return vectors.file;
    }

    private void opening() {
        opens("empty", 0, "stream", "stream");
        opens("1 byte", 1, "stream", "stream");
        opens("63 bytes", 63, "stream", "stream");
        opens("64 bytes", 64, "stream", "stream");
        opens("one byte less than a chunk", 65535, "stream", "stream");
        opens("one chunk", 65536, "stream", "stream");
        opens("one chunk and a byte", 65537, "stream", "stream");
        opens("two chunks", 131072, "stream", "stream");
        opens("three chunks and a rest", 200000, "stream", "stream");
        opens("the same under another salt", 200000, "stream", "stream again");
        opens("the same under another key", 200000, "another", "stream");
    }

    private void opens(String name, int length, String key, String salt) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] content = new byte[length];
        Arrays.fill(content, (byte) 'a');
        try (StreamSealer sealer =
                new StreamSealer(SealingVectors.key(Fixed.key(key)), FILE, GivenBytes.of(Fixed.salt(salt)), out)) {
            sealer.write(content);
            sealer.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] stream = out.toByteArray();
        streams.put(name, stream);

        ObjectNode vector = file.add(name).put("key", Fixed.key(key).hex());
        VectorFile.put(vector, FILE);
        vector.put("salt", Fixed.salt(salt).hex())
                .put("aesKey", SealingVectors.aesKey("stream/key", Fixed.key(key), Fixed.salt(salt)));
        VectorFile.putRepeated(vector, "content", "61", length);
        vector.put("header", hex(Arrays.copyOf(stream, HEADER)))
                .put("length", stream.length)
                .put("sha256", hex(Fixed.sha256(stream)));
        if (stream.length <= SHOWN_WHOLE) {
            vector.put("stream", hex(stream));
        }
    }

    private void failing() {
        String small = "63 bytes";
        int all = streams.get(small).length;
        fails("version 0", "unsupported-version", 0, hex("00"), piece(small, 1, all));
        fails("version 2", "unsupported-version", 0, hex("02"), piece(small, 1, all));
        fails("commitment flipped", "wrong-key", 0, piece(small, 0, 1), flip(small, 1), piece(small, 2, all));
        fails("salt flipped", "damaged", 0, piece(small, 0, 33), flip(small, 33), piece(small, 34, all));
        fails("ciphertext flipped", "damaged", 0, piece(small, 0, 57), flip(small, 57), piece(small, 58, all));
        fails("tag flipped", "damaged", 0, piece(small, 0, all - 1), flip(small, all - 1));
        fails("one byte added", "damaged", 0, piece(small, 0, all), hex("00"));

        String large = "three chunks and a rest";
        int end = streams.get(large).length;
        int second = HEADER + SEALED_CHUNK;
        fails(
                "second chunk flipped",
                "damaged",
                65536,
                piece(large, 0, second),
                flip(large, second),
                piece(large, second + 1, end));
        fails("last chunk flipped", "damaged", 3 * 65536, piece(large, 0, end - 1), flip(large, end - 1));
        fails("under another key", "wrong-key", 0, piece("the same under another key", 0, end));
    }

    private void cut() {
        String small = "63 bytes";
        fails("nothing", "malformed", 0);
        fails("half a header", "malformed", 0, piece(small, 0, 30));
        fails("header only", "malformed", 0, piece(small, 0, HEADER));
        fails("header only, version 2", "malformed", 0, hex("02"), piece(small, 1, HEADER));
        fails("one byte short of the smallest", "malformed", 0, piece(small, 0, HEADER + 79));

        String large = "three chunks and a rest";
        int end = streams.get(large).length;
        fails("last byte cut off", "damaged", 3 * 65536, piece(large, 0, end - 1));
        fails("last chunk cut off", "damaged", 2 * 65536, piece(large, 0, HEADER + 3 * SEALED_CHUNK));
        fails("cut after the first chunk", "damaged", 0, piece(large, 0, HEADER + SEALED_CHUNK));
        fails("cut in the second chunk", "damaged", 65536, piece(large, 0, HEADER + SEALED_CHUNK + 1000));
        fails("a rest too short for a tag", "damaged", 65536, piece(large, 0, HEADER + SEALED_CHUNK + 15));
        fails("a rest too short for a chunk", "damaged", 65536, piece(large, 0, HEADER + SEALED_CHUNK + 79));
        fails(
                "a whole number of chunks, the chunk of padding cut off",
                "damaged",
                65536,
                piece("two chunks", 0, HEADER + 2 * SEALED_CHUNK));
    }

    private void moved() {
        String large = "three chunks and a rest";
        String again = "the same under another salt";
        int end = streams.get(large).length;
        ObjectNode header = piece(large, 0, HEADER);
        ObjectNode first = chunk(large, 0);
        ObjectNode second = chunk(large, 1);
        ObjectNode third = chunk(large, 2);
        ObjectNode last = piece(large, HEADER + 3 * SEALED_CHUNK, end);
        fails("first two chunks exchanged", "damaged", 0, header, second, first, third, last);
        fails("second and third chunk exchanged", "damaged", 65536, header, first, third, second, last);
        fails("a chunk left out", "damaged", 65536, header, first, third, last);
        fails("a chunk twice", "damaged", 2 * 65536, header, first, second, second, third, last);
        fails("a chunk of another stream", "damaged", 65536, header, first, chunk(again, 1), third, last);
        fails("the header of another stream", "damaged", 0, piece(again, 0, HEADER), first, second, third, last);
        fails("the last chunk first", "damaged", 0, header, last);
        fails("a chunk after the last", "damaged", 3 * 65536, header, first, second, third, last, first);
        fails("the stream twice", "damaged", 3 * 65536, piece(large, 0, end), piece(large, 0, end));
    }

    private static ObjectNode piece(String of, int from, int to) {
        return object().put("of", of).put("from", from).put("to", to);
    }

    private static ObjectNode chunk(String of, int index) {
        return piece(of, HEADER + index * SEALED_CHUNK, HEADER + (index + 1) * SEALED_CHUNK);
    }

    private static ObjectNode hex(String bytes) {
        return object().put("hex", bytes);
    }

    private static String hex(byte[] bytes) {
        return VectorFile.hex(bytes);
    }

    private ObjectNode flip(String of, int at) {
        return hex(Bytes.copyOf(new byte[] {(byte) (streams.get(of)[at] ^ 1)}).hex());
    }

    private static ObjectNode object() {
        return tools.jackson.databind.node.JsonNodeFactory.instance.objectNode();
    }

    /// @param released octets of content that a reader from the start has released by then
    private void fails(String name, String error, int released, ObjectNode... pieces) {
        ObjectNode vector = file.add(name).put("key", Fixed.key("stream").hex());
        VectorFile.put(vector, FILE);
        ArrayNode all = vector.putArray("pieces");
        for (ObjectNode piece : pieces) {
            all.add(piece.deepCopy());
        }
        vector.put("error", error).put("released", released);
    }
}
