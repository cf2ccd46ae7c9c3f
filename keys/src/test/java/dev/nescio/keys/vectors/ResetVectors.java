package dev.nescio.keys.vectors;

import dev.nescio.keys.Address;
import dev.nescio.keys.ResetCode;
import dev.nescio.protocol.Bytes;
import java.util.Locale;

/// Vectors of reset codes (spec, section 3.13).
final class ResetVectors {

    private static final String ADDRESS = "ada@example.org";

    private ResetVectors() {}

    static VectorFile resetCode() {
        VectorFile file = new VectorFile("reset-code");
        Bytes code = Fixed.bytes("reset code", 20);
        String text = text(code);
        String bare = text.replace("-", "");
        read(file, "as shown", text, code, ADDRESS);
        read(file, "of another address", text, code, "eve@example.org");
        read(file, "lower case, without hyphens", bare.toLowerCase(Locale.ROOT), code, ADDRESS);
        read(file, "mixed case", text.substring(0, 20) + text.substring(20).toLowerCase(Locale.ROOT), code, ADDRESS);
        read(file, "white space and hyphens anywhere", "\n " + text.replace("-", " -\t\r\n") + "- ", code, ADDRESS);
        for (String octet : new String[] {"00", "ff"}) {
            Bytes same = Bytes.parseHex(octet.repeat(20));
            read(file, octet.equals("00") ? "all zeros" : "all ones", text(same), same, ADDRESS);
        }
        refused(file, "nothing", "");
        refused(file, "43 characters", bare.substring(0, 43));
        refused(file, "45 characters", bare + "Q");
        refused(file, "a wrong character", bare.substring(0, 20) + other(bare.charAt(20)) + bare.substring(21));
        refused(file, "b, which the alphabet leaves out", bare.substring(0, 20) + "B" + bare.substring(21));
        refused(file, "another prefix", "RECET" + bare.substring(5));
        refused(file, "another version", "RESET2" + bare.substring(6));
        refused(file, "no-break space", text.replace("-", "\u00a0"));
        refused(file, "full-width digit", bare.replace('1', '\uff11'));
        return file;
    }

    private static char other(char character) {
        return character == 'Q' ? 'P' : 'Q';
    }

    private static String text(Bytes code) {
        try (ResetCode drawn = ResetCode.generate(GivenBytes.of(code))) {
            return drawn.text();
        }
    }

    private static void read(VectorFile file, String name, String typed, Bytes code, String address) {
        Address parsed = Address.parse(address);
        try (ResetCode drawn = ResetCode.generate(GivenBytes.of(code))) {
            file.add(name)
                    .put("typed", typed)
                    .put("code", code.hex())
                    .put("text", drawn.text())
                    .put("address", address)
                    .put("hashedEmail", parsed.hashed().hex())
                    .put("hash", drawn.hash(parsed).hex());
        }
    }

    private static void refused(VectorFile file, String name, String typed) {
        file.add(name).put("typed", typed).put("error", "refused");
    }
}
