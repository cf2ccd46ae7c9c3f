package dev.nescio.keys;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.util.VersionInfo;

/// The version of Unicode that addresses and passwords are written in (spec, section 3.8), whichever ones
/// ICU and the JDK know: a character that is new to one of two devices would be normalised by one only.
final class Unicode {

    private static final VersionInfo VERSION = VersionInfo.getInstance(15, 1);

    /// What ICU answers for a code point that no version has assigned.
    private static final VersionInfo UNASSIGNED = VersionInfo.getInstance(0);

    private Unicode() {}

    /// @return whether every version from this one on knows all of this text
    static boolean covers(CharSequence text) {
        return text.codePoints().mapToObj(UCharacter::getAge).allMatch(Unicode::isOldEnough);
    }

    private static boolean isOldEnough(VersionInfo age) {
        return age.compareTo(UNASSIGNED) > 0 && age.compareTo(VERSION) <= 0;
    }
}
