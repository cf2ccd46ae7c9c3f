package dev.nescio.bench.crypto;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import dev.nescio.protocol.AccountId;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Domain;
import dev.nescio.protocol.ItemId;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.v1.AssociatedData;
import dev.nescio.sealing.v1.SealingKey;
import dev.nescio.sealing.v1.StreamOpener;
import dev.nescio.sealing.v1.StreamSealer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// What is measured. Each operation handles the same content in each of its forms.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Operations {

    static final int CHUNK = StreamOpener.CHUNK;
    static final int SEALED_CHUNK = CHUNK + 16;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final AssociatedData PLACE = new AssociatedData(
            "item",
            AccountId.generate(RANDOM),
            Domain.CHATS,
            ContainerId.generate(RANDOM),
            ItemId.generate(RANDOM),
            "message",
            1);

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    /// Content of one size and all that its envelope or stream needs.
    @State(Scope.Thread)
    public static class Content {

        @Param({"200", "1024", "65536", "8388608"})
        public int size;

        private byte[] plain;
        private SealingKey key;
        private byte[] envelope;
        private byte[] stream;
        private final byte[] chunk = new byte[CHUNK];

        @Setup
        public void prepare() throws IOException {
            plain = bytes(size);
            key = SealingKey.generate(RANDOM);
            if (size <= SealingKey.LONGEST_CONTENT) {
                envelope = key.seal(PLACE, plain, RANDOM);
            } else {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                sealStream(this, out);
                stream = out.toByteArray();
            }
        }
    }

    /// One cipher, one key, arrays on the heap: as fast as JCA can be used. Messages have random nonces, as several
    /// devices with one key need; the chunks of a stream are counted.
    @State(Scope.Thread)
    public static class Bare {

        @Param({"200", "1024", "65536", "8388608"})
        public int size;

        @Param({"jdk", "accp"})
        public String provider;

        private Cipher cipher;
        private SecretKeySpec key;
        private final byte[] associatedData = PLACE.encode();
        private final byte[] nonce = new byte[12];
        private long count;
        private byte[] plain;
        private byte[] sealed;
        private final byte[] chunk = new byte[CHUNK];
        private final byte[] sealedChunk = new byte[SEALED_CHUNK];

        @Setup
        public void prepare() throws GeneralSecurityException, IOException {
            cipher = provider.equals("jdk")
                    ? Cipher.getInstance("AES/GCM/NoPadding", "SunJCE")
                    : Cipher.getInstance("AES/GCM/NoPadding", accp());
            key = new SecretKeySpec(bytes(32), "AES");
            plain = bytes(size);
            if (size <= SealingKey.LONGEST_CONTENT) {
                sealed = encrypt();
            } else {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                encryptChunks(out);
                sealed = out.toByteArray();
            }
        }

        private static Provider accp() {
            AmazonCorrettoCryptoProvider.INSTANCE.assertHealthy();
            return AmazonCorrettoCryptoProvider.INSTANCE;
        }

        private Cipher start(int mode) throws GeneralSecurityException {
            cipher.init(mode, key, new GCMParameterSpec(128, nonce));
            cipher.updateAAD(associatedData);
            return cipher;
        }

        private byte[] encrypt() throws GeneralSecurityException {
            RANDOM.nextBytes(nonce);
            return start(Cipher.ENCRYPT_MODE).doFinal(plain);
        }

        private byte[] decrypt() throws GeneralSecurityException {
            return start(Cipher.DECRYPT_MODE).doFinal(sealed);
        }

        private void encryptChunks(OutputStream out) throws GeneralSecurityException, IOException {
            for (int at = 0; at < size; at += CHUNK) {
                countUp();
                out.write(sealedChunk, 0, start(Cipher.ENCRYPT_MODE).doFinal(plain, at, CHUNK, sealedChunk));
            }
        }

        private long decryptChunks(InputStream in) throws GeneralSecurityException, IOException {
            count = 0;
            long total = 0;
            int some;
            while ((some = in.readNBytes(sealedChunk, 0, SEALED_CHUNK)) > 0) {
                countUp();
                total += start(Cipher.DECRYPT_MODE).doFinal(sealedChunk, 0, some, chunk);
            }
            return total;
        }

        private void countUp() {
            ByteBuffer.wrap(nonce).putLong(4, ++count);
        }
    }

    @Benchmark
    public Object seal(Content content) {
        return content.key.seal(PLACE, content.plain, RANDOM);
    }

    @Benchmark
    public Object open(Content content) throws RejectedException {
        return content.key.open(PLACE, content.envelope);
    }

    @Benchmark
    public void sealStream(Content content) throws IOException {
        sealStream(content, OutputStream.nullOutputStream());
    }

    private static void sealStream(Content content, OutputStream out) throws IOException {
        try (StreamSealer sealer = new StreamSealer(content.key, PLACE, RANDOM, out)) {
            sealer.write(content.plain);
            sealer.finish();
        }
    }

    @Benchmark
    public long openStream(Content content) throws IOException, RejectedException {
        long total = 0;
        try (StreamOpener opener = new StreamOpener(content.key, PLACE, new ByteArrayInputStream(content.stream))) {
            for (int length = opener.readChunk(content.chunk); length >= 0; length = opener.readChunk(content.chunk)) {
                total += length;
            }
        }
        return total;
    }

    @Benchmark
    public Object bareSeal(Bare bare) throws GeneralSecurityException {
        return bare.encrypt();
    }

    @Benchmark
    public Object bareOpen(Bare bare) throws GeneralSecurityException {
        return bare.decrypt();
    }

    @Benchmark
    public void bareSealStream(Bare bare) throws GeneralSecurityException, IOException {
        bare.encryptChunks(OutputStream.nullOutputStream());
    }

    @Benchmark
    public long bareOpenStream(Bare bare) throws GeneralSecurityException, IOException {
        return bare.decryptChunks(new ByteArrayInputStream(bare.sealed));
    }
}
