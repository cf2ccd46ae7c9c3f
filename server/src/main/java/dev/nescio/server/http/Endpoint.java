package dev.nescio.server.http;

import dev.nescio.protocol.Limits;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Slots;
import dev.nescio.protocol.Sync;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Every route of this server, with all that it may answer. `spec/openapi.yaml` says the same, and a test
/// compares the two.
public enum Endpoint {
    SIGN_UP_START("POST", "/v1/signup/start", Access.ANYBODY, SignUp.Start.class, 201, SignUp.Started.class),
    SIGN_UP_CONFIRM(
            "POST", "/v1/signup/confirm", Access.ANYBODY, SignUp.Confirm.class, 201, SignIn.SessionOpened.class),
    SIGN_UP_WITH_PASSKEY(
            "POST", "/v1/signup/passkey", Access.ANYBODY, Passkeys.SignUpNow.class, 201, SignIn.SessionOpened.class),
    SIGN_UP_CANCEL("POST", "/v1/signup/cancel", Access.ANYBODY, SignUp.Cancel.class, 204, null),
    LOOK_UP("POST", "/v1/signin/lookup", Access.ANYBODY, SignIn.Lookup.class, 200, SignIn.LookupAnswer.class),
    SIGN_IN("POST", "/v1/signin", Access.ANYBODY, SignIn.Attempt.class, 200, SignIn.SessionOpened.class),
    SIGN_IN_WITH_KEY(
            "POST", "/v1/signin/key", Access.ANYBODY, SignIn.KeyAttempt.class, 200, SignIn.SessionOpened.class),
    SIGN_IN_WITH_PASSKEY(
            "POST", "/v1/signin/passkey", Access.ANYBODY, Passkeys.Attempt.class, 200, SignIn.SessionOpened.class),
    PASSKEY_CHALLENGE("POST", "/v1/passkeys/challenge", Access.ANYBODY, null, 200, Passkeys.Challenge.class),
    SESSION("GET", "/v1/session", Access.SESSION, null, 200, SignIn.Session.class),
    SIGN_OUT("DELETE", "/v1/session", Access.SESSION, null, 204, null),
    PROVE("POST", "/v1/session/proof", Access.SESSION, SignIn.Proof.class, 204, null),
    REPLACE_RECOVERY("PUT", "/v1/slots/recovery", Access.PROVEN, Slots.Recovery.class, 204, null),
    ADD_PASSKEY("PUT", "/v1/slots/passkey", Access.PROVEN, Passkeys.Add.class, 204, null),
    REMOVE_SLOT("POST", "/v1/slots/{id}/remove", Access.PROVEN, Passkeys.Remove.class, 204, null),
    ACCOUNT("GET", "/v1/account", Access.SESSION, null, 200, SignIn.Account.class),
    CREATE_CONTAINER(
            "POST",
            "/v1/domains/{domain}/containers",
            Access.SESSION,
            Sync.NewContainer.class,
            201,
            Sync.Committed.class),
    CONTAINERS("GET", "/v1/domains/{domain}/containers", Access.SESSION, null, 200, Sync.ContainerPage.class),
    COMMIT("POST", "/v1/containers/{id}/commits", Access.SESSION, Sync.Commit.class, 200, Sync.Committed.class),
    CONTAINER("GET", "/v1/containers/{id}", Access.SESSION, null, 200, Sync.ContainerContent.class),
    CHANGES("GET", "/v1/changes", Access.SESSION, null, 200, Sync.Changes.class),
    HINTS("GET", "/v1/hints", Access.SESSION, null, 101, Sync.Hint.class),
    HEALTH("GET", "/v1/health", Access.ANYBODY, null, 200, Health.class);

    /// Who may call.
    public enum Access {
        ANYBODY,
        SESSION,

        /// A session in which a credential was proven within the last five minutes.
        PROVEN
    }

    /// The answer of [#HEALTH].
    public record Health(String status) {}

    private final String method;
    private final String path;
    private final Access access;
    private final Class<?> request;
    private final int status;
    private final Class<?> answer;

    Endpoint(String method, String path, Access access, Class<?> request, int status, Class<?> answer) {
        this.method = method;
        this.path = path;
        this.access = access;
        this.request = request;
        this.status = status;
        this.answer = answer;
    }

    public String method() {
        return method;
    }

    /// With parameters in braces.
    public String path() {
        return path;
    }

    public Access access() {
        return access;
    }

    /// The record that a request body has to be.
    public Optional<Class<?>> request() {
        return Optional.ofNullable(request);
    }

