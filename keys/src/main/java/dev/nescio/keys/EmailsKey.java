package dev.nescio.keys;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.sealing.v1.SealingKey;
import java.util.List;

/// The key of the domain `emails`: wraps the keys of mailboxes.
public final class EmailsKey extends DomainKey<MailboxKey> {

    EmailsKey(AccountId account, SealingKey key) {
        super(account, Domain.EMAILS, key);
    }

    @Override
    MailboxKey containerKey(AccountId account, ContainerId container, List<SealingKey> containerKeys) {
        return new MailboxKey(account, container, containerKeys);
    }
}
