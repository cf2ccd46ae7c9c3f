package dev.nescio.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.keys.AccountKeys;
import dev.nescio.keys.ChatKey;
import dev.nescio.keys.ContainerKey;
import dev.nescio.keys.Manifest;
import dev.nescio.keys.MasterKey;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Devices;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.ItemId;
import dev.nescio.protocol.Json;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.Sync;
import dev.nescio.protocol.Versioned;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.SecretBytes;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.SealingKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// A client of the same account that does what the protocol allows and this SDK does not: it gives chats new metadata,
/// and writes items and lists of devices that the SDK does not understand.
final class OtherClient implements AutoCloseable {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI server;
    private final String token;
    private final byte[] secret;
    private final MasterKey masterKey;
    private final AccountKeys keys;

    /// @param saved of a session, in clear
    OtherClient(URI server, byte[] saved) throws IOException, InterruptedException, RejectedException {
        this.server = server;
        JsonNode profile = Json.LENIENT.readTree(saved);
        token = profile.at("/insecureInClear/token").asString();
        secret =
                Bytes.parse(profile.at("/insecureInClear/masterKey").asString()).toArray();
        masterKey = MasterKey.insecureImport(
                AccountId.parse(profile.get("account").asString()), SecretBytes.taking(secret.clone()));
        keys = masterKey.unwrap(get("/v1/account", SignIn.Account.class).domainKeys());
    }

    /// @param metadata JSON, or what passes for it
    void describe(ContainerId chat, String metadata) throws IOException, InterruptedException, RejectedException {
        Sync.ContainerContent before = content(chat);
        try (ChatKey key = key(before)) {
            long version = before.container().metadata().version() + 1;
            Bytes sealed = key.sealMetadata(version, metadata.getBytes(UTF_8), RANDOM);
            commit(before, key, List.of(), new Versioned(version, sealed));
        }
    }

    /// @param item JSON, or what passes for it
    void write(ContainerId chat, String item) throws IOException, InterruptedException, RejectedException {
        Sync.ContainerContent before = content(chat);
        try (ChatKey key = key(before)) {
            ItemId id = ItemId.generate(RANDOM);
            Bytes sealed = key.sealItem(id, 1, item.getBytes(UTF_8), RANDOM);
            commit(before, key, List.of(new Sync.ItemWrite(id, 1, sealed)), null);
        }
    }

    /// Writes an item that opens for nobody, with a manifest that counts it.
    void writeForNobody(ContainerId chat) throws IOException, InterruptedException, RejectedException {
        Sync.ContainerContent before = content(chat);
        try (ChatKey key = key(before);
                ChatKey nobodys = keys.chats().generate(chat, RANDOM)) {
            ItemId id = ItemId.generate(RANDOM);
            Bytes sealed = nobodys.sealItem(id, 1, "{}".getBytes(UTF_8), RANDOM);
            commit(before, key, List.of(new Sync.ItemWrite(id, 1, sealed)), null);
        }
    }

    /// The items of a chat that open, whatever its manifest says.
    List<String> items(ContainerId chat) throws IOException, InterruptedException, RejectedException {
        Sync.ContainerContent served = content(chat);
        List<String> opened = new ArrayList<>();
        try (ChatKey key = key(served)) {
            for (Sync.Item item : served.items()) {
                try {
                    opened.add(new String(key.openItem(item.id(), item.version(), item.sealed()), UTF_8));
                } catch (RejectedException e) {
                    // Not one of those.
                }
            }
        }
        return opened;
    }

    /// A chat as if it had been rotated as often as it can be.
    ///
    /// @param written whether an item was written after each rotation but the last
    Sync.ContainerContent rotatedOften(ContainerId chat, boolean written)
            throws IOException, InterruptedException, RejectedException {
        Sync.ContainerContent before = content(chat);
        Sync.Container container = before.container();
        List<Sync.Item> items = new ArrayList<>(before.items());
        ChatKey key = key(before);
        for (int i = 1; i <= ContainerKey.MOST_EARLIER; i++) {
            key = keys.chats().renew(key, RANDOM);
            if (written && i < ContainerKey.MOST_EARLIER) {
                ItemId id = ItemId.generate(RANDOM);
                Bytes sealed = key.sealItem(id, 1, "{}".getBytes(UTF_8), RANDOM);
                items.add(new Sync.Item(id, items.size(), 1, container.sequence() + i, sealed));
            }
        }
        List<Manifest.Entry> entries = items.stream()
                .map(item -> Manifest.Entry.of(item.id(), item.version(), item.sealed()))
                .toList();
        Manifest manifest =
                Manifest.first(container.metadata()).next(container.manifest().sealed(), entries, container.metadata());
        assertEquals(container.manifest().counter(), manifest.counter());
        return new Sync.ContainerContent(
                new Sync.Container(
                        chat,
                        container.domain(),
                        container.position(),
                        container.sequence(),
                        keys.chats().wrap(key, RANDOM),
                        key.sealEarlierKeys(RANDOM),
                        container.metadata(),
                        new Counted(manifest.counter(), key.seal(manifest, RANDOM)),
                        items.size()),
                items,
                false);
    }

