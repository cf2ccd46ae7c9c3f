package dev.nescio.cli.terminal;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import java.util.Map;

/// A QR code in characters: two modules, one above the other, are one half block.
public final class QrCode {

    /// Modules of white around the code; scanners need them.
    private static final int QUIET_ZONE = 4;

    /// Black on white out of the 256-colour palette, which themes leave alone: right on any background.
    private static final String BLACK_ON_WHITE = "\u001b[38;5;16;48;5;231m";

    private static final String PLAIN = "\u001b[0m";

    private final BitMatrix modules;

    private QrCode(BitMatrix modules) {
        this.modules = modules;
    }

    public static QrCode of(String text) {
        Map<EncodeHintType, Object> hints = Map.of(
                EncodeHintType.ERROR_CORRECTION,
                ErrorCorrectionLevel.L,
                EncodeHintType.MARGIN,
                QUIET_ZONE,
                EncodeHintType.CHARACTER_SET,
                "UTF-8");
        try {
            return new QrCode(new QRCodeWriter().encode(text, BarcodeFormat.QR_CODE, 0, 0, hints));
        } catch (WriterException e) {
            throw new IllegalArgumentException("The text is too long for a QR code.", e);
        }
    }

    /// For a screen: dark modules are drawn black, light ones white.
    public String inColours() {
        return lines(BLACK_ON_WHITE, PLAIN, true);
    }

    /// Without colours, for a dark background: light modules are drawn, dark ones left empty.
    public String withoutColours() {
        return lines("", "", false);
    }

    private String lines(String before, String after, boolean drawDark) {
        StringBuilder text = new StringBuilder();
        for (int y = 0; y < modules.getHeight(); y += 2) {
            if (y > 0) {
                text.append('\n');
            }
            text.append(before);
            for (int x = 0; x < modules.getWidth(); x++) {
                boolean upper = isDark(x, y) == drawDark;
                // Below the last line there is nothing to draw: it is outside the quiet zone.
                boolean lower = y + 1 < modules.getHeight() ? isDark(x, y + 1) == drawDark : false;
                text.append(upper ? (lower ? '█' : '▀') : (lower ? '▄' : ' '));
            }
            text.append(after);
        }
        return text.toString();
    }

    private boolean isDark(int x, int y) {
        return modules.get(x, y);
    }
}
