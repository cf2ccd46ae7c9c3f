package dev.nescio.keys.vectors;

import dev.nescio.keys.DeviceList;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Domain;
import dev.nescio.sealing.v1.AssociatedData;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Vectors of section 9.4: the device list.
final class DeviceVectors {

    private static final long SINCE = 1_767_225_600_000L;
    private static final String GRIN = "\ud83d\ude00";

    private DeviceVectors() {}

    static VectorFile deviceList() {
        VectorFile file = new VectorFile("device-list");
        DeviceList first = DeviceList.first(List.of(entry("a", "ada's laptop", "cli", SINCE)));
        devices(file, "of one device", first);
        DeviceList second = DeviceList.after(
                first.counter(),
                seal(first),
                List.of(
                        entry("a", "ada's laptop", "cli", SINCE),
                        entry("b", "Telefon f\u00fcr unterwegs", "browser", SINCE + 1)));
        devices(file, "of two devices", second);
        devices(file, "of none", new DeviceList(3, first.previous(), List.of()));
        long most = (1L << 53) - 1;
        devices(
                file,
                "greatest numbers, longest texts",
                new DeviceList(most, first.previous(), List.of(entry("a", GRIN.repeat(64), GRIN.repeat(32), most))));
        devices(file, "since 1970", new DeviceList(1, first.previous(), List.of(entry("a", "x", "sdk", 0))));
        Bytes hash = Fixed.bytes("log", 32);
        DeviceList seen = new DeviceList(
                3,
                Fixed.bytes("predecessor", 32),
                List.of(
                        entry("a", "ada's laptop", "cli", SINCE, new DeviceList.LogHead(2, hash, SINCE)),
                        entry("b", "Telefon", "browser", SINCE + 1)));
        devices(file, "of which one has checked the log", seen);
        devices(
                file,
                "greatest number of the log",
                new DeviceList(
                        1,
                        first.previous(),
                        List.of(entry("a", "x", "sdk", 0, new DeviceList.LogHead(most, hash, most)))));

        String sound = plaintext(first);
        fails(file, "another counter claimed", 1, sound, 2, "damaged");
        fails(file, "another counter inside", 2, sound, 2, "malformed");
        fails(file, "no JSON", 1, "devices", 1, "malformed");
        fails(file, "nothing inside", 1, "", 1, "malformed");
        fails(file, "text after the end", 1, sound + "{}", 1, "malformed");
        fails(file, "no devices", 1, sound.replace("\"devices\"", "\"machines\""), 1, "malformed");
        fails(file, "no previous", 1, sound.replace("\"previous\"", "\"before\""), 1, "malformed");
        fails(file, "null for a device", 1, sound.replaceFirst("\\[.*]", "[null]"), 1, "malformed");
        String one = sound.substring(sound.indexOf('[') + 1, sound.indexOf(']'));
        fails(file, "a session twice", 1, sound.replace("]", "," + one + "]"), 1, "malformed");
        fails(file, "a member twice", 1, sound.replace("\"kind\"", "\"name\""), 1, "malformed");
        fails(file, "no session", 1, sound.replace("\"session\"", "\"device\""), 1, "malformed");
        String session = Fixed.session("a").hex();
        fails(
                file,
                "a session in upper case",
                1,
                sound.replace(session, session.toUpperCase(java.util.Locale.ROOT)),
                1,
                "malformed");
        fails(file, "no kind", 1, sound.replace("\"kind\"", "\"sort\""), 1, "malformed");
        fails(file, "an empty name", 1, sound.replace("ada's laptop", ""), 1, "malformed");
        fails(file, "a name of 65", 1, sound.replace("ada's laptop", GRIN.repeat(65)), 1, "malformed");
        fails(file, "a name that is half a character", 1, sound.replace("ada's", "\\ud83d"), 1, "malformed");
        fails(file, "a number for a name", 1, sound.replace("\"ada's laptop\"", "1"), 1, "malformed");
        fails(file, "an empty kind", 1, sound.replace("\"cli\"", "\"\""), 1, "malformed");
        fails(file, "a kind of 33", 1, sound.replace("cli", "x".repeat(33)), 1, "malformed");
        for (String number : List.of("-1", "1.0", "1e3", "\"1\"", "9007199254740992", "null")) {
            String name = "since " + number;
            fails(file, name, 1, sound.replace(Long.toString(SINCE), number), 1, "malformed");
        }
        String checked = plaintext(seen);
        String log = "\"number\":2";
        for (String number : List.of("0", "-1", "1.0", "\"2\"", "9007199254740992", "null")) {
            String name = "number " + number + " of the log";
            fails(file, name, 3, checked.replace(log, "\"number\":" + number), 3, "malformed");
        }
        String time = "\"time\":" + SINCE;
        fails(file, "no time of the log", 3, checked.replace(time, "\"hour\":" + SINCE), 3, "malformed");
        fails(file, "time -1 of the log", 3, checked.replace(time, "\"time\":-1"), 3, "malformed");
        fails(
                file,
                "a hash of 31 of the log",
                3,
                checked.replace(hash.base64url(), Fixed.bytes("log", 31).base64url()),
                3,
                "malformed");
        fails(file, "no hash of the log", 3, checked.replace("\"hash\"", "\"root\""), 3, "malformed");
        fails(
                file,
                "a text for the log",
                3,
                checked.replaceFirst("\"log\":\\{[^}]*}", "\"log\":\"2\""),
                3,
                "malformed");
        fails(file, "counter 0", 0, sound.replace("\"counter\":1,", "\"counter\":0,"), 0, "malformed");
        fails(
                file,
                "a predecessor of counter 1",
                1,
                sound.replace(
                        first.previous().base64url(),
                        Fixed.bytes("predecessor", 32).base64url()),
                1,
                "malformed");
        return file;
    }

