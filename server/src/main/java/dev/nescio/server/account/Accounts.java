package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.DomainKeys;
import dev.nescio.protocol.KeyPair;
import dev.nescio.protocol.Versioned;
import dev.nescio.server.db.Columns;
import dev.nescio.server.db.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// The table of accounts.
public final class Accounts {

    private Accounts() {}

    /// @return false, with nothing written, when the address has an account
    static boolean insert(Transaction transaction, AccountState state, Bytes addressHmac, long now) {
        return transaction
                        .handle()
                        .createUpdate("INSERT INTO account (account, address_hmac, created_at,"
                                + " directory_counter, directory, chats_key, apps_key, emails_key, embeds_key,"
                                + " profile_key, public_key, private_key, profile_version, profile) VALUES (:account,"
                                + " :addressHmac, :now, :directoryCounter, :directory, :chats, :apps, :emails, :embeds,"
                                + " :profileKey, :publicKey, :privateKey, :profileVersion, :profile)"
                                + " ON CONFLICT DO NOTHING")
                        .bind("account", state.account().bytes())
                        .bind("addressHmac", addressHmac)
                        .bind("now", now)
                        .bind("directoryCounter", state.directory().counter())
                        .bind("directory", state.directory().sealed())
                        .bind("chats", state.domainKeys().chats())
                        .bind("apps", state.domainKeys().apps())
                        .bind("emails", state.domainKeys().emails())
                        .bind("embeds", state.domainKeys().embeds())
                        .bind("profileKey", state.domainKeys().profile())
                        .bind("publicKey", state.keyPair().publicKey())
                        .bind("privateKey", state.keyPair().privateKey())
                        .bind("profileVersion", state.profile().version())
                        .bind("profile", state.profile().sealed())
                        .execute()
                == 1;
    }

    static boolean hasAddress(Transaction transaction, Bytes addressHmac) {
        return transaction
                .handle()
                .createQuery("SELECT 1 FROM account WHERE address_hmac = :addressHmac")
                .bind("addressHmac", addressHmac)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    /// Whether it is the address of this account.
    static boolean hasAddress(Transaction transaction, AccountId account, Bytes addressHmac) {
        return transaction
                .handle()
                .createQuery("SELECT 1 FROM account WHERE account = :account AND address_hmac = :addressHmac")
                .bind("account", account.bytes())
                .bind("addressHmac", addressHmac)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    /// One that is being deleted is no more. One of before there were key pairs, which no release has
    /// made, is nothing that a client could open.
    public static Optional<AccountState> find(Transaction transaction, AccountId account) {
        return transaction
                .handle()
                .createQuery(
                        "SELECT account, directory_counter, directory, chats_key, apps_key, emails_key, embeds_key,"
                                + " profile_key, public_key, private_key, profile_version, profile FROM account"
                                + " WHERE account = :account AND deleting_since IS NULL AND public_key IS NOT NULL")
                .bind("account", account.bytes())
                .map((row, context) -> state(row))
                .findOne();
    }

    /// Puts the next directory in place of the one before it.
    ///
    /// @return whether the stored one was the one before it
    static boolean replaceDirectory(Transaction transaction, AccountId account, Counted directory) {
        return transaction
                        .handle()
                        .createUpdate("UPDATE account SET directory = :sealed, directory_counter = :counter"
                                + " WHERE account = :account AND directory_counter = :counter - 1")
                        .bind("account", account.bytes())
                        .bind("counter", directory.counter())
                        .bind("sealed", directory.sealed())
                        .execute()
                == 1;
    }

    /// Puts other keys and the profile under them in place of those there.
    ///
    /// @return whether the stored profile was the one before
    static boolean replaceKeys(
            Transaction transaction, AccountId account, DomainKeys keys, KeyPair pair, Versioned profile) {
        return transaction
                        .handle()
                        .createUpdate("UPDATE account SET chats_key = :chats, apps_key = :apps, emails_key = :emails,"
                                + " embeds_key = :embeds, profile_key = :profileKey, public_key = :publicKey,"
                                + " private_key = :privateKey, profile = :profile, profile_version = :profileVersion"
                                + " WHERE account = :account AND profile_version = :profileVersion - 1")
                        .bind("account", account.bytes())
                        .bind("chats", keys.chats())
                        .bind("apps", keys.apps())
                        .bind("emails", keys.emails())
                        .bind("embeds", keys.embeds())
                        .bind("profileKey", keys.profile())
                        .bind("publicKey", pair.publicKey())
                        .bind("privateKey", pair.privateKey())
                        .bind("profile", profile.sealed())
                        .bind("profileVersion", profile.version())
                        .execute()
                == 1;
    }

    /// Takes the account's row until the transaction ends, so that what is read then stays as it is
    /// until what depends on it is written. An update that changes nothing locks the row on both
    /// databases.
    public static void take(Transaction transaction, AccountId account) {
        transaction
                .handle()
                .createUpdate("UPDATE account SET created_at = created_at WHERE account = :account")
                .bind("account", account.bytes())
                .execute();
    }

    /// One whose rows are still to go.
    record Deleting(AccountId account, long since) {}

    /// Takes all that is sealed or wrapped out of the account's row, and the address.
    ///
    /// @param nobody in place of what the address is looked up by
    static void erase(Transaction transaction, AccountId account, Bytes nobody, long now) {
        transaction
                .handle()
                .createUpdate("UPDATE account SET address_hmac = :nobody, created_at = :now, directory_counter = 1,"
                        + " directory = :nothing, chats_key = :nothing, apps_key = :nothing, emails_key = :nothing,"
                        + " embeds_key = :nothing, profile_key = :nothing, public_key = NULL, private_key = NULL,"
                        + " profile_version = 1, profile = :nothing,"
                        + " deleting_since = :now WHERE account = :account")
                .bind("account", account.bytes())
                .bind("nobody", nobody)
                .bind("nothing", Bytes.copyOf(new byte[0]))
                .bind("now", now)
                .execute();
    }

    /// @return the oldest first
    static List<Deleting> beingDeleted(Transaction transaction) {
        return transaction
                .handle()
                .createQuery("SELECT account, deleting_since FROM account WHERE deleting_since IS NOT NULL"
                        + " ORDER BY deleting_since LIMIT 1000")
                .map((row, context) ->
                        new Deleting(new AccountId(Columns.bytes(row, "account")), row.getLong("deleting_since")))
                .list();
    }

    static void delete(Transaction transaction, AccountId account) {
        transaction
                .handle()
                .createUpdate("DELETE FROM account WHERE account = :account AND deleting_since IS NOT NULL")
                .bind("account", account.bytes())
                .execute();
    }

    private static AccountState state(ResultSet row) throws SQLException {
        return new AccountState(
                new AccountId(Columns.bytes(row, "account")),
                new Counted(row.getLong("directory_counter"), Columns.bytes(row, "directory")),
                new DomainKeys(
                        Columns.bytes(row, "chats_key"),
                        Columns.bytes(row, "apps_key"),
                        Columns.bytes(row, "emails_key"),
                        Columns.bytes(row, "embeds_key"),
                        Columns.bytes(row, "profile_key")),
                new KeyPair(Columns.bytes(row, "public_key"), Columns.bytes(row, "private_key")),
                new Versioned(row.getLong("profile_version"), Columns.bytes(row, "profile")));
    }
}
