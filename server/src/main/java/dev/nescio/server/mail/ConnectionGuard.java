package dev.nescio.server.mail;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;

/// Bounds what one connection to a mail server may take: octets that come, and time in all. The library
/// bounds neither, and what comes before TLS may come from anybody on the way.
final class ConnectionGuard implements AutoCloseable {

    private static final int MOST_OCTETS = 64 * 1024;

    private final List<Socket> sockets = new ArrayList<>();
    private final Thread watchdog;
    private boolean cut;

    /// @param patience after which the connection is closed, whatever it is doing
    ConnectionGuard(Duration patience) {
        this.watchdog = Thread.ofVirtual().name("mail watchdog").start(() -> {
            try {
                Thread.sleep(patience);
                cut();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /// Has a session of the library make its sockets here.
    ///
    /// @param tls what makes those with TLS
    void guard(Properties properties, SSLSocketFactory tls) {
        properties.put("mail.smtp.socketFactory", new Plain());
        properties.put("mail.smtp.ssl.socketFactory", new Tls(tls));
    }

    private synchronized Socket guarded(Socket socket) throws IOException {
        if (cut) {
            socket.close();
            throw new SocketException("out of time");
        }
        Socket guarded = new Guarded(socket);
        sockets.add(guarded);
        return guarded;
    }

    private synchronized void cut() {
        cut = true;
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException _) {
                // It is closed, or as good as that.
            }
        }
    }

    /// Closes what is open.
    @Override
    public void close() {
        watchdog.interrupt();
        cut();
    }

    private final class Plain extends SocketFactory {

        @Override
        public Socket createSocket() throws IOException {
            return guarded(new Socket());
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
            throw new UnsupportedOperationException();
        }
    }

    /// The library connects first, and has TLS laid over the connection.
    private final class Tls extends SSLSocketFactory {

        private final SSLSocketFactory tls;

        Tls(SSLSocketFactory tls) {
            this.tls = tls;
        }

        @Override
        public Socket createSocket(Socket connected, String host, int port, boolean autoClose) throws IOException {
            return tls.createSocket(guarded(connected), host, port, autoClose);
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return tls.getDefaultCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return tls.getSupportedCipherSuites();
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
            throw new UnsupportedOperationException();
        }
    }

    /// Fails after so many octets. An end would not do: the library takes one for an answer.
    private static final class Bounded extends FilterInputStream {

        private int left = MOST_OCTETS;

        Bounded(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            requireLeft();
            int octet = in.read();
            left -= octet < 0 ? 0 : 1;
            return octet;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            requireLeft();
            int read = in.read(into, offset, Math.min(length, left));
            left -= Math.max(read, 0);
            return read;
        }

        @Override
        public long skip(long count) throws IOException {
            requireLeft();
            long skipped = in.skip(Math.min(count, left));
            left -= (int) skipped;
            return skipped;
        }

        private void requireLeft() throws IOException {
            if (left <= 0) {
                throw new IOException("too much comes from the mail server");
            }
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }

    /// Another socket, of which only so much can be read.
    private static final class Guarded extends Socket {

        private final Socket socket;
        private InputStream in;

        Guarded(Socket socket) {
            this.socket = socket;
        }

        @Override
        public synchronized InputStream getInputStream() throws IOException {
            if (in == null) {
                in = new Bounded(socket.getInputStream());
            }
            return in;
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return socket.getOutputStream();
        }

        @Override
        public void connect(SocketAddress to) throws IOException {
            socket.connect(to);
        }

        @Override
        public void connect(SocketAddress to, int timeout) throws IOException {
            socket.connect(to, timeout);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }

        @Override
        public void shutdownInput() throws IOException {
            socket.shutdownInput();
        }

        @Override
        public void shutdownOutput() throws IOException {
            socket.shutdownOutput();
        }

        @Override
        public void setSoTimeout(int timeout) throws SocketException {
            socket.setSoTimeout(timeout);
        }

        @Override
        public int getSoTimeout() throws SocketException {
            return socket.getSoTimeout();
        }

        @Override
        public void setTcpNoDelay(boolean on) throws SocketException {
            socket.setTcpNoDelay(on);
        }

        @Override
        public boolean getTcpNoDelay() throws SocketException {
            return socket.getTcpNoDelay();
        }

        @Override
        public void setSoLinger(boolean on, int linger) throws SocketException {
            socket.setSoLinger(on, linger);
        }

        @Override
        public int getSoLinger() throws SocketException {
            return socket.getSoLinger();
        }

        @Override
        public InetAddress getInetAddress() {
            return socket.getInetAddress();
        }

        @Override
        public InetAddress getLocalAddress() {
            return socket.getLocalAddress();
        }

        @Override
        public int getPort() {
            return socket.getPort();
        }

        @Override
        public int getLocalPort() {
            return socket.getLocalPort();
        }

        @Override
        public SocketAddress getRemoteSocketAddress() {
            return socket.getRemoteSocketAddress();
        }

        @Override
        public SocketAddress getLocalSocketAddress() {
            return socket.getLocalSocketAddress();
        }

        @Override
        public boolean isConnected() {
            return socket.isConnected();
        }

        @Override
        public boolean isBound() {
            return socket.isBound();
        }

        @Override
        public boolean isClosed() {
            return socket.isClosed();
        }

        @Override
        public boolean isInputShutdown() {
            return socket.isInputShutdown();
        }

        @Override
        public boolean isOutputShutdown() {
            return socket.isOutputShutdown();
        }
    }
}
