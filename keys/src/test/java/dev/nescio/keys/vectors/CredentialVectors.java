package dev.nescio.keys.vectors;

import static dev.nescio.keys.vectors.VectorFile.hex;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nescio.keys.Address;
import dev.nescio.keys.BackupCode;
import dev.nescio.keys.Credential;
import dev.nescio.keys.RecoveryKey;
import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.Derivation;
import dev.nescio.sealing.v1.SealingKey;
import java.nio.ByteBuffer;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import tools.jackson.databind.node.ObjectNode;

/// Vectors of section 3: addresses, passwords, backup codes.
final class CredentialVectors {

    private CredentialVectors() {}

    static VectorFile address() {
        VectorFile file = new VectorFile("address");
        addressesOfAscii(file);
        addressesWithUnicodeBeforeTheAt(file);
        addressesWithUnicodeAfterTheAt(file);
        refusedAddresses(file);
        refusedDomains(file);
        addressesInUnicode151(file);
        return file;
    }

    private static void addressesOfAscii(VectorFile file) {
        accepted(file, "plain", "ada@example.org", "ada@example.org");
        accepted(file, "upper case", "Ada.Lovelace@EXAMPLE.Org", "ada.lovelace@example.org");
        accepted(file, "white space around", " \t\r\nada@example.org\n ", "ada@example.org");
        accepted(file, "dots and plus stay", "a.d.a+tag@example.org", "a.d.a+tag@example.org");
        accepted(file, "signs before the @", "!#$%&'*+/=?^_`{|}~-\"@example.org", "!#$%&'*+/=?^_`{|}~-\"@example.org");
        accepted(file, "dots anywhere before the @", ".a..b.@example.org", ".a..b.@example.org");
        accepted(file, "one label", "root@localhost", "root@localhost");
        accepted(file, "hyphens anywhere", "a@-ab--cd-.org", "a@-ab--cd-.org");
        accepted(file, "looks like an IPv4 address", "a@192.0.2.1", "a@192.0.2.1");
        accepted(file, "looks like a short IPv4 address", "a@127.1", "a@127.1");
        accepted(file, "looks like a hexadecimal IPv4 address", "a@0x7F.1", "a@0x7f.1");
        accepted(file, "looks like an octal IPv4 address", "a@0300.0250.0.1", "a@0300.0250.0.1");
        accepted(file, "looks like a number", "a@2130706433", "a@2130706433");
        accepted(file, "looks like too large an IPv4 address", "a@999.999.999.999", "a@999.999.999.999");
        accepted(file, "label of 63", "a@" + "b".repeat(63) + ".org", "a@" + "b".repeat(63) + ".org");
        String longest = "c".repeat(254 - 64 - "@.org".length()) + "@" + "b".repeat(63) + ".org";
        accepted(file, "253 bytes", longest.substring(1), longest.substring(1));
        accepted(file, "254 bytes", "c" + longest.substring(1), "c" + longest.substring(1));
        accepted(file, "254 bytes and one more", "cc" + longest, null);
    }

