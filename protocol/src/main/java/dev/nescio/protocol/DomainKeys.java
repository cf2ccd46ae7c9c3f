package dev.nescio.protocol;

/// The five keys that the master key wraps, each an envelope (spec, section 4).
public record DomainKeys(Bytes chats, Bytes apps, Bytes emails, Bytes embeds, Bytes profile) {

    public DomainKeys {
        Check.wrappedKey("domainKeys.chats", chats);
        Check.wrappedKey("domainKeys.apps", apps);
        Check.wrappedKey("domainKeys.emails", emails);
        Check.wrappedKey("domainKeys.embeds", embeds);
        Check.wrappedKey("domainKeys.profile", profile);
    }

    public Bytes of(Domain domain) {
        return switch (domain) {
            case CHATS -> chats;
            case APPS -> apps;
            case EMAILS -> emails;
            case EMBEDS -> embeds;
            case PROFILE -> profile;
        };
    }
}
