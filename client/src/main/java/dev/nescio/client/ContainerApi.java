package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.Sync;

/// The requests about containers (spec, section 10.5), under one session.
final class ContainerApi {

    private final Api api;
    private final Token token;
    private final boolean mayWrite;

    /// @param mayWrite whether the session writes in these containers; where it does not, nothing is sent
    ContainerApi(Api api, Token token, boolean mayWrite) {
        this.api = api;
        this.token = token;
        this.mayWrite = mayWrite;
    }

    Sync.ContainerPage list(Domain domain, long from) {
        return get("/v1/domains/" + domain.text() + "/containers?from=" + from, Sync.ContainerPage.class);
    }

    Sync.ContainerContent content(ContainerId container, long after) {
        return get("/v1/containers/" + container.hex() + "?after=" + after, Sync.ContainerContent.class);
    }

    Sync.Committed create(Domain domain, Sync.NewContainer container) throws ProblemException {
        requireWrite();
        return api.postRepeatedly(
                "/v1/domains/" + domain.text() + "/containers", token, container, Sync.Committed.class);
    }

    Sync.Committed commit(ContainerId container, Sync.Commit commit) throws ProblemException {
        requireWrite();
        return api.postRepeatedly(
                "/v1/containers/" + container.hex() + "/commits", token, commit, Sync.Committed.class);
    }

    private void requireWrite() {
        if (!mayWrite) {
            throw new NescioException.Refused("scope-refused", "This access key reads here, and does not write.");
        }
    }

    private <T> T get(String path, Class<T> answer) {
        try {
            return api.get(path, token, answer);
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }
}