    private static void addressesWithUnicodeBeforeTheAt(VectorFile file) {
        accepted(file, "composed", "jos\u00e9@example.org", "jos\u00e9@example.org");
        accepted(file, "decomposed", "jose\u0301@example.org", "jos\u00e9@example.org");
        accepted(file, "composed by lower-casing", "E\u0301@example.org", "\u00e9@example.org");
        accepted(file, "capital sharp s", "\u1e9e@example.org", "\u00df@example.org");
        accepted(file, "sharp s stays", "stra\u00dfe@example.org", "stra\u00dfe@example.org");
        accepted(file, "dotted capital I", "\u0130@example.org", "i\u0307@example.org");
        accepted(file, "no Turkish locale", "IZMIR@example.org", "izmir@example.org");
        accepted(
                file,
                "final sigma",
                "\u039d\u0399\u039a\u039f\u03a3@example.org",
                "\u03bd\u03b9\u03ba\u03bf\u03c2@example.org");
        accepted(file, "sigma inside", "\u03a3\u0391\u03a3\u0391@example.org", "\u03c3\u03b1\u03c3\u03b1@example.org");
        accepted(file, "sigma alone", "\u03a3@example.org", "\u03c3@example.org");
        accepted(file, "sigma before a digit", "\u0391\u03a31@example.org", "\u03b1\u03c21@example.org");
        accepted(
                file,
                "sigma before a digit and a letter",
                "\u0391\u03a31\u0392@example.org",
                "\u03b1\u03c21\u03b2@example.org");
        accepted(file, "sigma after a digit", "\u03911\u03a3@example.org", "\u03b11\u03c3@example.org");
        accepted(
                file,
                "sigma before a dot and a letter",
                "\u0391\u03a3.\u0392@example.org",
                "\u03b1\u03c3.\u03b2@example.org");
        accepted(file, "sigma before a hyphen", "\u0391\u03a3-\u0392@example.org", "\u03b1\u03c2-\u03b2@example.org");
        accepted(
                file,
                "sigma before an underscore",
                "\u0391\u03a3_\u0392@example.org",
                "\u03b1\u03c2_\u03b2@example.org");
        accepted(file, "sigma with a mark", "\u0391\u0301\u03a3\u0301@example.org", "\u03ac\u03c2\u0301@example.org");
        accepted(
                file,
                "emoji",
                "\ud83d\udc69\u200d\ud83d\udcbb@example.org",
                "\ud83d\udc69\u200d\ud83d\udcbb@example.org");
        accepted(file, "full-width letters stay full-width", "\uff21@example.org", "\uff41@example.org");
        accepted(file, "compatibility forms stay", "\ufb01\u2460\u00b2@example.org", "\ufb01\u2460\u00b2@example.org");
        accepted(file, "Angstrom sign", "\u212b@example.org", "\u00e5@example.org");
        accepted(file, "Kelvin sign", "\u212a@example.org", "k@example.org");
        accepted(file, "Hangul jamo", "\u1100\u1161@example.org", "\uac00@example.org");
        accepted(file, "capitals beyond the first plane", "\ud801\udc00@example.org", "\ud801\udc28@example.org");
        accepted(file, "Cherokee", "\u13a0@example.org", "\uab70@example.org");
        accepted(file, "zero-width space stays", "a\u200bb@example.org", "a\u200bb@example.org");
    }

    private static void addressesWithUnicodeAfterTheAt(VectorFile file) {
        accepted(file, "umlaut", "a@b\u00fccher.example", "a@xn--bcher-kva.example");
        accepted(file, "umlaut, decomposed and upper case", "a@BU\u0308CHER.example", "a@xn--bcher-kva.example");
        accepted(file, "sharp s, not ss", "a@fa\u00df.de", "a@xn--fa-hia.de");
        accepted(file, "capital sharp s", "a@FA\u1e9e.de", "a@xn--fa-hia.de");
        accepted(file, "ss is another domain", "a@fass.de", "a@fass.de");
        accepted(file, "final sigma, not sigma", "a@\u03b2\u03cc\u03bb\u03bf\u03c2.example", "a@xn--nxasmm1c.example");
        accepted(file, "ACE form", "a@xn--bcher-kva.example", "a@xn--bcher-kva.example");
        accepted(file, "ACE form in upper case", "a@XN--BCHER-KVA.example", "a@xn--bcher-kva.example");
        accepted(file, "ACE form of sharp s", "a@xn--fa-hia.de", "a@xn--fa-hia.de");
        accepted(file, "full-width letters and digits", "a@\uff45\uff58\uff11.org", "a@ex1.org");
        accepted(file, "full-width dot", "a@example\uff0eorg", "a@example.org");
        accepted(file, "ideographic dot", "a@example\u3002org", "a@example.org");
        accepted(file, "half-width ideographic dot", "a@example\uff61org", "a@example.org");
        accepted(file, "full-width IPv4 address", "a@\uff11\uff12\uff17.\uff11", "a@127.1");
        accepted(file, "soft hyphen is dropped", "a@ex\u00adample.org", "a@example.org");
        accepted(file, "right to left", "a@\u05d0\u05d1.example", "a@xn--4dbc.example");
        accepted(file, "right to left, ending in a digit", "a@\u05d01.example", "a@xn--1-zhc.example");
        accepted(file, "emoji in the domain", "a@\u2615.example", "a@xn--53h.example");
        accepted(
                file,
                "joiner where a script needs it",
                "a@\u0915\u094d\u200d\u0937.example",
                "a@xn--11b2ezcw70k.example");
        accepted(file, "Han", "a@\u4f8b\u5b50.\u6d4b\u8bd5", "a@xn--fsqu00a.xn--0zwm56d");
        String unicode = "\u00fc".repeat(50) + ".example";
        accepted(file, "label that is short enough only as ACE counts", "a@" + unicode, domainOf(unicode));
    }

