package dev.nescio.cli.drill;

import dev.nescio.cli.proof.Authenticator;
import dev.nescio.keys.AccessKey;
import dev.nescio.keys.Address;
import dev.nescio.keys.BackupCode;
import dev.nescio.keys.Credential;
import dev.nescio.keys.RecoveryKey;
import dev.nescio.keys.ResetCode;
import dev.nescio.protocol.Bytes;
import dev.nescio.sealing.v1.Derivation;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// Collects what the drill knows and the server must not.
final class Known {

    private final List<Secret> secrets = new ArrayList<>();

    /// All of them, in the order in which they became known.
    List<Secret> secrets() {
        return List.copyOf(secrets);
    }

    /// Something that is typed, read or written by a person.
    void text(String name, String text) {
        secrets.add(Secret.text(name, Secrecy.CLIENT_ONLY, text));
    }

    void key(String name, byte[] key) {
        secrets.add(Secret.bytes(name, Secrecy.CLIENT_ONLY, key));
    }

    void passing(String name, Bytes value) {
        secrets.add(Secret.bytes(name, Secrecy.IN_PASSING, value.toArray()));
    }

    /// The address as typed and as normalised, and its hash.
    void address(String whose, String typed) {
        Address address = Address.parse(typed);
        text("the address " + whose + ", as typed", typed);
        text("the address " + whose, address.normalised());
        passing("hashed_email " + whose, address.hashed());
    }

    void authenticator(String whose, String base32, Authenticator authenticator) {
        secrets.add(Secret.text("the authenticator's secret " + whose + ", in base32", Secrecy.IN_PASSING, base32));
        passing("the authenticator's secret " + whose, Bytes.copyOf(authenticator.secret()));
    }

    /// Six digits occur everywhere, so they are looked for as requests spell them.
    void totpCode(String code) {
        secrets.add(Secret.text("a TOTP code in its request", Secrecy.IN_PASSING, "\"totp\":\"" + code + "\""));
    }

    /// The codes, which never leave the client, and what is sent of them.
    void backupCodes(String whose, List<String> codes, Address address) {
        for (int i = 0; i < codes.size(); i++) {
            String name = "backup code " + (i + 1) + " " + whose;
            text(name, codes.get(i));
            text(name + ", without its hyphens", codes.get(i).replace("-", ""));
            key(name + ", as bytes", HexFormat.of().parseHex(hex(codes.get(i))));
            try (BackupCode code = BackupCode.parse(codes.get(i))) {
                passing("the hash of " + name, code.hash(address));
            }
        }
    }

    /// The key and what is derived from it, which never leave the client, and what is sent of them (spec, section 3.9).
    void recoveryKey(String shown) {
        text("the recovery key", shown);
        text("the recovery key, without its hyphens", shown.replace("-", ""));
        text("the recovery key, in lower case", shown.replace("-", "").toLowerCase(Locale.ROOT));
        byte[] octets = bech32(shown.replace("-", "").toLowerCase(Locale.ROOT).substring("r1".length()));
        key("the recovery key, as bytes", octets);
        Derivation derivation = Derivation.from(octets);
        key("the wrapping key of the recovery key", derivation.derive("recovery/wrapping-key"));
        key("the lookup secret of the recovery key", derivation.derive("recovery/lookup-secret"));
        try (RecoveryKey key = RecoveryKey.parse(shown);
                Credential credential = key.credential()) {
            passing("the lookup hash of the recovery key", credential.lookupHash());
        }
    }

    /// A reset code, which never leaves the client, and what is sent of it (spec, section 3.13).
    void resetCode(String shown, Address address) {
        text("a reset code", shown);
        text("a reset code, without its hyphens", shown.replace("-", ""));
        text("a reset code, in lower case", shown.replace("-", "").toLowerCase(Locale.ROOT));
        try (ResetCode code = ResetCode.parse(shown)) {
            passing("the hash of a reset code", code.hash(address));
        }
    }

    /// The same of an access key (spec, section 3.12).
    void accessKey(String which, String shown) {
        text("the access key " + which, shown);
        byte[] octets = bech32(shown.substring("nescio-access-1".length()));
        key("the access key " + which + ", as bytes", octets);
        Derivation derivation = Derivation.from(octets);
        key("the wrapping key of the access key " + which, derivation.derive("access/wrapping-key"));
        key("the lookup secret of the access key " + which, derivation.derive("access/lookup-secret"));
        try (AccessKey key = AccessKey.parse(shown);
                Credential credential = key.credential()) {
            passing("the lookup hash of the access key " + which, credential.lookupHash());
        }
    }

    /// The first 256 of the bits that 52 characters have (BIP 173).
    private static byte[] bech32(String characters) {
        String alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
        BigInteger value = BigInteger.ZERO;
        for (int i = 0; i < 52; i++) {
            value = value.shiftLeft(5).or(BigInteger.valueOf(alphabet.indexOf(characters.charAt(i))));
        }
        return HexFormat.of().parseHex(String.format("%064x", value.shiftRight(4)));
    }

    /// Crockford's base32 (spec, section 3.7): sixteen characters of five bits are twenty of four.
    private static String hex(String code) {
        String alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        String digits = code.replace("-", "");
        BigInteger value = BigInteger.ZERO;
        for (int i = 0; i < digits.length(); i++) {
            value = value.shiftLeft(5).or(BigInteger.valueOf(alphabet.indexOf(digits.charAt(i))));
        }
        return String.format("%020x", value);
    }
}
