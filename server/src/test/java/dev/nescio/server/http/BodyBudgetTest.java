package dev.nescio.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.Limits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Bodies of all requests share one budget, and no network can have all of it.
class BodyBudgetTest {

    private static Network network(int number) {
        return new Network("192.0.2." + number, "192.0.2." + number);
    }

    @Test
    void whatOneRequestHoldsAnotherCannot() {
        BodyBudget budget = new BodyBudget(10, 10, 10);
        try (BodyBudget.Share one = budget.share(network(1));
                BodyBudget.Share other = budget.share(network(2))) {
            assertTrue(one.take(6));
            assertFalse(other.take(5));
            assertTrue(other.take(4));
        }
        try (BodyBudget.Share later = budget.share(network(3))) {
            assertTrue(later.take(10));
        }
    }

    @Test
    void oneNetworkHasItsPartOnly() {
        BodyBudget budget = new BodyBudget(100, 20, 10);
        try (BodyBudget.Share one = budget.share(network(1));
                BodyBudget.Share other = budget.share(network(2))) {
            assertTrue(one.take(15));
            try (BodyBudget.Share same = budget.share(network(1))) {
                assertFalse(same.take(6));
                assertTrue(same.take(5));
                assertTrue(other.take(20));
            }
            assertTrue(one.take(5));
            assertFalse(one.take(1));
        }
        try (BodyBudget.Share later = budget.share(network(1))) {
            assertTrue(later.take(20), "all was given back");
            assertFalse(later.take(1));
        }
    }

    @Test
    void aBlockOfIpv6IsOneNetworkHere() {
        BodyBudget budget = new BodyBudget(100, 20, 10);
        try (BodyBudget.Share one = budget.share(new Network("20010db800010001", "20010db80001"));
                BodyBudget.Share other = budget.share(new Network("20010db800010002", "20010db80001"))) {
            assertTrue(one.take(20));
            assertFalse(other.take(1));
        }
    }

    @Test
    void oneNetworkHasSoManyBodiesOnTheWay() {
        BodyBudget budget = new BodyBudget(100, 100, 3);
        List<BodyBudget.Share> reading = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            reading.add(budget.share(network(1)));
        }
        assertEquals(
                ProblemType.UNAVAILABLE.status(),
                assertThrows(Refusal.class, () -> budget.share(network(1)))
                        .problem()
                        .status());
        reading.add(budget.share(network(2)));
        reading.getFirst().arrived();
        reading.getFirst().arrived();
        reading.add(budget.share(network(1)));
        assertThrows(Refusal.class, () -> budget.share(network(1)), "one has arrived, not two");
        reading.forEach(BodyBudget.Share::close);
        for (int i = 0; i < 3; i++) {
            budget.share(network(1));
        }
        assertThrows(Refusal.class, () -> budget.share(network(1)));
    }

    /// Else no request of that size could ever succeed.
    @Test
    void thePartOfANetworkHoldsTheLargestBody() {
        try (BodyBudget.Share share = BodyBudget.ofHeap(32 * 1024 * 1024).share(network(1))) {
            assertTrue(share.take(Limits.REQUEST_BODY));
        }
    }

    @Test
    void whoeverHasNoSessionSendsLittle() {
        for (Endpoint endpoint : Endpoint.values()) {
            if (endpoint.access() == Endpoint.Access.ANYBODY) {
                assertTrue(endpoint.mostBody() <= Limits.SIGN_UP_BODY, endpoint.name());
            }
        }
        assertEquals(Limits.SMALL_BODY, Endpoint.LOOK_UP.mostBody());
    }
}
