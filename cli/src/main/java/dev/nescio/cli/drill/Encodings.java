package dev.nescio.cli.drill;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The ways in which the same bytes can lie around.
final class Encodings {

    /// What is searched, in words, for the report.
    static final String DESCRIPTION = "UTF-8, UTF-16 (both byte orders), JSON and URL escapes, hex (both cases),"
            + " base64 and base64url (three alignments), lists of numbers, 32- and 64-bit words;"
            + " plain and in gzip, zlib, zip and zstd";

    private static final int BASE64_GROUP = 3;

    private Encodings() {}

    /// Every spelling of a text, by the name of its encoding. Some may be equal.
    static Map<String, byte[]> ofText(String text) {
        Map<String, byte[]> all = new LinkedHashMap<>();
        all.put("UTF-8", text.getBytes(StandardCharsets.UTF_8));
        all.put("UTF-16LE", text.getBytes(StandardCharsets.UTF_16LE));
        all.put("UTF-16BE", text.getBytes(StandardCharsets.UTF_16BE));
        String json = jsonEscapes(text);
        all.put("JSON", json.getBytes(StandardCharsets.UTF_8));
        all.put("JSON in UTF-16LE", json.getBytes(StandardCharsets.UTF_16LE));
        all.put("JSON in UTF-16BE", json.getBytes(StandardCharsets.UTF_16BE));
        putSpelling(all, "ASCII JSON", asciiEscapes(json, HexFormat.of()));
        putSpelling(
                all, "ASCII JSON, upper case", asciiEscapes(json, HexFormat.of().withUpperCase()));
        putSpelling(all, "URL escapes", urlEscapes(text, HexFormat.of().withUpperCase()));
        putSpelling(all, "URL escapes, lower case", urlEscapes(text, HexFormat.of()));
        putSpellings(all, text.getBytes(StandardCharsets.UTF_8));
        return all;
    }

    /// Every spelling of bytes that are not text, by the name of its encoding. Some may be equal.
    static Map<String, byte[]> ofBytes(byte[] bytes) {
        Map<String, byte[]> all = new LinkedHashMap<>();
        all.put("bytes", bytes);
        all.put("32-bit words", swapped(bytes, Integer.BYTES));
        all.put("64-bit words", swapped(bytes, Long.BYTES));
        putSpellings(all, bytes);
        return all;
    }

    private static void putSpellings(Map<String, byte[]> all, byte[] bytes) {
        putSpelling(all, "hex", HexFormat.of().formatHex(bytes));
        putSpelling(all, "hex, upper case", HexFormat.of().withUpperCase().formatHex(bytes));
        for (int alignment = 0; alignment < BASE64_GROUP; alignment++) {
            putSpelling(all, "base64, alignment " + alignment, base64(Base64.getEncoder(), bytes, alignment));
            putSpelling(all, "base64url, alignment " + alignment, base64(Base64.getUrlEncoder(), bytes, alignment));
        }
        putSpelling(all, "list of numbers", list(bytes, number -> number));
        putSpelling(all, "list of unsigned numbers", list(bytes, number -> number & 0xff));
        putSpelling(all, "dense list of numbers", list(bytes, number -> number).replace(" ", ""));
        putSpelling(
                all,
                "dense list of unsigned numbers",
                list(bytes, number -> number & 0xff).replace(" ", ""));
    }

    /// ASCII as a file holds it, and as a string of 16-bit characters in memory.
    private static void putSpelling(Map<String, byte[]> all, String name, String ascii) {
        all.put(name, ascii.getBytes(StandardCharsets.US_ASCII));
        for (Charset wide : new Charset[] {StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE}) {
            all.put(name + " in " + wide, ascii.getBytes(wide));
        }
    }

    /// The characters of the base64 of any data in which `bytes` begin at an offset that leaves the
    /// remainder `alignment` by 3, save those at either end that depend on the neighbours.
    private static String base64(Base64.Encoder encoder, byte[] bytes, int alignment) {
        byte[] shifted = new byte[alignment + bytes.length];
        System.arraycopy(bytes, 0, shifted, alignment, bytes.length);
        String text = encoder.withoutPadding().encodeToString(shifted);
        int from = Math.ceilDiv(Byte.SIZE * alignment, 6);
        int to = Byte.SIZE * shifted.length / 6;
        return text.substring(from, to);
    }

    /// As a log shows an array; the ends are left away with the brackets, for the array may be longer.
    private static String list(byte[] bytes, IntUnaryOperator reading) {
        return IntStream.range(0, bytes.length)
                .mapToObj(i -> Integer.toString(reading.applyAsInt(bytes[i])))
                .collect(Collectors.joining(", "));
    }

    /// As an array of words on a machine that keeps their lowest byte first; ciphers keep keys so. Bytes
    /// that fill no word are left away.
    private static byte[] swapped(byte[] bytes, int word) {
        byte[] out = Arrays.copyOf(bytes, bytes.length - bytes.length % word);
        ByteBuffer from = ByteBuffer.wrap(bytes);
        ByteBuffer to = ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN);
        while (to.remaining() > 0) {
            if (word == Integer.BYTES) {
                to.putInt(from.getInt());
            } else {
                to.putLong(from.getLong());
            }
        }
        return out;
    }

    private static String jsonEscapes(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    private static String asciiEscapes(String json, HexFormat hex) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c < ' ' || c > '~') {
                out.append("\\u").append(hex.toHexDigits(c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static String urlEscapes(String text, HexFormat hex) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean unreserved = (b >= '0' && b <= '9')
                    || (b >= 'a' && b <= 'z')
                    || (b >= 'A' && b <= 'Z')
                    || "-._~".indexOf(b) >= 0;
            if (unreserved) {
                out.append((char) b);
            } else {
                out.append('%').append(hex.toHexDigits(b));
            }
        }
        return out.toString();
    }
}
