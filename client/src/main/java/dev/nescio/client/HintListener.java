package dev.nescio.client;

/// Is told what a server hints at. Called from one thread at a time; must return soon.
public interface HintListener {

    /// Some device changed something. Hints are not authenticated: fetch and check.
    void changed();

    /// The ways to sign in, or something else about the account itself, changed on some device.
    default void accountChanged() {}

    /// The session was ended. Keys and what is stored on this device should be forgotten.
    void revoked();

    /// The connection is gone. Changes are not lost; they come with the next fetch.
    void disconnected();
}
