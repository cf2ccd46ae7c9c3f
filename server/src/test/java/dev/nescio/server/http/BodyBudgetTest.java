package dev.nescio.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.Limits;
import org.junit.jupiter.api.Test;

/// Bodies of all requests share one budget.
class BodyBudgetTest {

    @Test
    void whatOneRequestHoldsAnotherCannot() {
        BodyBudget budget = new BodyBudget(10);
        try (BodyBudget.Share one = budget.share();
                BodyBudget.Share other = budget.share()) {
            assertTrue(one.take(6));
            assertFalse(other.take(5));
            assertTrue(other.take(4));
        }
        try (BodyBudget.Share later = budget.share()) {
            assertTrue(later.take(10));
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