    private static String domainOf(String unicode) {
        return "a@"
                + com.ibm
                        .icu
                        .text
                        .IDNA
                        .getUTS46Instance(com.ibm.icu.text.IDNA.NONTRANSITIONAL_TO_ASCII)
                        .nameToASCII(unicode, new StringBuilder(), new com.ibm.icu.text.IDNA.Info());
    }

    private static void refusedAddresses(VectorFile file) {
        accepted(file, "nothing", "", null);
        accepted(file, "white space only", " \n", null);
        accepted(file, "no @", "example.org", null);
        accepted(file, "only an @", "@", null);
        accepted(file, "nothing before the @", "@example.org", null);
        accepted(file, "nothing after the @", "ada@", null);
        accepted(file, "nothing before the @ but white space", " @example.org", null);
        accepted(file, "two @", "a@b@example.org", null);
        accepted(file, "space before the @", "a b@example.org", null);
        accepted(file, "space right before the @", "a @example.org", null);
        accepted(file, "no-break space in front", "\u00a0ada@example.org", null);
        accepted(file, "no-break space at the end", "ada@example.org\u00a0", null);
        accepted(file, "ideographic space", "a\u3000b@example.org", null);
        accepted(file, "next line", "a\u0085b@example.org", null);
        accepted(file, "line separator at the end", "ada@example.org\u2028", null);
        accepted(file, "vertical tab in front", "\u000bada@example.org", null);
        accepted(file, "control character", "a\u0007b@example.org", null);
        accepted(file, "delete character", "a\u007fb@example.org", null);
        accepted(file, "zero character", "a\u0000b@example.org", null);
        accepted(file, "unpaired high surrogate", "a\ud83d@example.org", null);
        accepted(file, "unpaired low surrogate", "\udc69a@example.org", null);
        accepted(file, "surrogates in the wrong order", "\udc69\ud83d@example.org", null);
    }

    private static void refusedDomains(VectorFile file) {
        accepted(file, "trailing dot", "a@example.org.", null);
        accepted(file, "trailing ideographic dot", "a@example.org\u3002", null);
        accepted(file, "leading dot", "a@.example.org", null);
        accepted(file, "two dots", "a@example..org", null);
        accepted(file, "only a dot", "a@.", null);
        accepted(file, "only a soft hyphen", "a@\u00ad", null);
        accepted(file, "underscore", "a@ex_ample.org", null);
        accepted(file, "space inside", "a@exam ple.org", null);
        accepted(file, "space after the @", "a@ example.org", null);
        accepted(file, "address literal", "a@[192.0.2.1]", null);
        accepted(file, "IPv6 literal", "a@[IPv6:2001:db8::1]", null);
        accepted(file, "port", "a@example.org:25", null);
        accepted(file, "path", "a@example.org/x", null);
        accepted(file, "percent sign", "a@ex%41mple.org", null);
        accepted(file, "label of 64", "a@" + "b".repeat(64) + ".org", null);
        accepted(file, "label that is too long as ACE", "a@" + "\u00fc\u4f8b".repeat(30) + ".org", null);
        accepted(file, "ACE that decodes to ASCII", "a@xn--example-.org", null);
        accepted(file, "ACE of nothing", "a@xn--.org", null);
        accepted(file, "ACE that does not decode", "a@xn--\u00fc.org", null);
        accepted(file, "ACE with a bad digit", "a@xn--a-?.org", null);
        accepted(file, "ACE of a capital letter", "a@xn--wca.org", null);
        accepted(file, "ACE of a mapped letter", "a@xn--jm6c.example", null);
        accepted(file, "left to right in a label that is right to left", "a@\u05d0a.example", null);
        accepted(file, "digit first in a domain that is right to left", "a@1\u05d0.example", null);
        accepted(file, "label of another direction with a digit first", "a@\u05d0.1a.example", null);
        accepted(file, "joiner where no script needs it", "a@a\u200db.example", null);
        accepted(file, "non-joiner where no script needs it", "a@a\u200cb.example", null);
        accepted(file, "mark in front", "a@\u0301a.example", null);
        accepted(file, "private use character", "a@\ue000.example", null);
        accepted(file, "full-width slash", "a@a\uff0fb.example", null);
        accepted(file, "a sign that becomes a slash", "a@\u2100.example", null);
        accepted(file, "unpaired surrogate in the domain", "a@b\ud83d.example", null);
    }

