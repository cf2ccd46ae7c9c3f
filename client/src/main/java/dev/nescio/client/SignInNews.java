package dev.nescio.client;

import dev.nescio.protocol.SessionId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Who has signed in to the account since a person was last told of it on this device, as the
/// account's log says (spec, section 9.5).
///
/// @param finding what is wrong with the log; then nothing else is told
/// @param signIns the oldest first, without this device
/// @param newest the number of the newest entry of the log; 0 where it was not looked at
public record SignInNews(Optional<Finding> finding, List<SignIn> signIns, long newest) {

    static final SignInNews NONE = new SignInNews(Optional.empty(), List.of(), 0);

    public SignInNews {
        signIns = List.copyOf(signIns);
    }

    /// A session that another device has opened.
    ///
    /// @param time the hour in which it was opened
    /// @param device what it calls itself; empty where none of the account's devices has named it
    /// @param live whether it is signed in still, as the server says
    /// @param origin the network from which it was opened, as in [LogEvent#origin]
    public record SignIn(
            SessionId session, Instant time, Optional<Device> device, boolean live, Optional<FromServer> origin) {}

    /// What a device calls itself.
    public record Device(String name, String kind) {}
}
