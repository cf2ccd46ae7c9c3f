package dev.nescio.keys;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.Limits;
import dev.nescio.protocol.Scope;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.SealingKey;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// The keys of some domains, which is all that a scoped access key opens (spec, section 3.12): the
/// content of its sealed scope record. Neither the master key nor the profile key is among them.
public final class ScopedKeys implements AutoCloseable {

    private final AccountId account;
    private final Scope scope;
    private final OptionalLong expiresAt;
    private final Optional<ChatsKey> chats;
    private final Optional<AppsKey> apps;
    private final Optional<EmailsKey> emails;
    private final Optional<EmbedsKey> embeds;

    private ScopedKeys(AccountId account, Content content) {
        this.account = account;
        this.scope = content.scope();
        this.expiresAt = content.expiresAt() == null ? OptionalLong.empty() : OptionalLong.of(content.expiresAt());
        this.chats = content.key(Domain.CHATS).map(key -> new ChatsKey(account, key));
        this.apps = content.key(Domain.APPS).map(key -> new AppsKey(account, key));
        this.emails = content.key(Domain.EMAILS).map(key -> new EmailsKey(account, key));
        this.embeds = content.key(Domain.EMBEDS).map(key -> new EmbedsKey(account, key));
    }

    /// The record's JSON.
    ///
    /// @param expiresAt null where the key does not end by itself
    /// @param keys those of the scope's domains, and no other
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Content(Scope scope, Long expiresAt, Map<String, Bytes> keys) {

        Content {
            if (scope.isAll()) {
                throw new IllegalArgumentException("a scope record is of some domains");
            }
            if (expiresAt != null && (expiresAt < 1 || expiresAt > Limits.MAX_NUMBER)) {
                throw new IllegalArgumentException("a number here is 1 to " + Limits.MAX_NUMBER);
            }
            TreeMap<String, Bytes> exact = new TreeMap<>();
            for (Domain domain : scope.domains().keySet()) {
                Bytes key = keys.get(domain.text());
                if (key == null || key.length() != SealingKey.LENGTH) {
                    throw new IllegalArgumentException("the key of a domain is missing");
                }
                exact.put(domain.text(), key);
            }
            if (keys.size() != exact.size()) {
                throw new IllegalArgumentException("there is a key beyond the scope");
            }
            keys = exact;
        }

        Optional<SealingKey> key(Domain domain) {
            return Optional.ofNullable(keys.get(domain.text()))
                    .map(key -> SealingKey.of(SecretBytes.taking(key.toArray())));
        }

        @Override
        public String toString() {
            return "Content[redacted]";
        }
    }

    /// @param expiresAt null where the key does not end by itself
    static byte[] encode(Scope scope, Long expiresAt, AccountKeys keys) {
        TreeMap<String, Bytes> exported = new TreeMap<>();
        for (Domain domain : scope.domains().keySet()) {
            SealingKey key = switch (domain) {
                case CHATS -> keys.chats().key();
                case APPS -> keys.apps().key();
                case EMAILS -> keys.emails().key();
                case EMBEDS -> keys.embeds().key();
                case PROFILE -> throw new IllegalArgumentException("the profile is in no scope");
            };
            try (SecretBytes octets = key.insecureExport()) {
                exported.put(domain.text(), octets.lend(Bytes::copyOf));
            }
        }
        return SealedJson.encode(new Content(scope, expiresAt, exported));
    }

    static ScopedKeys decode(AccountId account, byte[] content) throws RejectedException {
        return new ScopedKeys(account, SealedJson.decode(content, Content.class));
    }

    /// The record in clear, for a device that keeps it on its own disk. Nothing else may call this.
    public SecretBytes insecureExport() {
        TreeMap<String, Bytes> keys = new TreeMap<>();
        chats.ifPresent(key -> keys.put(Domain.CHATS.text(), exported(key)));
        apps.ifPresent(key -> keys.put(Domain.APPS.text(), exported(key)));
        emails.ifPresent(key -> keys.put(Domain.EMAILS.text(), exported(key)));
        embeds.ifPresent(key -> keys.put(Domain.EMBEDS.text(), exported(key)));
        Long end = expiresAt.isPresent() ? expiresAt.getAsLong() : null;
        return SecretBytes.taking(SealedJson.encode(new Content(scope, end, keys)));
    }

    private static Bytes exported(DomainKey<?> key) {
        try (SecretBytes octets = key.key().insecureExport()) {
            return octets.lend(Bytes::copyOf);
        }
    }

    /// The counterpart of [#insecureExport].
    public static ScopedKeys insecureImport(AccountId account, SecretBytes record) throws RejectedException {
        byte[] content = record.lend(byte[]::clone);
        try {
            return decode(account, content);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    public AccountId account() {
        return account;
    }

    public Scope scope() {
        return scope;
    }

    /// When the access key ends; empty where it does not. Milliseconds since 1970.
    public OptionalLong expiresAt() {
        return expiresAt;
    }

    public Optional<ChatsKey> chats() {
        return chats;
    }

    public Optional<AppsKey> apps() {
        return apps;
    }

    public Optional<EmailsKey> emails() {
        return emails;
    }

    public Optional<EmbedsKey> embeds() {
        return embeds;
    }

    @Override
    public void close() {
        chats.ifPresent(DomainKey::close);
        apps.ifPresent(DomainKey::close);
        emails.ifPresent(DomainKey::close);
        embeds.ifPresent(DomainKey::close);
    }

    @Override
    public String toString() {
        return "ScopedKeys[redacted]";
    }
}