    /// Octets that a request body may have. What anybody may send is kept small.
    public int mostBody() {
        return switch (this) {
            case CREATE_CONTAINER, COMMIT -> Limits.REQUEST_BODY;
            case REPLACE_RECOVERY -> Limits.SIGN_UP_BODY;
            case SIGN_UP_START, SIGN_UP_WITH_PASSKEY, ADD_PASSKEY, REMOVE_SLOT -> Limits.SIGN_UP_BODY;
            default -> Limits.SMALL_BODY;
        };
    }

    /// The status of success.
    public int status() {
        return status;
    }

    /// The record in the body of success.
    public Optional<Class<?>> answer() {
        return Optional.ofNullable(answer);
    }

    /// Whether it changes something; such a request with a cookie must name its origin.
    public boolean changes() {
        return !method.equals("GET");
    }

    /// @return the methods that a path has, as `Allow` lists them; empty where there is no such path
    static String methodsAt(String path) {
        return Arrays.stream(values())
                .filter(endpoint -> path.matches(endpoint.path.replaceAll("\\{\\w+}", "[^/]+")))
                .map(Endpoint::method)
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /// All problems that it may answer with.
    public Set<ProblemType> problems() {
        Set<ProblemType> problems = EnumSet.of(ProblemType.INTERNAL, ProblemType.UNAVAILABLE);
        problems.addAll(own());
        if (request != null) {
            problems.add(ProblemType.BAD_REQUEST);
            problems.add(ProblemType.TOO_LARGE);
            problems.add(ProblemType.UNSUPPORTED_MEDIA_TYPE);
        }
        if (access != Access.ANYBODY) {
            problems.add(ProblemType.SESSION_REQUIRED);
        }
        if (access == Access.PROVEN) {
            problems.add(ProblemType.PROOF_REQUIRED);
        }
        if (changes() || this == HINTS) {
            problems.add(ProblemType.ORIGIN_REFUSED);
        }
        return problems;
    }

    private Set<ProblemType> own() {
        return switch (this) {
            case SIGN_UP_START -> EnumSet.of(ProblemType.ADDRESS_TAKEN, ProblemType.TOO_MANY_REQUESTS);
            case SIGN_UP_CONFIRM ->
                EnumSet.of(ProblemType.WRONG_CODE, ProblemType.NOT_FOUND, ProblemType.ADDRESS_TAKEN);
            case SIGN_UP_WITH_PASSKEY ->
                EnumSet.of(ProblemType.ADDRESS_TAKEN, ProblemType.PASSKEY_REFUSED, ProblemType.TOO_MANY_REQUESTS);
            case PASSKEY_CHALLENGE -> EnumSet.of(ProblemType.TOO_MANY_REQUESTS);
            case ADD_PASSKEY -> EnumSet.of(ProblemType.DIRECTORY_CONFLICT, ProblemType.PASSKEY_REFUSED);
            case REMOVE_SLOT ->
                EnumSet.of(ProblemType.DIRECTORY_CONFLICT, ProblemType.LAST_WAY_IN, ProblemType.NOT_FOUND);
            case LOOK_UP -> EnumSet.of(ProblemType.TOO_MANY_REQUESTS);
            case SIGN_IN, SIGN_IN_WITH_KEY, SIGN_IN_WITH_PASSKEY, PROVE ->
                EnumSet.of(ProblemType.SIGN_IN_FAILED, ProblemType.TOO_MANY_REQUESTS);
            case REPLACE_RECOVERY -> EnumSet.of(ProblemType.DIRECTORY_CONFLICT);
            case CREATE_CONTAINER ->
                EnumSet.of(ProblemType.LIST_CONFLICT, ProblemType.CONTAINER_EXISTS, ProblemType.NOT_FOUND);
            case CONTAINERS, CONTAINER -> EnumSet.of(ProblemType.BAD_REQUEST, ProblemType.NOT_FOUND);
            case COMMIT -> EnumSet.of(ProblemType.MANIFEST_CONFLICT, ProblemType.ITEM_CONFLICT, ProblemType.NOT_FOUND);
            case CHANGES -> EnumSet.of(ProblemType.BAD_REQUEST);
            case HINTS -> EnumSet.of(ProblemType.BAD_REQUEST, ProblemType.UPGRADE_REQUIRED);
            case SIGN_UP_CANCEL, SESSION, SIGN_OUT, ACCOUNT, HEALTH -> EnumSet.noneOf(ProblemType.class);
        };
    }
}
