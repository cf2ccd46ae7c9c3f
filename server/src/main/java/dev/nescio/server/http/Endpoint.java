package dev.nescio.server.http;

import dev.nescio.protocol.AccessKeys;
import dev.nescio.protocol.AccountLog;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Devices;
import dev.nescio.protocol.Limits;
import dev.nescio.protocol.MailAlerts;
import dev.nescio.protocol.MailedCodes;
import dev.nescio.protocol.Pairings;
import dev.nescio.protocol.Passkeys;
import dev.nescio.protocol.Passwords;
import dev.nescio.protocol.Resets;
import dev.nescio.protocol.Rotations;
import dev.nescio.protocol.SecondFactors;
import dev.nescio.protocol.ServerInfo;
import dev.nescio.protocol.SignIn;
import dev.nescio.protocol.SignUp;
import dev.nescio.protocol.Slots;
import dev.nescio.protocol.Stored;
import dev.nescio.protocol.Sync;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Every route of this server, with all that it may answer. `spec/openapi.yaml` says the same, and a test
/// compares the two.
public enum Endpoint {
    MAIL_CODE("POST", "/v1/signup/code", Access.ANYBODY, MailedCodes.Ask.class, 201, MailedCodes.Asked.class),
    SIGN_UP_START("POST", "/v1/signup/start", Access.ANYBODY, SignUp.Start.class, 201, SignUp.Started.class),
    SIGN_UP_CONFIRM(
            "POST", "/v1/signup/confirm", Access.ANYBODY, SignUp.Confirm.class, 201, SignIn.SessionOpened.class),
    SIGN_UP_WITH_PASSKEY(
            "POST", "/v1/signup/passkey", Access.ANYBODY, Passkeys.SignUpNow.class, 201, SignIn.SessionOpened.class),
    SIGN_UP_CANCEL("POST", "/v1/signup/cancel", Access.ANYBODY, SignUp.Cancel.class, 204, null),
    MAIL_RESET_CODE("POST", "/v1/reset/code", Access.ANYBODY, MailedCodes.Ask.class, 201, Resets.CodeAsked.class),
    RESET_START("POST", "/v1/reset/start", Access.ANYBODY, Resets.Start.class, 201, SignUp.Started.class),
    RESET_CONFIRM("POST", "/v1/reset/confirm", Access.ANYBODY, SignUp.Confirm.class, 201, SignIn.SessionOpened.class),
    RESET_CANCEL("POST", "/v1/reset/cancel", Access.ANYBODY, SignUp.Cancel.class, 204, null),
    LOOK_UP("POST", "/v1/signin/lookup", Access.ANYBODY, SignIn.Lookup.class, 200, SignIn.LookupAnswer.class),
    SIGN_IN("POST", "/v1/signin", Access.ANYBODY, SignIn.Attempt.class, 200, SignIn.SessionOpened.class),
    SIGN_IN_WITH_KEY(
            "POST", "/v1/signin/key", Access.ANYBODY, SignIn.KeyAttempt.class, 200, SignIn.SessionOpened.class),
    SIGN_IN_WITH_PASSKEY(
            "POST", "/v1/signin/passkey", Access.ANYBODY, Passkeys.Attempt.class, 200, SignIn.SessionOpened.class),
    PASSKEY_CHALLENGE("POST", "/v1/passkeys/challenge", Access.ANYBODY, null, 200, Passkeys.Challenge.class),
    SIGN_IN_WITH_ACCESS_KEY(
            "POST", "/v1/signin/access", Access.ANYBODY, SignIn.KeyAttempt.class, 200, AccessKeys.Opened.class),
    SESSION("GET", "/v1/session", Access.DOMAINS, null, 200, SignIn.Session.class),
    SIGN_OUT("DELETE", "/v1/session", Access.DOMAINS, null, 204, null),
    PROVE("POST", "/v1/session/proof", Access.PERSON, SignIn.Proof.class, 204, null),
    RENEW("POST", "/v1/session/renew", Access.DOMAINS, null, 200, Devices.Renewed.class),
    SESSIONS("GET", "/v1/sessions", Access.SESSION, null, 200, Devices.Sessions.class),
    END_SESSION("DELETE", "/v1/sessions/{id}", Access.PERSON, null, 204, null),
    END_SESSIONS("POST", "/v1/sessions/end", Access.PERSON, Devices.End.class, 204, null),
    PUT_DEVICES("PUT", "/v1/devices", Access.PERSON, Counted.class, 204, null),
    REPLACE_RECOVERY("PUT", "/v1/slots/recovery", Access.PROVEN, Slots.Recovery.class, 204, null),
    REPLACE_PASSWORD("PUT", "/v1/slots/password", Access.PROVEN, Slots.Password.class, 204, null),
    TOTP_START("POST", "/v1/totp/start", Access.PROVEN, null, 201, SecondFactors.Started.class),
    TOTP_CONFIRM("POST", "/v1/totp/confirm", Access.PROVEN, SecondFactors.Confirm.class, 204, null),
    TOTP_CANCEL("POST", "/v1/totp/cancel", Access.PERSON, SecondFactors.Cancel.class, 204, null),
    REPLACE_BACKUP_CODES("PUT", "/v1/backup-codes", Access.PROVEN, SecondFactors.BackupCodes.class, 204, null),
    START_PAIRING("POST", "/v1/pairings/start", Access.ANYBODY, Pairings.Start.class, 201, Pairings.Started.class),
    LOOK_AT_PAIRING("POST", "/v1/pairings/look", Access.PERSON, Pairings.Look.class, 200, Pairings.Looked.class),
    ANSWER_PAIRING("POST", "/v1/pairings/answer", Access.PERSON, Pairings.Answer.class, 204, null),
    POLL_PAIRING("POST", "/v1/pairings/poll", Access.ANYBODY, Pairings.Poll.class, 200, Pairings.Polled.class),
    REVEAL_PAIRING("POST", "/v1/pairings/reveal", Access.ANYBODY, Pairings.Reveal.class, 204, null),
    APPROVE_PAIRING("POST", "/v1/pairings/approve", Access.PROVEN, Pairings.Approve.class, 204, null),
    COLLECT_PAIRING(
            "POST", "/v1/pairings/collect", Access.ANYBODY, Pairings.Collect.class, 201, Pairings.Collected.class),
    CANCEL_PAIRING("POST", "/v1/pairings/cancel", Access.ANYBODY, Pairings.Poll.class, 204, null),
    REFUSE_PAIRING("POST", "/v1/pairings/refuse", Access.PERSON, Pairings.Look.class, 204, null),
    ADD_PASSKEY("PUT", "/v1/slots/passkey", Access.PROVEN, Passkeys.Add.class, 204, null),
    ADD_ACCESS_KEY("PUT", "/v1/slots/access", Access.PROVEN, AccessKeys.Add.class, 204, null),
    REMOVE_SLOT("POST", "/v1/slots/{id}/remove", Access.PROVEN, Passkeys.Remove.class, 204, null),
    START_PASSWORD(
            "POST", "/v1/slots/password/start", Access.PROVEN, Passwords.Start.class, 201, SecondFactors.Started.class),
    CONFIRM_PASSWORD("POST", "/v1/slots/password/confirm", Access.PROVEN, Passwords.Confirm.class, 204, null),
    CANCEL_PASSWORD("POST", "/v1/slots/password/cancel", Access.PERSON, SecondFactors.Cancel.class, 204, null),
    REPLACE_DIRECTORY("PUT", "/v1/directory", Access.PROVEN, Counted.class, 204, null),
    STAGE_ROTATION("PUT", "/v1/rotations/{id}/containers", Access.PROVEN, Rotations.Stage.class, 204, null),
    COMPLETE_ROTATION("POST", "/v1/rotations/{id}", Access.PROVEN, Rotations.Complete.class, 204, null),
    ACCOUNT("GET", "/v1/account", Access.SESSION, null, 200, SignIn.Account.class),
    STORED_ROWS("GET", "/v1/account/rows", Access.PROVEN, null, 200, Stored.Page.class),
    LOG("GET", "/v1/account/log", Access.SESSION, null, 200, AccountLog.Page.class),
    MAIL_ALERTS("GET", "/v1/account/alerts", Access.SESSION, null, 200, MailAlerts.State.class),
    TURN_ON_MAIL_ALERTS("PUT", "/v1/account/alerts", Access.PROVEN, MailAlerts.TurnOn.class, 204, null),
    TURN_OFF_MAIL_ALERTS("DELETE", "/v1/account/alerts", Access.PROVEN, null, 204, null),
    DELETE_ACCOUNT("DELETE", "/v1/account", Access.PROVEN, null, 204, null),
    CREATE_CONTAINER(
            "POST",
            "/v1/domains/{domain}/containers",
            Access.DOMAINS,
            Sync.NewContainer.class,
            201,
            Sync.Committed.class),
    CONTAINERS("GET", "/v1/domains/{domain}/containers", Access.DOMAINS, null, 200, Sync.ContainerPage.class),
    COMMIT("POST", "/v1/containers/{id}/commits", Access.DOMAINS, Sync.Commit.class, 200, Sync.Committed.class),
    CONTAINER("GET", "/v1/containers/{id}", Access.DOMAINS, null, 200, Sync.ContainerContent.class),
    CHANGES("GET", "/v1/changes", Access.DOMAINS, null, 200, Sync.Changes.class),
    HINTS("GET", "/v1/hints", Access.DOMAINS, null, 101, Sync.Hint.class),
    SERVER("GET", "/v1/server", Access.ANYBODY, null, 200, ServerInfo.class),
    HEALTH("GET", "/v1/health", Access.ANYBODY, null, 200, Health.class);