    /// Seals a manifest of that chat's next state under the key that this client knows of it.
    Counted seal(Sync.Container chat, Manifest manifest) throws RejectedException {
        try (ChatKey key = keys.chats().unwrap(chat.id(), chat.wrappedKey(), chat.earlierKeys())) {
            return new Counted(manifest.counter(), key.seal(manifest, RANDOM));
        }
    }

    /// @return the status
    int post(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    /// @param devices JSON, or what passes for it, with `%d` for the counter
    void nameDevices(String devices) throws IOException, InterruptedException, RejectedException {
        Counted stored = get("/v1/sessions", Devices.Sessions.class).devices();
        long counter = stored.counter() + 1;
        Bytes wrapped = get("/v1/account", SignIn.Account.class).domainKeys().profile();
        AccountId account = masterKey.account();
        try (SealingKey master = SealingKey.of(SecretBytes.taking(secret.clone()));
                SealingKey profile = SealingKey.of(SecretBytes.taking(master.open(
                        new AssociatedData("domain-key", account, Domain.PROFILE, null, null, "key", 1),
                        wrapped.toArray())))) {
            byte[] sealed = profile.seal(
                    new AssociatedData("device-list", account, Domain.PROFILE, null, null, "devices", counter),
                    devices.replace("%d", Long.toString(counter)).getBytes(UTF_8),
                    RANDOM);
            byte[] body = Json.STRICT.writeValueAsBytes(new Counted(counter, Bytes.copyOf(sealed)));
            send(
                    204,
                    request("/v1/devices")
                            .header("Content-Type", "application/json")
                            .PUT(BodyPublishers.ofByteArray(body)));
        }
    }

    private Sync.ContainerContent content(ContainerId chat) throws IOException, InterruptedException {
        return get("/v1/containers/" + chat.hex(), Sync.ContainerContent.class);
    }

    private ChatKey key(Sync.ContainerContent served) throws RejectedException {
        return keys.chats()
                .unwrap(
                        served.container().id(),
                        served.container().wrappedKey(),
                        served.container().earlierKeys());
    }

    /// @param metadata null if it stays
    private void commit(Sync.ContainerContent before, ChatKey key, List<Sync.ItemWrite> written, Versioned metadata)
            throws IOException, InterruptedException, RejectedException {
        List<Manifest.Entry> entries = new ArrayList<>();
        before.items().forEach(item -> entries.add(Manifest.Entry.of(item.id(), item.version(), item.sealed())));
        written.forEach(item -> entries.add(Manifest.Entry.of(item.id(), item.version(), item.sealed())));
        Counted stored = before.container().manifest();
        Manifest next = key.openManifest(stored.counter(), stored.sealed())
                .next(
                        stored.sealed(),
                        entries,
                        metadata == null ? before.container().metadata() : metadata);
        Counted sealed = new Counted(next.counter(), key.seal(next, RANDOM));
        byte[] body = Json.STRICT.writeValueAsBytes(new Sync.Commit(sealed, written, metadata));
        send(request("/v1/containers/" + before.container().id().hex() + "/commits")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body)));
    }

    private <T> T get(String path, Class<T> type) throws IOException, InterruptedException {
        return Json.LENIENT.readValue(send(request(path)), type);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.resolve(path)).header("Authorization", "Bearer " + token);
    }

    private byte[] send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return send(200, request);
    }

    private byte[] send(int status, HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        assertEquals(status, response.statusCode(), () -> new String(response.body(), UTF_8));
        return response.body();
    }

    @Override
    public void close() {
        keys.close();
        masterKey.close();
        http.close();
    }
}
