package dev.nescio.client;

import dev.nescio.keys.DeviceList;
import java.net.InetAddress;
import java.net.UnknownHostException;

/// What this device tells the account's other devices of itself. The server cannot read it.
///
/// @param name what its owner calls it, 1 to 64 characters
/// @param kind what it runs, such as `cli` or `sdk`, 1 to 32 characters
public record ThisDevice(String name, String kind) {

    /// @throws IllegalArgumentException with words for the person, if the name is not acceptable
    public ThisDevice {
        name = name.strip();
        requireLength("A device's name", name, DeviceList.LONGEST_NAME);
        requireLength("A device's kind", kind, DeviceList.LONGEST_KIND);
    }

    static String requireLength(String what, String text, int most) {
        int length = text.codePointCount(0, text.length());
        boolean unpaired = text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE);
        if (length < 1 || length > most || unpaired) {
            throw new IllegalArgumentException(what + " has 1 to " + most + " characters.");
        }
        return text;
    }

    /// Called by the host's name.
    public static ThisDevice ofHost(String kind) {
        try {
            String host = InetAddress.getLocalHost().getHostName().strip();
            int length = host.codePointCount(0, host.length());
            if (length > 0) {
                return new ThisDevice(
                        host.substring(0, host.offsetByCodePoints(0, Math.min(length, DeviceList.LONGEST_NAME))), kind);
            }
        } catch (UnknownHostException e) {
            // A host may have no name.
        }
        return new ThisDevice("unnamed", kind);
    }
}
