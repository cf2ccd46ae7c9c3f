package dev.nescio.server.http;

/// What a feature does with the sockets of its clients.
public interface SocketListener {

    void opened(Socket socket);

    /// Its session ended while it was being opened.
    void ended(Socket socket);

    void closed(Socket socket);
}
