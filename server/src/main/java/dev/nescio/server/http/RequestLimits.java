package dev.nescio.server.http;

/// Bounds how many requests are made, whatever they ask for.
public interface RequestLimits {

    /// Counts a request.
    ///
    /// @param caller null where there is no session, or the route asks for none
    /// @throws Refusal where there were too many before
    void take(Caller caller, Network network);
}
