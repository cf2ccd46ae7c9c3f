package dev.nescio.cli.drill;

import dev.nescio.sealing.SecretBytes;
import java.nio.charset.StandardCharsets;

/// Something known that is looked for. The name is printed, the value never.
///
/// @param text whether it is text (UTF-8); it is then looked for in the spellings of text as well
public record Secret(String name, Secrecy secrecy, boolean text, SecretBytes value) {

    public static Secret text(String name, Secrecy secrecy, String value) {
        return new Secret(name, secrecy, true, SecretBytes.taking(value.getBytes(StandardCharsets.UTF_8)));
    }

    public static Secret bytes(String name, Secrecy secrecy, byte[] value) {
        return new Secret(name, secrecy, false, SecretBytes.copyOf(value));
    }
}
