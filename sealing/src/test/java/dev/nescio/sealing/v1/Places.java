package dev.nescio.sealing.v1;

import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.ItemId;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/// Places for sealed values: a few of each part, so that two places often differ in one part alone, and ids
/// that are the same in different parts.
final class Places {

    static final AssociatedData ONE = new AssociatedData(
            "item", new AccountId(id(1)), Domain.CHATS, new ContainerId(id(2)), new ItemId(id(3)), "content", 1);

    private Places() {}

    static Bytes id(int number) {
        byte[] id = new byte[16];
        id[15] = (byte) number;
        return Bytes.copyOf(id);
    }

    static Arbitrary<AssociatedData> any() {
        Arbitrary<Bytes> ids = Arbitraries.of(id(1), id(2), id(3));
        return Combinators.combine(
                        Arbitraries.of("item", "manifest", "metadata", ""),
                        ids.map(AccountId::new),
                        Arbitraries.of(Domain.values()).injectNull(0.2),
                        ids.map(ContainerId::new).injectNull(0.2),
                        ids.map(ItemId::new).injectNull(0.2),
                        Arbitraries.of("content", "manifest", "metadata", "item", ""),
                        Arbitraries.of(0L, 1L, 2L, 256L, (1L << 53) - 1))
                .as(AssociatedData::new);
    }
}
