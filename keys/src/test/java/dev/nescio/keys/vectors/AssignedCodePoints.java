package dev.nescio.keys.vectors;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.util.VersionInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Makes `spec/unicode/assigned-15.1.json`: the code points that Unicode 15.1 or an earlier version assigned.
/// The age of a code point never changes, so every later version of ICU makes the same file.
final class AssignedCodePoints {

    private static final VersionInfo VERSION = VersionInfo.getInstance(15, 1);
    private static final VersionInfo UNASSIGNED = VersionInfo.getInstance(0);

    private AssignedCodePoints() {}

    static String json() {
        return ranges().stream()
                .map(range -> "    [" + range[0] + ", " + range[1] + "]")
                .collect(Collectors.joining(",\n", "{\n  \"unicode\": \"15.1\",\n  \"ranges\": [\n", "\n  ]\n}\n"));
    }

    /// @return first and last of each range
    private static List<int[]> ranges() {
        List<int[]> ranges = new ArrayList<>();
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (!isAssigned(codePoint)) {
                continue;
            }
            if (ranges.isEmpty() || ranges.getLast()[1] != codePoint - 1) {
                ranges.add(new int[] {codePoint, codePoint});
            }
            ranges.getLast()[1] = codePoint;
        }
        return ranges;
    }

    private static boolean isAssigned(int codePoint) {
        VersionInfo age = UCharacter.getAge(codePoint);
        return !age.equals(UNASSIGNED) && age.compareTo(VERSION) <= 0;
    }
}