    /// Who may call. What a session of an access key may do is decided here, and a scoped key does
    /// nothing that does not say [#DOMAINS].
    public enum Access {
        ANYBODY,

        /// Any session. The feature looks at each domain that it touches: [Caller#requireRead],
        /// [Caller#requireWrite].
        DOMAINS,

        /// A session that reaches the whole account.
        SESSION,

        /// A session that a person has opened, and no access key.
        PERSON,

        /// As [#PERSON], with a credential that was proven within the last five minutes.
        PROVEN;

        /// @param caller null where there is no session
        boolean admits(Caller caller) {
            return switch (this) {
                case ANYBODY, DOMAINS -> true;
                case SESSION -> caller.scope().isAll();
                case PERSON, PROVEN -> !caller.isOfAccessKey();
            };
        }
    }

    /// The answer of [#HEALTH].
    public record Health(String status) {

        public Health {
            Objects.requireNonNull(status);
        }
    }

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
            case CREATE_CONTAINER, COMMIT, STAGE_ROTATION, COMPLETE_ROTATION -> Limits.REQUEST_BODY;
            case REPLACE_RECOVERY, REPLACE_PASSWORD, PUT_DEVICES -> Limits.SIGN_UP_BODY;
            case SIGN_UP_START, RESET_START -> Limits.SIGN_UP_BODY;
            case SIGN_UP_WITH_PASSKEY, ADD_PASSKEY, ADD_ACCESS_KEY, REMOVE_SLOT, REPLACE_DIRECTORY ->
                Limits.SIGN_UP_BODY;
            case CONFIRM_PASSWORD -> Limits.SIGN_UP_BODY;
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
        // Whatever limits it has of its own, there is that of all requests.
        Set<ProblemType> problems =
                EnumSet.of(ProblemType.INTERNAL, ProblemType.UNAVAILABLE, ProblemType.TOO_MANY_REQUESTS);
        problems.addAll(own());
        if (request != null) {
            problems.add(ProblemType.BAD_REQUEST);
            problems.add(ProblemType.TOO_LARGE);
            problems.add(ProblemType.UNSUPPORTED_MEDIA_TYPE);
        }
        if (access != Access.ANYBODY) {
            problems.add(ProblemType.SESSION_REQUIRED);
        }
        if (access != Access.ANYBODY && access != Access.DOMAINS) {
            problems.add(ProblemType.SCOPE_REFUSED);
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
            case MAIL_CODE ->
                EnumSet.of(ProblemType.SIGN_UP_CLOSED, ProblemType.NOT_FOUND, ProblemType.MAIL_UNAVAILABLE);
            case SIGN_UP_START ->
                EnumSet.of(
                        ProblemType.SIGN_UP_CLOSED,
                        ProblemType.ADDRESS_UNCONFIRMED,
                        ProblemType.WRONG_CODE,
                        ProblemType.NOT_FOUND,
                        ProblemType.ADDRESS_TAKEN);
            case SIGN_UP_CONFIRM ->
                EnumSet.of(ProblemType.WRONG_CODE, ProblemType.NOT_FOUND, ProblemType.ADDRESS_TAKEN);
            case SIGN_UP_WITH_PASSKEY ->
                EnumSet.of(
                        ProblemType.SIGN_UP_CLOSED,
                        ProblemType.ADDRESS_UNCONFIRMED,
                        ProblemType.WRONG_CODE,
                        ProblemType.NOT_FOUND,
                        ProblemType.ADDRESS_TAKEN,
                        ProblemType.PASSKEY_REFUSED);
            case MAIL_RESET_CODE -> EnumSet.of(ProblemType.NOT_FOUND, ProblemType.MAIL_UNAVAILABLE);
            case RESET_START -> EnumSet.of(ProblemType.RESET_FAILED);
            case RESET_CONFIRM -> EnumSet.of(ProblemType.WRONG_CODE, ProblemType.NOT_FOUND, ProblemType.RESET_FAILED);
            case ADD_PASSKEY -> EnumSet.of(ProblemType.DIRECTORY_CONFLICT, ProblemType.PASSKEY_REFUSED);
            case ADD_ACCESS_KEY -> EnumSet.of(ProblemType.DIRECTORY_CONFLICT, ProblemType.ACCESS_KEY_REFUSED);
            case REMOVE_SLOT ->
                EnumSet.of(ProblemType.DIRECTORY_CONFLICT, ProblemType.LAST_WAY_IN, ProblemType.NOT_FOUND);
            case START_PASSWORD -> EnumSet.of(ProblemType.PASSWORD_EXISTS);
            case CONFIRM_PASSWORD ->
                EnumSet.of(
                        ProblemType.WRONG_CODE,
                        ProblemType.NOT_FOUND,
                        ProblemType.DIRECTORY_CONFLICT,
                        ProblemType.PASSWORD_EXISTS);
            case SIGN_IN, SIGN_IN_WITH_KEY, SIGN_IN_WITH_PASSKEY, SIGN_IN_WITH_ACCESS_KEY, PROVE ->
                EnumSet.of(ProblemType.SIGN_IN_FAILED);
            case REPLACE_RECOVERY, REPLACE_DIRECTORY -> EnumSet.of(ProblemType.DIRECTORY_CONFLICT);
            case REPLACE_PASSWORD -> EnumSet.of(ProblemType.DIRECTORY_CONFLICT, ProblemType.NOT_FOUND);
            case TOTP_START -> EnumSet.of(ProblemType.NOT_FOUND);
            case REPLACE_BACKUP_CODES -> EnumSet.of(ProblemType.NOT_FOUND);
            case TOTP_CONFIRM -> EnumSet.of(ProblemType.WRONG_CODE, ProblemType.NOT_FOUND);
            case START_PAIRING -> EnumSet.of(ProblemType.NOT_FOUND);
            case LOOK_AT_PAIRING, ANSWER_PAIRING, POLL_PAIRING, REVEAL_PAIRING, APPROVE_PAIRING, COLLECT_PAIRING ->
                EnumSet.of(ProblemType.NOT_FOUND);
            case STAGE_ROTATION, TURN_ON_MAIL_ALERTS, TURN_OFF_MAIL_ALERTS -> EnumSet.of(ProblemType.NOT_FOUND);
            case COMPLETE_ROTATION ->
                EnumSet.of(ProblemType.NOT_FOUND, ProblemType.DIRECTORY_CONFLICT, ProblemType.ROTATION_CONFLICT);
            case END_SESSION -> EnumSet.of(ProblemType.BAD_REQUEST, ProblemType.NOT_FOUND);
            case PUT_DEVICES -> EnumSet.of(ProblemType.DEVICES_CONFLICT);
            case CREATE_CONTAINER ->
                EnumSet.of(
                        ProblemType.LIST_CONFLICT,
                        ProblemType.CONTAINER_EXISTS,
                        ProblemType.NOT_FOUND,
                        ProblemType.SCOPE_REFUSED);
            case CONTAINERS, CONTAINER ->
                EnumSet.of(ProblemType.BAD_REQUEST, ProblemType.NOT_FOUND, ProblemType.SCOPE_REFUSED);
            case COMMIT ->
                EnumSet.of(
                        ProblemType.MANIFEST_CONFLICT,
                        ProblemType.ITEM_CONFLICT,
                        ProblemType.NOT_FOUND,
                        ProblemType.SCOPE_REFUSED);
            case CHANGES, STORED_ROWS, LOG -> EnumSet.of(ProblemType.BAD_REQUEST);
            case HINTS -> EnumSet.of(ProblemType.BAD_REQUEST, ProblemType.UPGRADE_REQUIRED);
            case LOOK_UP,
                    PASSKEY_CHALLENGE,
                    SIGN_UP_CANCEL,
                    RESET_CANCEL,
                    TOTP_CANCEL,
                    CANCEL_PASSWORD,
                    CANCEL_PAIRING,
                    REFUSE_PAIRING,
                    SESSION,
                    SIGN_OUT,
                    RENEW,
                    SESSIONS,
                    END_SESSIONS,
                    ACCOUNT,
                    MAIL_ALERTS,
                    DELETE_ACCOUNT,
                    SERVER,
                    HEALTH -> EnumSet.noneOf(ProblemType.class);
        };
    }
}
