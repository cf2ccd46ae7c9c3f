package dev.nescio.cli.drill;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Which find breaks the promise: for each secrecy, in each kind of place.
class HitTest {

    private static final Map<Secrecy, Set<Place.Kind>> FORBIDDEN = Map.of(
            Secrecy.CLIENT_ONLY,
            EnumSet.of(Place.Kind.TABLES, Place.Kind.FILE, Place.Kind.LOG, Place.Kind.HEAP, Place.Kind.MEMORY),
            Secrecy.IN_PASSING,
            EnumSet.of(Place.Kind.TABLES, Place.Kind.FILE, Place.Kind.LOG, Place.Kind.HEAP));

    @ParameterizedTest
    @EnumSource
    void countsWhereTheSecretMustNotBe(Secrecy secrecy) {
        Secret secret = Secret.bytes("a secret", secrecy, new byte[32]);
        for (Place.Kind kind : Place.Kind.values()) {
            Hit hit = new Hit(new Place(kind, "somewhere"), List.of(), 0, secret, "bytes");
            assertEquals(FORBIDDEN.get(secrecy).contains(kind), hit.counts(), kind.text());
            Findings findings = new Findings();
            findings.add(hit);
            assertEquals(hit.counts() ? 1 : 0, findings.hits(), kind.text());
            assertEquals(hit.counts() ? 0 : 1, findings.reported(), kind.text());
        }
    }
}
