package dev.nescio.cli.drill;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;

/// A program that holds secrets, for [PlacesTest] to find. Started as a process of its own.
final class SecretKeeper {

    private static byte[] bytes;
    private static String text;

    private SecretKeeper() {}

    /// Reads commands: `keep HEX` (the secret, each bit turned around, so that the command is no copy of
    /// it), `forget`.
    public static void main(String[] arguments) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.startsWith("keep ")) {
                byte[] secret = HexFormat.of().parseHex(line.substring("keep ".length()));
                for (int i = 0; i < secret.length; i++) {
                    secret[i] = (byte) ~secret[i];
                }
                bytes = secret;
                text = "Authorization: Bearer "
                        + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
            } else {
                bytes = null;
                text = null;
            }
            System.out.println("done " + (bytes == null) + (text == null));
        }
    }
}
