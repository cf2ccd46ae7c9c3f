package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;

/// A problem response (RFC 9457; spec, section 11). The optional members belong to the problems that name
/// them.
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        Integer triesLeft,
        Long listCounter,
        Long manifestCounter,
        Long directoryCounter,
        ItemId item,
        Long devicesCounter) {

    /// Every type starts with this.
    public static final String PREFIX = "urn:nescio:problem:";

    public static final String MEDIA_TYPE = "application/problem+json";

    public Problem(String type, String title, int status, String detail) {
        this(type, title, status, detail, null, null, null, null, null, null);
    }
}
