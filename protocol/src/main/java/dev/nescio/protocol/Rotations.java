package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;

/// Messages of a rotation of the master key (spec, section 10.13).
public final class Rotations {

    /// Containers in one request.
    public static final int MOST_AT_ONCE = 100;

    /// A password and as many passkeys as an account may have.
    private static final int MOST_SLOTS = 33;

    private Rotations() {}

    /// A container under its fresh key.
    ///
    /// @param earlierKeys the keys that it had before, sealed under the fresh one
    /// @param manifest the one that follows on the stored one
    public record Container(ContainerId id, Bytes wrappedKey, Bytes earlierKeys, Counted manifest) {

        public Container {
            Check.present("id", id);
            Check.wrappedKey("wrappedKey", wrappedKey);
            Check.envelope("earlierKeys", earlierKeys, Limits.EARLIER_KEYS);
            Check.present("manifest", manifest);
        }
    }

    /// `PUT /v1/rotations/{id}/containers`: some of the account's containers. Nothing changes before the
    /// rotation is completed.
    public record Stage(List<Container> containers) {

        public Stage {
            containers = Check.items("containers", containers, 1, MOST_AT_ONCE);
            if (containers.stream().map(Container::id).distinct().count() != containers.size()) {
                throw new InvalidField("containers must not name a container twice");
            }
        }
    }

    /// A slot that stays, with the new master key under its wrapping key.
    public record KeptSlot(SlotId id, Bytes wrappedMasterKey) {

        public KeptSlot {
            Check.present("slots.id", id);
            Check.wrappedKey("slots.wrappedMasterKey", wrappedMasterKey);
        }
    }

    /// The list of each domain that holds containers, also of one that has none yet.
    public record Lists(Counted chats, Counted apps, Counted emails, Counted embeds) {

        public Lists {
            Check.present("lists.chats", chats);
            Check.present("lists.apps", apps);
            Check.present("lists.emails", emails);
            Check.present("lists.embeds", embeds);
        }

        /// @param domain one that holds containers
        public Counted of(Domain domain) {
            return switch (domain) {
                case CHATS -> chats;
                case APPS -> apps;
                case EMAILS -> emails;
                case EMBEDS -> embeds;
                case PROFILE -> throw new IllegalArgumentException("the profile holds no containers");
            };
        }
    }

    /// `POST /v1/rotations/{id}`: everything else that hangs from the master key. Written together with
    /// the containers or not at all.
    ///
    /// @param slots those that stay; every other one is removed
    /// @param recovery another recovery key
    /// @param password one that takes the place of the account's password, or absent; the second factor stays
    /// @param directory the one that lists the slots as they are then, under the new master key
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Complete(
            List<KeptSlot> slots,
            SignUp.NewSlot recovery,
            SignUp.NewSlot password,
            DomainKeys domainKeys,
            KeyPair keyPair,
            Versioned profile,
            Lists lists,
            Counted devices,
            Counted directory) {

        public Complete {
            slots = Check.items("slots", slots, password == null ? 1 : 0, MOST_SLOTS);
            SignUp.NewSlot.require("recovery", recovery, SlotKind.RECOVERY);
            List<SlotId> ids = new ArrayList<>(slots.stream().map(KeptSlot::id).toList());
            ids.add(recovery.id());
            if (password != null) {
                SignUp.NewSlot.require("password", password, SlotKind.PASSWORD);
                ids.add(password.id());
            }
            if (ids.stream().distinct().count() != ids.size()) {
                throw new InvalidField("slots, recovery and password must not name a slot twice");
            }
            Check.present("domainKeys", domainKeys);
            Check.present("keyPair", keyPair);
            Check.present("profile", profile);
            Check.present("lists", lists);
            Check.present("devices", devices);
            Check.present("directory", directory);
        }
    }
}