    private static DeviceList.Entry entry(String session, String name, String kind, long since) {
        return entry(session, name, kind, since, null);
    }

    private static DeviceList.Entry entry(
            String session, String name, String kind, long since, DeviceList.LogHead log) {
        return new DeviceList.Entry(Fixed.session(session), name, kind, since, log);
    }

    private static Bytes seal(DeviceList list) {
        return ContainerVectors.accountKeys().profile().seal(list, GivenBytes.of(Fixed.salt("devices")));
    }

    private static String plaintext(DeviceList list) {
        return AccountVectors.open("profile", place(list.counter()), seal(list));
    }

    private static AssociatedData place(long counter) {
        return new AssociatedData("device-list", Fixed.account("a"), Domain.PROFILE, null, null, "devices", counter);
    }

    private static ObjectNode vector(VectorFile file, String name) {
        return file.add(name)
                .put("profileKey", Fixed.key("profile").hex())
                .put("account", Fixed.account("a").hex());
    }

    private static void devices(VectorFile file, String name, DeviceList list) {
        ObjectNode vector = vector(file, name)
                .put("counter", list.counter())
                .put("previous", list.previous().hex());
        ArrayNode devices = vector.putArray("devices");
        for (DeviceList.Entry device : list.devices()) {
            ObjectNode entry = devices.addObject()
                    .put("session", device.session().hex())
                    .put("name", device.name())
                    .put("kind", device.kind())
                    .put("since", device.since());
            if (device.log() != null) {
                entry.putObject("log")
                        .put("number", device.log().number())
                        .put("hash", device.log().hash().hex())
                        .put("time", device.log().time());
            }
        }
        vector.put("plaintext", plaintext(list))
                .put("salt", Fixed.salt("devices").hex())
                .put("sealed", seal(list).hex());
    }

    private static void fails(
            VectorFile file, String name, long sealedCounter, String plaintext, long claimed, String error) {
        vector(file, name)
                .put("counter", claimed)
                .put("sealed", AccountVectors.sealText("profile", place(sealedCounter), "devices", plaintext))
                .put("error", error);
    }
}
