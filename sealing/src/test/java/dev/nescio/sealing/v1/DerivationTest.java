package dev.nescio.sealing.v1;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class DerivationTest {

    @Property
    void isHkdfOfTheJdk(
            @ForAll @Size(max = 200) byte[] key,
            @ForAll @StringLength(max = 100) @CharRange(from = '!', to = '~') String label,
            @ForAll @Size(max = 200) byte[] context)
            throws GeneralSecurityException {
        ByteArrayOutputStream info = new ByteArrayOutputStream();
        info.writeBytes(("nescio/v1/" + label + "\0").getBytes(US_ASCII));
        info.writeBytes(context);
        byte[] expected = KDF.getInstance("HKDF-SHA256")
                .deriveData(
                        HKDFParameterSpec.ofExtract().addIKM(key).thenExpand(info.toByteArray(), Derivation.LENGTH));
        assertArrayEquals(expected, Derivation.from(key).derive(label, context));
    }

    @Property
    void labelAndContextAreReadInOneWay(
            @ForAll @StringLength(max = 3) @CharRange(from = 'a', to = 'b') String label,
            @ForAll @StringLength(max = 3) @CharRange(from = 'a', to = 'b') String context,
            @ForAll @StringLength(max = 3) @CharRange(from = 'a', to = 'b') String otherLabel,
            @ForAll @StringLength(max = 3) @CharRange(from = 'a', to = 'b') String otherContext) {
        Derivation derivation = Derivation.from(new byte[32]);
        boolean same = label.equals(otherLabel) && context.equals(otherContext);
        assertEquals(
                same,
                Arrays.equals(
                        derivation.derive(label, context.getBytes(US_ASCII)),
                        derivation.derive(otherLabel, otherContext.getBytes(US_ASCII))));
    }

    @Test
    void refusesLabelsThatCouldBeMistaken() {
        Derivation derivation = Derivation.from(new byte[32]);
        assertThrows(IllegalArgumentException.class, () -> derivation.derive("a\0b"));
        assertThrows(IllegalArgumentException.class, () -> derivation.derive("\u00fc"));
    }

    @Test
    void isSafeForManyThreads() throws Exception {
        Derivation derivation = Derivation.from(new byte[32]);
        byte[] expected = derivation.derive("label", (byte) 1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<byte[]>> derived = IntStream.range(0, 2000)
                    .mapToObj(i -> threads.submit(() -> derivation.derive("label", (byte) 1)))
                    .toList();
            for (Future<byte[]> one : derived) {
                assertArrayEquals(expected, one.get());
            }
        }
    }
}