    private static void addressesInUnicode151(VectorFile file) {
        accepted(file, "letter of Unicode 15.1", "\ud87a\uddf0@example.org", "\ud87a\uddf0@example.org");
        String newest = "\ud87a\uddf0.example";
        accepted(file, "letter of Unicode 15.1 in the domain", "a@" + newest, domainOf(newest));
        accepted(file, "symbol of Unicode 15.1", "\u31ef@example.org", "\u31ef@example.org");
        accepted(
                file,
                "private use characters stay",
                "\ue000\udbff\udffd@example.org",
                "\ue000\udbff\udffd@example.org");
        accepted(
                file,
                "noncharacters stay",
                "\ufdd0\uffff\udbff\udfff@example.org",
                "\ufdd0\uffff\udbff\udfff@example.org");
        accepted(file, "noncharacter in the domain", "a@\ufdd0.example", null);
        accepted(file, "private use character of the last plane in the domain", "a@\udbff\udffd.example", null);
        accepted(file, "unassigned character", "\u0378@example.org", null);
        accepted(file, "unassigned character in the domain", "a@\u0378.example", null);
        accepted(file, "unassigned character that UTS #46 would drop", "a@ex\udb43\udff0ample.org", null);
        accepted(file, "capital letter of Unicode 16, whose small one is old", "\ua7cb@example.org", null);
        accepted(file, "capital letter of Unicode 16 in the domain", "a@\ua7cb.example", null);
        accepted(file, "capital letter of Unicode 17", "\ua7ce@example.org", null);
        accepted(file, "capital letter of Unicode 17 in the domain", "a@\ua7ce.example", null);
        accepted(file, "Garay of Unicode 16", "\ud803\udd50@example.org", null);
        accepted(file, "Garay of Unicode 16 in the domain", "a@\ud803\udd50.example", null);
        accepted(file, "Beria Erfe of Unicode 17", "\ud81b\udea0@example.org", null);
        accepted(file, "Beria Erfe of Unicode 17 in the domain", "a@\ud81b\udea0.example", null);
        accepted(file, "sign of Unicode 16 that UTS #46 maps to a", "a@\ud833\udcd6.example", null);
        accepted(file, "ACE of a letter of Unicode 16", domainOf("\u1c8a.example"), null);
        accepted(file, "ACE of a letter of Unicode 17", domainOf("\ua7cf.example"), null);
        accepted(file, "letter that is cased in Unicode 15.1 only", "\u0295\u03a3@example.org", null);
        accepted(file, "the same in the domain", "a@\u0295.example", domainOf("\u0295.example"));
        for (int allowedLater : new int[] {
            0x04c0, 0x10a0, 0x10c5, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x1806, 0x180e, 0x2061, 0x2063, 0x206a, 0x206f,
            0x2132, 0x2183, 0x3164, 0xffa0, 0x1d173, 0x1d17a, 0x2f868, 0x2f874, 0x2f91f, 0x2f95f, 0x2f9bf
        }) {
            String name = String.format(Locale.ROOT, "U+%04X, which UTS #46 allows later", allowedLater);
            accepted(file, name, "a@b" + Character.toString(allowedLater) + "c.example", null);
        }
        accepted(file, "ACE of U+1806, which UTS #46 allows later", domainOf("b\u1806c.example"), null);
        accepted(file, "small Georgian letter", "a@\u2d00.example", domainOf("\u2d00.example"));
    }

    /// @param normalised null where it must be refused
    private static void accepted(VectorFile file, String name, String typed, String normalised) {
        ObjectNode vector = file.add(name);
        VectorFile.putText(vector, "typed", typed);
        if (normalised == null) {
            vector.put("error", "refused");
        } else {
            vector.put("normalised", normalised).put("hashedEmail", hex(Fixed.sha256(normalised.getBytes(UTF_8))));
        }
    }

