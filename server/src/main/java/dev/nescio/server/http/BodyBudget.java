package dev.nescio.server.http;

import dev.nescio.protocol.Limits;
import java.util.HashMap;
import java.util.Map;

/// How many octets of request bodies may be in memory at one time: of all requests together, and of those of
/// one network, so that none can have all. Safe for use by many threads.
///
/// Octets count as they arrive, not as they are announced. A body that never comes holds none; so the bodies
/// that are on the way are counted too. Networks are told apart by their block.
final class BodyBudget {

    private static final int PARTS = 8;
    private static final int MOST_ON_THE_WAY = 128;

    private final int most;
    private final int mostOfANetwork;
    private final int mostOnTheWay;
    private final Map<String, Use> uses = new HashMap<>();
    private int octets;

    /// What the requests of one network hold.
    private static final class Use {
        private int octets;
        private int requests;
        private int onTheWay;
    }

    /// @param mostOnTheWay bodies of one network
    BodyBudget(int most, int mostOfANetwork, int mostOnTheWay) {
        this.most = most;
        this.mostOfANetwork = mostOfANetwork;
        this.mostOnTheWay = mostOnTheWay;
    }

    /// A sixteenth of the heap: reading, checking and parsing a body take several times its size.
    static BodyBudget ofHeap(long heap) {
        int most = (int) Math.min(Integer.MAX_VALUE, heap / 16);
        return new BodyBudget(most, Math.max(most / PARTS, Limits.REQUEST_BODY), MOST_ON_THE_WAY);
    }

    /// @throws Refusal when so many bodies of that network are on the way already
    synchronized Share share(Network network) {
        Use use = uses.computeIfAbsent(network.block(), same -> new Use());
        if (use.onTheWay >= mostOnTheWay) {
            throw Refusal.unavailable(HttpServer.TRY_AGAIN);
        }
        use.requests++;
        use.onTheWay++;
        return new Share(network.block(), use);
    }

    /// What one request has of the budget, until it is closed. For one thread.
    final class Share implements AutoCloseable {

        private final String block;
        private final Use use;
        private int taken;
        private boolean onTheWay = true;

        private Share(String block, Use use) {
            this.block = block;
            this.use = use;
        }

        /// @return whether that many more octets may be held
        boolean take(int more) {
            synchronized (BodyBudget.this) {
                if (more > most - octets || more > mostOfANetwork - use.octets) {
                    return false;
                }
                octets += more;
                use.octets += more;
                taken += more;
                return true;
            }
        }

        /// Its body is here as a whole.
        void arrived() {
            synchronized (BodyBudget.this) {
                if (onTheWay) {
                    onTheWay = false;
                    use.onTheWay--;
                }
            }
        }

        @Override
        public void close() {
            synchronized (BodyBudget.this) {
                arrived();
                octets -= taken;
                use.octets -= taken;
                if (--use.requests == 0) {
                    uses.remove(block);
                }
            }
        }
    }
}
