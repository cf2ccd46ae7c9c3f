package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.DomainKeys;
import dev.nescio.protocol.Versioned;

/// What an account's clients need to open everything else; all of it sealed by them.
public record AccountState(AccountId account, Counted directory, DomainKeys domainKeys, Versioned profile) {}