    static VectorFile passwordText() {
        VectorFile file = new VectorFile("password-text");
        text(file, "plain", "correct horse battery staple", "correct horse battery staple");
        text(file, "nothing is trimmed, case stays", "  Pass Word  ", "  Pass Word  ");
        text(file, "one character", "a", "a");
        text(file, "composed", "caf\u00e9", "caf\u00e9");
        text(file, "decomposed", "cafe\u0301", "caf\u00e9");
        text(file, "ideographic space", "a\u3000b", "a b");
        text(file, "no-break space", "a\u00a0b", "a b");
        text(file, "em quad, which NFC would replace", "a\u2001b", "a b");
        text(file, "Ogham space", "a\u1680b", "a b");
        text(file, "zero-width characters stay", "a\u200b\u200d\ufeffb", "a\u200b\u200d\ufeffb");
        text(file, "line separator stays", "a\u2028b", "a\u2028b");
        text(file, "full-width letters stay", "\uff21\uff22", "\uff21\uff22");
        text(file, "compatibility forms stay", "\ufb01\u00b2", "\ufb01\u00b2");
        text(file, "Angstrom sign", "\u212b", "\u00c5");
        text(file, "emoji", "\ud83d\udc69\u200d\ud83d\udcbb", "\ud83d\udc69\u200d\ud83d\udcbb");
        text(file, "marks in another order", "a\u0301\u0323", "\u1ea1\u0301");
        text(file, "singleton that NFC does not restore", "\u0958", "\u0915\u093c");
        text(file, "1024 bytes", "x".repeat(1024), "x".repeat(1024));
        text(file, "1024 bytes only after NFC", "e\u0301".repeat(512), "\u00e9".repeat(512));
        text(file, "nothing", "", null);
        text(file, "1025 bytes", "x".repeat(1025), null);
        text(file, "1025 bytes with a character of two", "x".repeat(1023) + "\u00e9", null);
        text(file, "tab", "a\tb", null);
        text(file, "line feed at the end", "password\n", null);
        text(file, "zero character", "a\u0000b", null);
        text(file, "next line", "a\u0085b", null);
        text(file, "delete character", "a\u007fb", null);
        text(file, "unpaired high surrogate", "a\ud83d", null);
        text(file, "unpaired low surrogate", "\udc69a", null);
        text(file, "surrogates in the wrong order", "\udc69\ud83d", null);
        text(file, "letter of Unicode 15.1", "\ud87a\uddf0", "\ud87a\uddf0");
        text(file, "private use characters stay", "\ue000\udbff\udffd", "\ue000\udbff\udffd");
        text(file, "noncharacters stay", "\ufdd0\uffff\udbff\udfff", "\ufdd0\uffff\udbff\udfff");
        text(file, "unassigned character", "a\u0378", null);
        text(file, "letter of Unicode 16", "a\ua7cb", null);
        text(file, "letter of Unicode 17", "a\ua7ce", null);
        text(file, "Garay of Unicode 16", "\ud803\udd50", null);
        text(file, "Garay mark of Unicode 16, which NFC would reorder", "a\u0301\u0323\ud803\udd69", null);
        text(file, "Beria Erfe of Unicode 17", "\ud81b\udea0", null);
        return file;
    }

    /// @param normalised null where it must be refused
    private static void text(VectorFile file, String name, String typed, String normalised) {
        ObjectNode vector = file.add(name);
        VectorFile.putText(vector, "typed", typed);
        if (normalised == null) {
            vector.put("error", "refused");
        } else {
            vector.put("utf8", hex(normalised.getBytes(UTF_8)))
                    .put("characters", normalised.codePointCount(0, normalised.length()));
        }
    }

    static VectorFile password() {
        VectorFile file = new VectorFile("password");
        ObjectNode sound =
                password(file, "least parameters", "correct horse battery staple", "ada@example.org", "a", 65536, 3);
        password(file, "another slot", "correct horse battery staple", "ada@example.org", "b", 65536, 3);
        password(file, "another address", "correct horse battery staple", "bob@example.org", "a", 65536, 3);
        password(file, "more memory", "correct horse battery staple", "ada@example.org", "a", 131072, 3);
        password(file, "memory that is no power of two", "a", "ada@example.org", "a", 70001, 3);
        password(file, "more passes", "correct horse battery staple", "ada@example.org", "a", 65536, 4);
        password(file, "Unicode", "Cafe\u0301\u3000\ud83d\ude00", "Jose\u0301@B\u00dcCHER.example", "a", 65536, 3);
        passwordFails(file, sound, "wrong password", "correct horse battery stable", "a", "wrong-key");
        passwordFails(file, sound, "served for another slot", "correct horse battery staple", "b", "damaged");
        return file;
    }

    /// @param sound the case whose wrapped master key does not open
    private static void passwordFails(
            VectorFile file, ObjectNode sound, String name, String typed, String slot, String error) {
        ObjectNode vector = file.add(name).put("typed", typed);
        for (String field : List.of("address", "hashedEmail", "salt", "memoryKiB", "passes", "lanes", "account")) {
            vector.set(field, sound.get(field));
        }
        vector.put("slot", Fixed.slot(slot).hex());
        vector.set("wrappedMasterKey", sound.get("wrappedMasterKey"));
        vector.put("error", error);
    }

