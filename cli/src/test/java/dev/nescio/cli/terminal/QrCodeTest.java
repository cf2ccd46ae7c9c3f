package dev.nescio.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Draws the characters as a terminal would, and reads the picture back.
class QrCodeTest {

    private static final String URI = "otpauth://totp/Nescio:ada%40example.org?secret=LRHKF2YUO5NRFFI3RWCJ2XKYZ5M2STWJ"
            + "&issuer=Nescio&algorithm=SHA1&digits=6&period=30";

    private static final int WHITE = 0xffffff;
    private static final int BLACK = 0;
    private static final int MODULE = 4;

    @Test
    void canBeScannedInColoursOnAnyBackground() throws Exception {
        List<String> lines = QrCode.of(URI)
                .inColours()
                .lines()
                .map(line -> line.replaceAll("\u001b\\[[0-9;]*m", ""))
                .toList();
        assertEquals(URI, scan(lines, BLACK, WHITE, WHITE));
        assertEquals(URI, scan(lines, BLACK, WHITE, BLACK));
    }

    @Test
    void everyLineSetsAndResetsItsColours() {
        QrCode.of(URI).inColours().lines().forEach(line -> {
            assertTrue(line.startsWith("\u001b[38;5;16;48;5;231m"), "black on white, whatever the theme");
            assertTrue(line.endsWith("\u001b[0m"));
        });
    }

    @Test
    void canBeScannedWithoutColoursOnADarkBackground() throws Exception {
        assertEquals(URI, scan(QrCode.of(URI).withoutColours().lines().toList(), WHITE, BLACK, BLACK));
    }

    @Test
    void fitsEightyColumns() {
        QrCode.of(URI).withoutColours().lines().forEach(line -> assertTrue(line.length() <= 80));
    }

    /// @param around the colour of the terminal where nothing is printed
    private static String scan(List<String> lines, int ink, int paper, int around) throws Exception {
        int columns = lines.getFirst().length();
        int width = MODULE * (columns + 8);
        int height = MODULE * (2 * lines.size() + 8);
        int[] pixels = new int[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int column = x / MODULE - 4;
                int half = y / MODULE - 4;
                boolean inside = column >= 0 && column < columns && half >= 0 && half < 2 * lines.size();
                pixels[y * width + x] =
                        inside ? (isInked(lines.get(half / 2).charAt(column), half % 2) ? ink : paper) : around;
            }
        }
        return new QRCodeReader()
                .decode(new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(width, height, pixels))))
                .getText();
    }

    private static boolean isInked(char character, int half) {
        return switch (character) {
            case '█' -> true;
            case '▀' -> half == 0;
            case '▄' -> half == 1;
            default -> false;
        };
    }
}
