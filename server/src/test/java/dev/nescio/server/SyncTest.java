package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Versioned;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Spec, sections 10.5 and 10.6.
@ParameterizedClass
@EnumSource(Backend.class)
class SyncTest {

    private static final String CHATS = "/v1/domains/chats/containers";

    private static TestServer server;

    @Parameter
    Backend backend;

    private Client client;

    @BeforeParameterizedClassInvocation
    static void start(Backend backend) {
        server = TestServer.start(backend);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @BeforeEach
    void signUp() {
        client = Device.signedUp(server).on(server);
    }

    private Sync.NewContainer created(long listCounter) {
        Sync.NewContainer container = Device.container(listCounter);
        client.post(CHATS, container).as(Sync.Committed.class);
        return container;
    }

    private Client.Answer commit(ContainerId id, Sync.Commit commit) {
        return client.post("/v1/containers/" + id.hex() + "/commits", commit);
    }

    private Sync.ContainerContent content(ContainerId id, String query) {
        return client.get("/v1/containers/" + id.hex() + query).as(Sync.ContainerContent.class);
    }

    @Test
    void emptyDomainHasNoList() {
        Sync.ContainerPage page = client.get(CHATS).as(Sync.ContainerPage.class);
        assertNull(page.list());
        assertEquals(List.of(), page.containers());
        assertFalse(page.more());
        assertEquals(
                new Sync.Changes(List.of(), 0, false), client.get("/v1/changes").as(Sync.Changes.class));
    }

    @Test
    void containerComesBackAsItWasSent() {
        Sync.NewContainer sent = Device.container(1);
        Client.Answer answer = client.post(CHATS, sent);
        assertEquals(201, answer.status());
        assertEquals(1, answer.as(Sync.Committed.class).sequence());

        Sync.ContainerPage page = client.get(CHATS).as(Sync.ContainerPage.class);
        assertEquals(sent.list(), page.list());
        Sync.Container stored = page.containers().getFirst();
        assertEquals(sent.id(), stored.id());
        assertEquals(Domain.CHATS, stored.domain());
        assertEquals(0, stored.position());
        assertEquals(sent.wrappedKey(), stored.wrappedKey());
        assertEquals(sent.metadata(), stored.metadata().sealed());
        assertEquals(1, stored.metadata().version());
        assertEquals(sent.manifest(), stored.manifest().sealed());
        assertEquals(1, stored.manifest().counter());
        assertEquals(0, stored.itemCount());
        assertEquals(new Sync.ContainerContent(stored, List.of(), false), content(sent.id(), ""));
        assertEquals(
                new Sync.Changes(List.of(stored), 1, false),
                client.get("/v1/changes").as(Sync.Changes.class));
    }

    @Test
    void creatingTwiceIsOnce() {
        Sync.NewContainer container = created(1);
        Client.Answer again = client.post(CHATS, container);
        assertEquals(201, again.status());
        assertEquals(1, again.as(Sync.Committed.class).sequence());
        assertEquals(1, client.get("/v1/changes").as(Sync.Changes.class).sequence());
    }

    /// The stored manifest is not that of the request any more.
    @Test
    void creatingAgainAfterALaterCommitIsAConflict() {
        Sync.NewContainer container = created(1);
        assertEquals(
                200, commit(container.id(), Device.commit(2, Device.item())).status());
        assertEquals("409 container-exists", client.post(CHATS, container).problemName());
    }

    @Test
    void refusalsOfCreationChangeNothing() {
        Sync.NewContainer container = created(1);
        Client.Answer stale = client.post(CHATS, Device.container(1));
        assertEquals("409 list-conflict", stale.problemName());
        assertEquals(1, stale.problem().listCounter());
        assertEquals(
                "409 list-conflict", client.post(CHATS, Device.container(3)).problemName());
        Sync.NewContainer other = Device.container(2);
        Sync.NewContainer sameId = new Sync.NewContainer(
                container.id(), other.wrappedKey(), other.metadata(), other.manifest(), other.list());
        assertEquals("409 container-exists", client.post(CHATS, sameId).problemName());
        assertEquals(
                "409 container-exists",
                client.post("/v1/domains/apps/containers", container).problemName());
        assertEquals(
                "404 not-found",
                client.post("/v1/domains/profile/containers", other).problemName());
        assertEquals(
                "404 not-found",
                client.post("/v1/domains/other/containers", other).problemName());
        assertEquals(1, client.get("/v1/changes").as(Sync.Changes.class).sequence());
        assertEquals(
                container.list(), client.get(CHATS).as(Sync.ContainerPage.class).list());
    }

    @Test
    void itemsGetPositionsInTheOrderOfTheirFirstCommit() {
        ContainerId id = created(1).id();
        Sync.ItemWrite a = Device.item();
        Sync.ItemWrite b = Device.item();
        Sync.ItemWrite c = Device.item();
        assertEquals(
                2, commit(id, Device.commit(2, a, b)).as(Sync.Committed.class).sequence());
        Sync.ItemWrite changed = Device.item(a.id(), 2);
        assertEquals(
                3,
                commit(id, Device.commit(3, c, changed))
                        .as(Sync.Committed.class)
                        .sequence());

        Sync.ContainerContent all = content(id, "");
        assertEquals(3, all.container().itemCount());
        assertEquals(
                List.of(
                        new Sync.Item(b.id(), 1, 1, 2, b.sealed()),
                        new Sync.Item(a.id(), 0, 2, 3, changed.sealed()),
                        new Sync.Item(c.id(), 2, 1, 3, c.sealed())),
                all.items());
        assertEquals(2, content(id, "?after=2").items().size());
        assertEquals(List.of(), content(id, "?after=3").items());
    }

    @Test
    void committingTwiceIsOnce() {
        ContainerId id = created(1).id();
        Sync.Commit commit = Device.commit(2, Device.item());
        assertEquals(2, commit(id, commit).as(Sync.Committed.class).sequence());
        Client.Answer again = commit(id, commit);
        assertEquals(200, again.status());
        assertEquals(2, again.as(Sync.Committed.class).sequence());
        assertEquals(1, content(id, "").container().itemCount());
    }

    @Test
    void conflictsNameWhatIsStoredAndChangeNothing() {
        ContainerId id = created(1).id();
        Sync.ItemWrite item = Device.item();
        commit(id, Device.commit(2, item)).as(Sync.Committed.class);
        Sync.ContainerContent before = content(id, "");

        Client.Answer manifest = commit(id, Device.commit(2, Device.item()));
        assertEquals("409 manifest-conflict", manifest.problemName());
        assertEquals(2, manifest.problem().manifestCounter());
        Sync.ItemWrite fresh = Device.item();
        for (Sync.ItemWrite wrong : List.of(
                Device.item(item.id(), 1),
                Device.item(item.id(), 3),
                Device.item(ItemId.parse("00112233445566778899aabbccddeeff"), 2))) {
            Client.Answer answer = commit(id, Device.commit(3, fresh, wrong));
            assertEquals("409 item-conflict", answer.problemName());
            assertEquals(wrong.id(), answer.problem().item());
            // Named first, whatever else is wrong.
            Sync.Commit both = new Sync.Commit(
                    new Counted(3, Device.bytes(217)), List.of(wrong), new Versioned(9, Device.bytes(200)));
            assertEquals("409 item-conflict", commit(id, both).problemName());
        }
        assertEquals("400 bad-request", commit(id, Device.metadata(3, 1)).problemName());
        assertEquals("400 bad-request", commit(id, Device.metadata(3, 3)).problemName());
        assertEquals(before, content(id, ""));
        assertEquals(2, client.get("/v1/changes").as(Sync.Changes.class).sequence());
        assertEquals(
                3, commit(id, Device.commit(3, fresh)).as(Sync.Committed.class).sequence());
    }

    @Test
    void metadataChangesAlone() {
        ContainerId id = created(1).id();
        Sync.Commit commit = Device.metadata(2, 2);
        commit(id, commit).as(Sync.Committed.class);
        assertEquals(commit.metadata(), content(id, "").container().metadata());
    }

    @Test
    void otherAccountsContainersAreNotThere() {
        ContainerId id = created(1).id();
        Client stranger = Device.signedUp(server).on(server);
        assertEquals("404 not-found", stranger.get("/v1/containers/" + id.hex()).problemName());
        assertEquals(
                "404 not-found",
                stranger.post("/v1/containers/" + id.hex() + "/commits", Device.commit(2, Device.item()))
                        .problemName());
        assertEquals(
                List.of(), stranger.get("/v1/changes").as(Sync.Changes.class).changes());
    }

    @Test
    void pagesEndOnlyWhereASequenceEnds() {
        ContainerId id = created(1).id();
        int commits = 7;
        for (int i = 0; i < commits; i++) {
            commit(id, Device.commit(2 + i, Device.item(), Device.item(), Device.item()))
                    .as(Sync.Committed.class);
        }
        List<Sync.Item> all = content(id, "?limit=500").items();
        List<Sync.Item> paged = new ArrayList<>();
        long after = 0;
        boolean more = true;
        while (more) {
            Sync.ContainerContent page = content(id, "?limit=7&after=" + after);
            assertTrue(page.items().size() == 6 || !page.more(), "whole sequences only");
            paged.addAll(page.items());
            after = paged.getLast().sequence();
            more = page.more();
        }
        assertEquals(all, paged);
        assertEquals(3 * commits, paged.size());
        assertEquals(3, content(id, "?limit=1").items().size());
    }

    @Test
    void largePagesAreCutBySizeToo() {
        ContainerId id = created(1).id();
        Sync.ItemWrite[] large = Stream.generate(
                        () -> new Sync.ItemWrite(Device.item().id(), 1, Device.bytes(250 * 1024)))
                .limit(5)
                .toArray(Sync.ItemWrite[]::new);
        for (int i = 0; i < 6; i++) {
            Sync.ItemWrite[] fresh = Stream.of(large)
                    .map(item -> new Sync.ItemWrite(Device.item().id(), 1, item.sealed()))
                    .toArray(Sync.ItemWrite[]::new);
            commit(id, Device.commit(2 + i, fresh)).as(Sync.Committed.class);
        }
        Client.Answer answer = client.get("/v1/containers/" + id.hex());
        assertTrue(answer.as(Sync.ContainerContent.class).more());
        assertTrue(answer.response().body().length < 8 << 20, "a page stays well under what a client reads");
    }

    @Test
    void changesNameEachContainerOnceOldestFirst() {
        ContainerId a = created(1).id();
        ContainerId b = created(2).id();
        ContainerId c = created(3).id();
        commit(a, Device.commit(2, Device.item())).as(Sync.Committed.class);

        Sync.Changes all = client.get("/v1/changes").as(Sync.Changes.class);
        assertEquals(
                List.of(b, c, a), all.changes().stream().map(Sync.Container::id).toList());
        assertEquals(4, all.sequence());
        Sync.Changes first = client.get("/v1/changes?limit=2").as(Sync.Changes.class);
        assertTrue(first.more());
        assertEquals(3, first.sequence());
        Sync.Changes rest = client.get("/v1/changes?after=3&limit=2").as(Sync.Changes.class);
        assertEquals(List.of(a), rest.changes().stream().map(Sync.Container::id).toList());
        assertFalse(rest.more());
        assertEquals(4, rest.sequence());
    }

    @Test
    void listsGoOnFromAPosition() {
        for (int i = 1; i <= 5; i++) {
            created(i);
        }
        Sync.ContainerPage page = client.get(CHATS + "?from=1&limit=3").as(Sync.ContainerPage.class);
        assertEquals(
                List.of(1L, 2L, 3L),
                page.containers().stream().map(Sync.Container::position).toList());
        assertTrue(page.more());
        assertFalse(client.get(CHATS + "?from=4").as(Sync.ContainerPage.class).more());
        for (String query : List.of(
                "from=-1",
                "from=x",
                "from=",
                "from",
                "from=00",
                "from=%2B1",
                "limit=0",
                "limit=01",
                "limit=101",
                "from=1&from=2",
                "from=1&from=1",
                "from=9007199254740992")) {
            assertEquals("400 bad-request", client.get(CHATS + "?" + query).problemName(), query);
        }
        assertEquals(200, client.get(CHATS + "?colour=1&colour=2&From=x").status());
        assertEquals("400 bad-request", client.get("/v1/changes?after=").problemName());
        assertEquals("400 bad-request", client.get("/v1/changes?limit=0").problemName());
    }

    @Test
    void ofConcurrentCommitsWithOneCounterOneWins() throws Exception {
        ContainerId id = created(1).id();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 5; round++) {
                long counter = 2L + round;
                List<Callable<Integer>> tries = Stream.<Callable<Integer>>generate(() ->
                                () -> commit(id, Device.commit(counter, Device.item()))
                                        .status())
                        .limit(8)
                        .toList();
                List<Integer> statuses = new ArrayList<>();
                for (Future<Integer> one : threads.invokeAll(tries)) {
                    statuses.add(one.get());
                }
                assertEquals(
                        1, statuses.stream().filter(status -> status == 200).count(), statuses::toString);
                assertEquals(Set.of(200, 409), new HashSet<>(statuses));
            }
        }
        Sync.ContainerContent content = content(id, "");
        assertEquals(5, content.items().size());
        assertEquals(6, content.container().sequence());
    }

    /// What several accounts send at the same time is checked and written together; each gets its own answer.
    @Test
    void commitsOfManyAccountsAtOnceAreAnsweredEachForItself() throws Exception {
        int accounts = 12;
        List<Client> clients = new ArrayList<>();
        List<String> paths = new ArrayList<>();
        List<Sync.ItemWrite> stored = new ArrayList<>();
        for (int i = 0; i < accounts; i++) {
            Client one = Device.signedUp(server).on(server);
            Sync.NewContainer container = Device.container(1);
            one.post(CHATS, container).as(Sync.Committed.class);
            String path = "/v1/containers/" + container.id().hex();
            Sync.ItemWrite item = Device.item();
            one.post(path + "/commits", Device.commit(2, item)).as(Sync.Committed.class);
            clients.add(one);
            paths.add(path);
            stored.add(item);
        }
        List<Callable<String>> tries = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < accounts; i++) {
            Client one = clients.get(i);
            String path = paths.get(i) + "/commits";
            Sync.ItemWrite item = stored.get(i);
            switch (i % 4) {
                case 0 -> { // The same bytes, three times.
                    Sync.Commit commit = Device.commit(3, Device.item(), Device.item(item.id(), 2));
                    for (int again = 0; again < 3; again++) {
                        tries.add(() ->
                                one.post(path, commit).as(Sync.Committed.class).toString());
                        expected.add(new Sync.Committed(3).toString());
                    }
                }
                case 1 -> {
                    tries.add(() -> {
                        Client.Answer answer = one.post(path, Device.commit(4, Device.item()));
                        return answer.problemName() + answer.problem().manifestCounter();
                    });
                    expected.add("409 manifest-conflict2");
                }
                case 2 -> {
                    tries.add(() -> {
                        Client.Answer answer =
                                one.post(path, Device.commit(3, Device.item(), Device.item(item.id(), 1)));
                        return answer.problemName() + answer.problem().item();
                    });
                    expected.add("409 item-conflict" + item.id());
                }
                default -> {
                    String strangers = paths.getFirst() + "/commits";
                    tries.add(() ->
                            one.post(strangers, Device.commit(3, Device.item())).problemName());
                    expected.add("404 not-found");
                }
            }
        }
        List<String> outcomes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<String> one : threads.invokeAll(tries)) {
                outcomes.add(one.get());
            }
        }
        assertEquals(expected, outcomes);
        for (int i = 0; i < accounts; i++) {
            Sync.ContainerContent content = clients.get(i).get(paths.get(i)).as(Sync.ContainerContent.class);
            long changed = i % 4 == 0 ? 3 : 2;
            assertEquals(changed, content.container().manifest().counter());
            assertEquals(changed - 1, content.container().itemCount());
            assertEquals(changed - 1, content.items().size());
            assertEquals(
                    changed,
                    clients.get(i).get("/v1/changes").as(Sync.Changes.class).sequence());
        }
    }
}