    private static ObjectNode password(
            VectorFile file, String name, String typed, String address, String slot, int memoryKiB, int passes) {
        Bytes slotSalt = Fixed.bytes("slot salt " + slot, 16);
        Bytes hashedEmail = Address.parse(address).hashed();
        byte[] argonSalt = Derivation.from(hashedEmail.toArray()).derive("password/argon2-salt", slotSalt.toArray());
        String utf8 = Normalizer.normalize(typed.replace('\u3000', ' '), Normalizer.Form.NFC);
        byte[] root = argon2id(utf8.getBytes(UTF_8), argonSalt, memoryKiB, passes);
        Derivation derivation = Derivation.from(root);
        Bytes wrappingKey = Bytes.copyOf(derivation.derive("password/wrapping-key"));
        byte[] lookupSecret = derivation.derive("password/lookup-secret");

        ObjectNode vector = file.add(name);
        VectorFile.putText(vector, "typed", typed);
        vector.put("address", address)
                .put("hashedEmail", hashedEmail.hex())
                .put("salt", slotSalt.hex())
                .put("memoryKiB", memoryKiB)
                .put("passes", passes)
                .put("lanes", 1)
                .put("argonSalt", hex(argonSalt))
                .put("passwordRoot", hex(root))
                .put("wrappingKey", wrappingKey.hex())
                .put("lookupSecret", hex(lookupSecret))
                .put("lookupHash", hex(Fixed.sha256(concatenated(lookupSecret, slotSalt.toArray()))))
                .put("account", Fixed.account("a").hex())
                .put("slot", Fixed.slot(slot).hex())
                .put("masterKey", Fixed.key("master").hex())
                .put("wrapSalt", Fixed.salt("wrap").hex());
        AssociatedData place =
                new AssociatedData("wrapped-master-key", Fixed.account("a"), null, null, Fixed.slot(slot), "key", 1);
        try (SealingKey wrapping = SealingVectors.key(wrappingKey);
                SealingKey masterKey = SealingVectors.key(Fixed.key("master"))) {
            vector.put("wrappedMasterKey", hex(wrapping.wrap(place, masterKey, GivenBytes.of(Fixed.salt("wrap")))));
        }
        return vector;
    }

