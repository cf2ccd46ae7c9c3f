package dev.nescio.server;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Json;
import dev.nescio.server.account.ResetCodes;
import dev.nescio.server.config.Settings;
import dev.nescio.server.config.UnusableSetting;
import dev.nescio.server.credential.Credentials;
import dev.nescio.server.db.Database;
import dev.nescio.server.db.Databases;
import dev.nescio.server.db.Transaction;
import dev.nescio.server.keyservice.KeyService;
import dev.nescio.server.keyservice.KeyService.Purpose;
import dev.nescio.server.session.LastUse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import tools.jackson.core.JacksonException;

/// The operator's way to let an account be begun anew (spec, section 10.18), on the same database as a server that may
/// be running. It is told hashes alone: whoever asks has the address, and draws and shows the code.
final class ResetCodeCommand {

    private static final int MOST_CHARACTERS = 1024;

    /// What it reads, as a line of JSON on standard input; an argument would be seen by everybody on the machine.
    record Request(Bytes hashedEmail, Bytes resetCodeHash) {}

    /// What it prints, as a line of JSON.
    ///
    /// @param expiresAt null where the address has no account, as all that follows
    /// @param sessions how many sessions that persons have opened have not ended
    /// @param lastUsedAt the hour in which one of these was last used; null also where there is none
    record Answer(boolean found, Long expiresAt, Integer sessions, Long lastUsedAt) {

        static final Answer NOBODY = new Answer(false, null, null, null);
    }

    private ResetCodeCommand() {}

    /// @throws UnusableSetting if it is asked for nothing that it understands, or there is no database
    static void run(Settings settings, BufferedReader in, PrintStream out, Clock clock) {
        Request request = read(in);
        out.println(Json.STRICT.writeValueAsString(expect(settings, request, clock)));
        out.flush();
    }

    private static Request read(BufferedReader in) {
        char[] line = new char[MOST_CHARACTERS];
        int length = 0;
        try {
            for (int c = in.read(); c >= 0 && c != '\n' && length < line.length; c = in.read()) {
                line[length++] = (char) c;
            }
            Request request = Json.STRICT.readValue(new String(line, 0, length), Request.class);
            if (isHash(request.hashedEmail()) && isHash(request.resetCodeHash())) {
                return request;
            }
        } catch (IOException | JacksonException e) {
            // Refused below, without what was read.
        }
        throw new UnusableSetting("reset-code reads a line of JSON with hashedEmail and resetCodeHash from standard"
                + " input. 'nescio serve reset-code' asks for the address, draws the code and calls it.");
    }

    private static boolean isHash(Bytes given) {
        return given != null && given.length() == 32;
    }

    private static Answer expect(Settings settings, Request request, Clock clock) {
        try (Database database = Databases.openAsItIs(settings.database())) {
            // Before the keyring is opened, which would be drawn where there is nobody yet.
            if (database.read(Credentials::any).isEmpty()) {
                return Answer.NOBODY;
            }
            try (KeyService keys = Server.openKeys(settings, database)) {
                Bytes addressHmac = keys.hmac(Purpose.ADDRESS, request.hashedEmail());
                Bytes codeHmac = keys.hmac(Purpose.RESET_CODE, request.resetCodeHash());
                return database.write(transaction -> put(transaction, addressHmac, codeHmac, clock.millis()));
            }
        }
    }

    /// Whether somebody still uses the account is what the operator has to know of who says that every way in is lost.
    private static Answer put(Transaction transaction, Bytes addressHmac, Bytes codeHmac, long now) {
        long expiresAt = now + ResetCodes.LIFE.toMillis();
        return ResetCodes.put(transaction, addressHmac, codeHmac, now)
                .map(account -> LastUse.ofPersons(transaction, account, now))
                .map(use -> new Answer(true, expiresAt, use.sessions(), use.seenAt()))
                .orElse(Answer.NOBODY);
    }
}
