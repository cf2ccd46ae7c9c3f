package dev.nescio.cli.demo;

import dev.nescio.cli.proof.DatabaseDump.Row;
import dev.nescio.client.Message;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Id;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// What a device sees, each with the bytes that the database holds for it.
final class Pairs {

    private static final byte ENVELOPE = 0x01;

    /// @param seen as a device shows it
    /// @param place table and column
    record Pair(String what, String seen, String place, Bytes held) {}

    private final List<Row> rows;
    private final List<Pair> pairs = new ArrayList<>();

    private Pairs(List<Row> rows) {
        this.rows = rows;
    }

    /// @throws StepFailed if the database does not hold something, or holds it as it is typed
    static List<Pair> of(Story.Known known, List<Row> rows) {
        Pairs made = new Pairs(rows);
        made.hash(
                "Address",
                Texts.ADDRESS,
                "account",
                "address_hmac",
                known.account().id());
        made.hash(
                "Password",
                Texts.PASSWORD,
                "password_slot",
                "lookup_hmac",
                known.account().id());
        made.sealed(
                "Secret of the authenticator",
                known.authenticator().secret().length + " bytes that make its codes",
                "password_slot",
                "totp_secret",
                row -> row.has("account", known.account().id().toArray()));
        made.sealed(
                "Title of the chat",
                known.chat().title(),
                "container",
                "metadata",
                row -> row.has("container", known.chat().id().toArray()));
        for (Message message : known.all()) {
            made.sealed(
                    "Message",
                    message.text(),
                    "item",
                    "sealed",
                    row -> row.has("item", message.id().toArray()));
        }
        return made.pairs;
    }

    private void hash(String what, String seen, String table, String column, Id account) {
        add(what, seen, table, column, row -> row.has("account", account.toArray()));
    }

    private void sealed(String what, String seen, String table, String column, Predicate<Row> which) {
        add(what, seen, table, column, which);
        StepFailed.unless(
                pairs.getLast().held().toArray()[0] == ENVELOPE, table + "." + column + " does not hold an envelope.");
    }

    private void add(String what, String seen, String table, String column, Predicate<Row> which) {
        String place = table + "." + column;
        Bytes held = rows.stream()
                .filter(row -> row.table().equals(table))
                .filter(which)
                .findFirst()
                .flatMap(row -> row.bytes(column))
                .filter(bytes -> bytes.length() > 0)
                .orElseThrow(() -> new StepFailed("The database holds nothing in " + place + " for: " + what));
        StepFailed.unless(!contains(held.toArray(), seen), place + " holds what was typed, readable.");
        pairs.add(new Pair(what, seen, place, held));
    }

    /// Latin-1 turns each byte into one character, so that bytes can be looked for like text.
    private static boolean contains(byte[] held, String typed) {
        byte[] utf8 = typed.getBytes(StandardCharsets.UTF_8);
        return new String(held, StandardCharsets.ISO_8859_1).contains(new String(utf8, StandardCharsets.ISO_8859_1));
    }
}
