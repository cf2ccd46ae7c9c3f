package dev.nescio.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.subethamail.smtp.helper.SimpleMessageListener;
import org.subethamail.smtp.server.SMTPServer;

/// A real mail server, which takes mail for everybody.
final class Inbox implements AutoCloseable {

    private final BlockingQueue<String> mails = new LinkedBlockingQueue<>();
    private final SMTPServer server = new SMTPServer.Builder()
            .bindAddress(InetAddress.getLoopbackAddress())
            .hostName("localhost")
            .port(0)
            .simpleMessageListener(new Listener(mails))
            .build();

    Inbox() {
        server.start();
    }

    private record Listener(BlockingQueue<String> mails) implements SimpleMessageListener {

        @Override
        public boolean accept(String from, String recipient) {
            return true;
        }

        @Override
        public void deliver(String from, String recipient, InputStream data) throws IOException {
            mails.add(new String(data.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /// @return the file that `--smtp` is given
    Path setting(Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("smtp"),
                "host = localhost\nsecurity = none\nport = " + server.getPortAllocated()
                        + "\nfrom = nescio@example.org\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    /// The next mail, once it is there.
    String take() {
        try {
            String mail = mails.poll(1, TimeUnit.MINUTES);
            if (mail == null) {
                throw new AssertionError("no mail came");
            }
            return mail;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /// The code in the next mail, as it stands there.
    String takeCode() {
        return take().replaceAll("(?s).*The code is  ([0-9A-Z]{4}-[0-9A-Z]{4}).*", "$1");
    }

    /// The reset code in the next mail, as it stands there.
    String takeResetCode() {
        return take().replaceAll("(?s).*The reset code is  ([0-9A-Z-]+).*", "$1");
    }

    boolean isEmpty() {
        return mails.isEmpty();
    }

    @Override
    public void close() {
        server.stop();
    }
}
