package dev.nescio.keys;

import dev.nescio.protocol.AccountId;
import dev.nescio.sealing.v1.SealingKey;
import java.util.random.RandomGenerator;

/// The keys that the master key wraps, one for each domain (spec, section 4).
public record AccountKeys(ChatsKey chats, AppsKey apps, EmailsKey emails, EmbedsKey embeds, ProfileKey profile)
        implements AutoCloseable {

    public static AccountKeys generate(AccountId account, RandomGenerator random) {
        return new AccountKeys(
                new ChatsKey(account, SealingKey.generate(random)),
                new AppsKey(account, SealingKey.generate(random)),
                new EmailsKey(account, SealingKey.generate(random)),
                new EmbedsKey(account, SealingKey.generate(random)),
                new ProfileKey(account, SealingKey.generate(random)));
    }

    @Override
    public void close() {
        chats.close();
        apps.close();
        emails.close();
        embeds.close();
        profile.close();
    }
}
