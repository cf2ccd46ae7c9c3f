package dev.nescio.cli.drill;

import java.util.List;

/// A secret that was found.
///
/// @param inside the compressed members around it, outermost first; empty when it lies open
/// @param offset its first byte's, in the innermost member, or in the place
public record Hit(Place place, List<Member> inside, long offset, Secret secret, String encoding) {

    /// A compressed member.
    ///
    /// @param offset its first byte's, in what surrounds it
    public record Member(String format, long offset) {}

    /// Whether it breaks the promise; what does not is only reported.
    public boolean counts() {
        return secret.secrecy().forbids(place.kind());
    }

    /// Where it was found, without the place's own name: `7, in gzip at 4096`.
    public String where() {
        StringBuilder text = new StringBuilder("at ").append(offset);
        for (Member member : inside.reversed()) {
            text.append(", in ").append(member.format()).append(" at ").append(member.offset());
        }
        return text.toString();
    }
}
