package dev.nescio.server.account;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.DomainKeys;
import dev.nescio.protocol.KeyPair;
import dev.nescio.protocol.Versioned;

/// What an account's clients need to open everything else: all of it sealed by them, but for the
/// public key.
public record AccountState(
        AccountId account, Counted directory, DomainKeys domainKeys, KeyPair keyPair, Versioned profile) {}