    private static byte[] concatenated(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    private static byte[] argon2id(byte[] password, byte[] salt, int memoryKiB, int passes) {
        Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
        argon2.init(new org.bouncycastle.crypto.params.Argon2Parameters.Builder(
                        org.bouncycastle.crypto.params.Argon2Parameters.ARGON2_id)
                .withVersion(org.bouncycastle.crypto.params.Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memoryKiB)
                .withIterations(passes)
                .withParallelism(1)
                .withSalt(salt)
                .build());
        byte[] root = new byte[32];
        argon2.generateBytes(password, root);
        return root;
    }

    static VectorFile argon2Parameters() {
        VectorFile file = new VectorFile("argon2-parameters");
        offered(file, "those of creation", 65536, 3, 1, null, null, true);
        offered(file, "the most", 1048576, 16, 1, null, null, true);
        offered(file, "as pinned", 65536, 3, 1, 65536, 3, true);
        offered(file, "more than pinned", 131072, 4, 1, 65536, 3, true);
        offered(file, "too little memory", 65535, 3, 1, null, null, false);
        offered(file, "far too little memory", 8, 3, 1, null, null, false);
        offered(file, "no memory", 0, 3, 1, null, null, false);
        offered(file, "negative memory", -65536, 3, 1, null, null, false);
        offered(file, "too few passes", 65536, 2, 1, null, null, false);
        offered(file, "no passes", 65536, 0, 1, null, null, false);
        offered(file, "two lanes", 65536, 3, 2, null, null, false);
        offered(file, "no lane", 65536, 3, 0, null, null, false);
        offered(file, "too much memory", 1048577, 3, 1, null, null, false);
        offered(file, "the greatest number", Integer.MAX_VALUE, 3, 1, null, null, false);
        offered(file, "too many passes", 65536, 17, 1, null, null, false);
        offered(file, "less memory than pinned", 65536, 3, 1, 131072, 3, false);
        offered(file, "fewer passes than pinned", 65536, 3, 1, 65536, 4, false);
        offered(file, "less memory than pinned, more passes", 65536, 16, 1, 65537, 3, false);
        offered(file, "pinned, but too weak at any rate", 65535, 3, 1, 65535, 3, false);
        return file;
    }

    private static void offered(
            VectorFile file,
            String name,
            int memoryKiB,
            int passes,
            int lanes,
            Integer pinnedMemoryKiB,
            Integer pinnedPasses,
            boolean accepted) {
        ObjectNode vector = file.add(name);
        vector.putObject("offered")
                .put("memoryKiB", memoryKiB)
                .put("passes", passes)
                .put("lanes", lanes);
        if (pinnedMemoryKiB != null) {
            vector.putObject("pinned")
                    .put("memoryKiB", pinnedMemoryKiB)
                    .put("passes", pinnedPasses)
                    .put("lanes", 1);
        }
        if (accepted) {
            vector.put("accepted", true);
        } else {
            vector.put("error", "refused");
        }
    }

    static VectorFile backupCode() {
        VectorFile file = new VectorFile("backup-code");
        Bytes code = Fixed.bytes("backup code", 10);
        String text = code(code);
        backupCode(file, "as shown", text, code);
        backupCode(file, "lower case", text.toLowerCase(Locale.ROOT), code);
        backupCode(file, "without hyphens", text.replace("-", ""), code);
        backupCode(file, "spaces and hyphens anywhere", " -" + text.replace("-", " - ") + "- ", code);
        backupCode(file, "all zeros", "0000-0000-0000-0000", Bytes.parseHex("00".repeat(10)));
        backupCode(file, "all ones", "ZZZZ-ZZZZ-ZZZZ-ZZZZ", Bytes.parseHex("ff".repeat(10)));
        backupCode(file, "O for 0", "OoOo-0000-0000-0000", Bytes.parseHex("00".repeat(10)));
        backupCode(file, "I and L for 1", "1111-IIII-LLLL-iill", Bytes.parseHex("0842108421084210" + "8421"));
        backupCode(file, "first bits first", "8000-0000-0000-0001", Bytes.parseHex("40" + "00".repeat(8) + "01"));
        backupCodeRefused(file, "nothing", "");
        backupCodeRefused(file, "15 characters", "0000-0000-0000-000");
        backupCodeRefused(file, "17 characters", "0000-0000-0000-0000-0");
        backupCodeRefused(file, "U, which the alphabet leaves out", "U000-0000-0000-0000");
        backupCodeRefused(file, "another sign", "0000_0000-0000-0000");
        backupCodeRefused(file, "tab", "0000\t0000-0000-0000");
        backupCodeRefused(file, "no-break space", "0000\u00a00000-0000-0000");
        backupCodeRefused(file, "another dash", "0000\u20130000\u20130000\u20130000");
        backupCodeRefused(file, "full-width digits", "\uff10000-0000-0000-0000");
        backupCodeRefused(file, "sharp s, whose capital is SS", "\u00df00-0000-0000-0000");
        backupCodeRefused(file, "long s, whose capital is S", "\u017f000-0000-0000-0000");
        backupCodeRefused(file, "dotless i, whose capital is I", "\u0131000-0000-0000-0000");
        backupCodeRefused(file, "Kelvin sign, whose small letter is k", "\u212a000-0000-0000-0000");
        return file;
    }

    private static String code(Bytes code) {
        try (BackupCode drawn = BackupCode.generate(GivenBytes.of(code))) {
            return drawn.text();
        }
    }

    private static void backupCode(VectorFile file, String name, String typed, Bytes code) {
        Address address = Address.parse("ada@example.org");
        try (BackupCode drawn = BackupCode.generate(GivenBytes.of(code))) {
            file.add(name)
                    .put("typed", typed)
                    .put("code", code.hex())
                    .put("text", drawn.text())
                    .put("address", address.normalised())
                    .put("hashedEmail", address.hashed().hex())
                    .put("hash", drawn.hash(address).hex());
        }
    }

    private static void backupCodeRefused(VectorFile file, String name, String typed) {
        file.add(name).put("typed", typed).put("error", "refused");
    }

    static VectorFile recoveryKey() {
        VectorFile file = new VectorFile("recovery-key");
        Bytes key = Fixed.bytes("recovery key", 32);
        String text = recoveryKey(key);
        recoveryKey(file, "as shown", text, key);
        recoveryKey(
                file,
                "lower case, without hyphens",
                text.toLowerCase(Locale.ROOT).replace("-", ""),
                key);
        recoveryKey(
                file, "mixed case", text.substring(0, 30) + text.substring(30).toLowerCase(Locale.ROOT), key);
        recoveryKey(file, "white space and hyphens anywhere", "\n " + text.replace("-", " -\t\r\n") + "- ", key);
        recoveryKey(file, "all zeros", recoveryKey(Bytes.parseHex("00".repeat(32))), Bytes.parseHex("00".repeat(32)));
        recoveryKey(file, "all ones", recoveryKey(Bytes.parseHex("ff".repeat(32))), Bytes.parseHex("ff".repeat(32)));
        String bare = text.replace("-", "");
        recoveryKeyRefused(file, "nothing", "");
        recoveryKeyRefused(file, "59 characters", bare.substring(0, 59));
        recoveryKeyRefused(file, "61 characters", bare + "Q");
        recoveryKeyRefused(
                file, "a wrong character", bare.substring(0, 20) + other(bare.charAt(20)) + bare.substring(21));
        recoveryKeyRefused(file, "two neighbours swapped", swapped(bare, 2));
        recoveryKeyRefused(file, "b, which the alphabet leaves out", bare.substring(0, 20) + "B" + bare.substring(21));
        recoveryKeyRefused(file, "another prefix", "S" + bare.substring(1));
        recoveryKeyRefused(file, "no-break space", text.replace("-", "\u00a0"));
        recoveryKeyRefused(file, "full-width digit", bare.replace('1', '\uff11'));
        recoveryKeyRefused(file, "the checksum of Bech32, not of Bech32m", "r1" + "q".repeat(52) + "ap3g64");
        // The key of zeros again. The checksum is that of these characters, and the bits behind the 32 bytes are not
        // zero.
        for (String end : List.of("p4t43z9", "zmcq8v6", "y8hrzsd", "gkf9gp2", "0hsjcq0")) {
            recoveryKeyRefused(file, "padding that is not zero, " + end, "r1" + "q".repeat(58 - end.length()) + end);
        }
        return file;
    }

    private static char other(char character) {
        return character == 'Q' ? 'P' : 'Q';
    }

    /// The text with two neighbours that differ exchanged, from a place on.
    private static String swapped(String text, int from) {
        int at = from;
        while (text.charAt(at) == text.charAt(at + 1)) {
            at++;
        }
        return text.substring(0, at) + text.charAt(at + 1) + text.charAt(at) + text.substring(at + 2);
    }

    private static String recoveryKey(Bytes key) {
        try (RecoveryKey drawn = RecoveryKey.generate(GivenBytes.of(key))) {
            return drawn.text();
        }
    }

    private static void recoveryKey(VectorFile file, String name, String typed, Bytes key) {
        Derivation derivation = Derivation.from(key.toArray());
        try (RecoveryKey drawn = RecoveryKey.generate(GivenBytes.of(key))) {
            file.add(name)
                    .put("typed", typed)
                    .put("key", key.hex())
                    .put("text", drawn.text())
                    .put("slot", drawn.slot().hex())
                    .put("wrappingKey", hex(derivation.derive("recovery/wrapping-key")))
                    .put("lookupSecret", hex(derivation.derive("recovery/lookup-secret")))
                    .put("lookupHash", drawn.credential().lookupHash().hex());
        }
    }

    private static void recoveryKeyRefused(VectorFile file, String name, String typed) {
        file.add(name).put("typed", typed).put("error", "refused");
    }

    static VectorFile passkey() {
        VectorFile file = new VectorFile("passkey");
        passkey(file, "on a host", "nescio.example.org", Fixed.bytes("credential id", 32));
        passkey(file, "on this machine", "localhost", Fixed.bytes("credential id", 32));
        passkey(file, "shortest credential id", "nescio.example.org", Fixed.bytes("short credential id", 16));
        passkey(file, "longest credential id", "nescio.example.org", Fixed.bytes("long credential id", 1023));
        return file;
    }

    private static void passkey(VectorFile file, String name, String rpId, Bytes credentialId) {
        Bytes prfOutput = Fixed.bytes("PRF output", 32);
        Derivation derivation = Derivation.from(prfOutput.toArray());
        try (SecretBytes output = SecretBytes.taking(prfOutput.toArray());
                Credential credential = Credential.ofPasskey(output, credentialId)) {
            file.add(name)
                    .put("rpId", rpId)
                    .put("prfInput", Credential.passkeyPrfInput(rpId).hex())
                    .put("prfOutput", prfOutput.hex())
                    .put("credentialId", credentialId.hex())
                    .put("wrappingKey", hex(derivation.derive("passkey/wrapping-key")))
                    .put("lookupSecret", hex(derivation.derive("passkey/lookup-secret")))
                    .put("lookupHash", credential.lookupHash().hex());
        }
    }
}
