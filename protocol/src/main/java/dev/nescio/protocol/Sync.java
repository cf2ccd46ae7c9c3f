package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.HashSet;
import java.util.List;

/// Messages about containers, items and changes (spec, sections 10.5 to 10.7).
public final class Sync {

    private Sync() {}

    /// `POST /v1/domains/{domain}/containers`. Metadata has version 1 and the manifest counter 1.
    public record NewContainer(ContainerId id, Bytes wrappedKey, Bytes metadata, Bytes manifest, Counted list) {

        public NewContainer {
            Check.present("id", id);
            Check.wrappedKey("wrappedKey", wrappedKey);
            Check.envelope("metadata", metadata, Limits.ENVELOPE);
            Check.envelope("manifest", manifest, Limits.ENVELOPE);
            Check.present("list", list);
        }
    }

    /// The answer to a commit: the account's sequence that it was given.
    public record Committed(long sequence) {

        public Committed {
            Check.position("sequence", sequence);
        }
    }

    /// A container as the server holds it. `earlierKeys` is absent before the first rotation of the
    /// master key (spec, section 8.6).
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Container(
            ContainerId id,
            Domain domain,
            long position,
            long sequence,
            Bytes wrappedKey,
            Bytes earlierKeys,
            Versioned metadata,
            Counted manifest,
            long itemCount) {

        /// One that has had one key.
        public Container(
                ContainerId id,
                Domain domain,
                long position,
                long sequence,
                Bytes wrappedKey,
                Versioned metadata,
                Counted manifest,
                long itemCount) {
            this(id, domain, position, sequence, wrappedKey, null, metadata, manifest, itemCount);
        }

        public Container {
            Check.present("id", id);
            Check.present("domain", domain);
            Check.position("position", position);
            Check.position("sequence", sequence);
            Check.wrappedKey("wrappedKey", wrappedKey);
            if (earlierKeys != null) {
                Check.envelope("earlierKeys", earlierKeys, Limits.EARLIER_KEYS);
            }
            Check.present("metadata", metadata);
            Check.present("manifest", manifest);
            Check.position("itemCount", itemCount);
        }
    }

    /// `GET /v1/domains/{domain}/containers`. `list` is null before the first container of the domain.
    public record ContainerPage(Counted list, List<Container> containers, boolean more) {

        public ContainerPage {
            containers = Check.items("containers", containers, 0, Integer.MAX_VALUE);
        }
    }

    /// One new or changed item in a commit.
    public record ItemWrite(ItemId id, long version, Bytes sealed) {

        public ItemWrite {
            Check.present("id", id);
            Check.counter("version", version);
            Check.envelope("sealed", sealed, Limits.ITEM);
        }
    }

    /// `POST /v1/containers/{id}/commits`. `metadata` is absent when it does not change.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Commit(Counted manifest, List<ItemWrite> items, Versioned metadata) {

        public Commit {
            Check.present("manifest", manifest);
            items = Check.items("items", items, metadata == null ? 1 : 0, Limits.ITEMS_PER_COMMIT);
            if (items.stream().map(ItemWrite::id).distinct().count() != items.size()) {
                throw new InvalidField("items must not name an item twice");
            }
        }
    }

    /// An item as the server holds it.
    public record Item(ItemId id, long position, long version, long sequence, Bytes sealed) {

        public Item {
            Check.present("id", id);
            Check.position("position", position);
            Check.counter("version", version);
            Check.position("sequence", sequence);
            Check.envelope("sealed", sealed, Limits.ITEM);
        }
    }

    /// `GET /v1/containers/{id}`: the container and the items after the asked sequence, all of one instant.
    public record ContainerContent(Container container, List<Item> items, boolean more) {

        public ContainerContent {
            Check.present("container", container);
            items = Check.items("items", items, 0, Integer.MAX_VALUE);
            if (new HashSet<>(items.stream().map(Item::id).toList()).size() != items.size()) {
                throw new InvalidField("items must not name an item twice");
            }
        }
    }

    /// `GET /v1/changes`.
    public record Changes(List<Container> changes, long sequence, boolean more) {

        public Changes {
            changes = Check.items("changes", changes, 0, Integer.MAX_VALUE);
            Check.position("sequence", sequence);
        }
    }

    /// A text message of `GET /v1/hints`. `sequence` is absent in `revoked` and `account`.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Hint(String type, Long sequence) {

        public static final String HELLO = "hello";
        public static final String CHANGED = "changed";
        public static final String REVOKED = "revoked";

        /// Something of 10.8 changed.
        public static final String ACCOUNT = "account";

        public Hint {
            Check.present("type", type);
            if (sequence != null) {
                Check.position("sequence", sequence);
            }
        }
    }
}
