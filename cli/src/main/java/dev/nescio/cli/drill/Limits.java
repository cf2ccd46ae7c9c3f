package dev.nescio.cli.drill;

import java.time.Duration;

/// How far a search unpacks what it finds compressed. A limit that is reached is reported and makes the
/// search incomplete, except depth, which is what the search promises.
///
/// @param depth members within members within …
/// @param unpacked bytes, for each place
/// @param open members at one time
/// @param time for unpacking, for each place
public record Limits(int depth, long unpacked, int open, Duration time) {

    public static final Limits DEFAULT = new Limits(4, 16L << 30, 256, Duration.ofMinutes(5));
}
