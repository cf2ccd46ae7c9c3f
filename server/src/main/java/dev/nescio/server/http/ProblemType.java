package dev.nescio.server.http;

import dev.nescio.protocol.Problem;

/// The problems that this server answers with (spec, section 11).
public enum ProblemType {
    BAD_REQUEST("bad-request", 400, "The request is not as the protocol asks"),
    SIGN_IN_FAILED("sign-in-failed", 401, "Address, password or code is wrong"),
    SESSION_REQUIRED("session-required", 401, "There is no session, or it has ended"),
    WRONG_CODE("wrong-code", 401, "The code is wrong"),
    ORIGIN_REFUSED("origin-refused", 403, "The request comes from another origin"),
    PROOF_REQUIRED("proof-required", 403, "Prove a credential once more, then try again"),
    SCOPE_REFUSED("scope-refused", 403, "The access key of this session does not reach so far"),
    RESET_FAILED("reset-failed", 403, "There is no such reset code for this address"),
    SIGN_UP_CLOSED("sign-up-closed", 403, "Nobody can sign up on this server now"),
    ADDRESS_UNCONFIRMED("address-unconfirmed", 403, "A code that is mailed to the address has to be given"),
    NOT_FOUND("not-found", 404, "There is nothing here"),
    METHOD_NOT_ALLOWED("method-not-allowed", 405, "This address does not know this method"),
    ADDRESS_TAKEN("address-taken", 409, "This address has an account already"),
    DIRECTORY_CONFLICT("directory-conflict", 409, "The ways to sign in have changed"),
    DEVICES_CONFLICT("devices-conflict", 409, "The list of devices has changed"),
    LIST_CONFLICT("list-conflict", 409, "The list of containers has changed"),
    MANIFEST_CONFLICT("manifest-conflict", 409, "The container has changed"),
    ITEM_CONFLICT("item-conflict", 409, "An item has changed"),
    CONTAINER_EXISTS("container-exists", 409, "There is a container with this id"),
    ROTATION_CONFLICT("rotation-conflict", 409, "Something has changed that was not rotated"),
    PASSWORD_EXISTS("password-exists", 409, "This account has a password already"),
    LAST_WAY_IN("last-way-in", 409, "Another way to sign in must remain"),
    TOO_LARGE("too-large", 413, "The request is too large"),
    UNSUPPORTED_MEDIA_TYPE("unsupported-media-type", 415, "The body must be application/json without a coding"),
    ACCESS_KEY_REFUSED("access-key-refused", 422, "The access key is not one that this server accepts"),
    PASSKEY_REFUSED("passkey-refused", 422, "The passkey is not one that this server accepts"),
    UPGRADE_REQUIRED("upgrade-required", 426, "This address speaks version 13 of the WebSocket protocol"),
    TOO_MANY_REQUESTS("too-many-requests", 429, "Too many requests"),
    INTERNAL("internal", 500, "The server made a mistake; nothing was changed"),
    UNAVAILABLE("unavailable", 503, "The server cannot do this now; nothing was changed"),
    MAIL_UNAVAILABLE("mail-unavailable", 503, "The server cannot send mail now; nothing was changed");

    private static final String MALFORMED = "the request is not well-formed HTTP, or its headers are over 16 KiB";

    private final String name;
    private final int status;
    private final String title;

    ProblemType(String name, int status, String title) {
        this.name = name;
        this.status = status;
        this.title = title;
    }

    public int status() {
        return status;
    }

    /// The last part of the type's URN.
    public String text() {
        return name;
    }

    /// @param detail null, or a sentence that does not repeat what was sent
    Problem problem(String detail) {
        return new Problem(Problem.PREFIX + name, title, status, detail);
    }

    /// @return the problem that fits a status that was decided elsewhere, with that status
    static Problem ofStatus(int status) {
        for (ProblemType type : values()) {
            if (type.status == status && type != BAD_REQUEST && type != SIGN_IN_FAILED && type != WRONG_CODE) {
                return type.problem(null);
            }
        }
        // 501 and 505: a transfer coding or version of HTTP that nobody here speaks.
        return status < 500 || status == 501 || status == 505
                ? new Problem(Problem.PREFIX + BAD_REQUEST.name, BAD_REQUEST.title, status, MALFORMED)
                : new Problem(Problem.PREFIX + INTERNAL.name, INTERNAL.title, status, null);
    }
}
