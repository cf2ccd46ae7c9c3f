package dev.nescio.server.http;

/// What a feature does for one endpoint.
public interface Handler {

    /// @throws Refusal to answer with a problem
    Answer handle(Call call);
}
