package dev.nescio.cli.drill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FindingsTest {

    private static final Secret PASSING = Secret.text("a token", Secrecy.IN_PASSING, "token");
    private static final Secret PASSWORD = Secret.text("the password", Secrecy.CLIENT_ONLY, "password");

    private final Findings findings = new Findings();

    private static Hit hit(Place.Kind kind, String place, Secret secret) {
        return new Hit(new Place(kind, place), List.of(), 7, secret, "UTF-8");
    }

    /// Memory is searched before the tables, and holds what counts and what does not.
    @Test
    void whatIsLeftOverTakesNoRoomFromWhatCounts() {
        for (int i = 0; i < 2 * Findings.MOST_LEFT_OVER; i++) {
            findings.add(hit(Place.Kind.MEMORY, "region " + i, PASSING));
        }
        Hit inMemory = hit(Place.Kind.MEMORY, "the last region", PASSWORD);
        Hit inTable = hit(Place.Kind.TABLES, "every row", PASSING);
        findings.add(inMemory);
        findings.add(inTable);
        assertTrue(findings.firstHits().containsAll(List.of(inMemory, inTable)));
        assertEquals(Findings.MOST_LEFT_OVER + 2, findings.firstHits().size());
        assertEquals(2, findings.hits());
        assertEquals(2 * Findings.MOST_LEFT_OVER, findings.reported());
    }

    @Test
    void everyKindThatCountsIsKept() {
        for (int i = 0; i < 3 * Findings.MOST_LEFT_OVER; i++) {
            findings.add(hit(Place.Kind.FILE, "file " + i, PASSWORD));
            findings.add(hit(Place.Kind.FILE, "file " + i, PASSWORD));
        }
        assertEquals(3 * Findings.MOST_LEFT_OVER, findings.firstHits().size());
        assertEquals(2, findings.count(findings.firstHits().getLast()));
    }

    @Test
    void aNoteSaysThatNotAllOfWhatIsLeftOverIsShown() {
        for (int i = 0; i < Findings.MOST_LEFT_OVER; i++) {
            findings.add(hit(Place.Kind.MEMORY, "region " + i, PASSING));
            findings.add(hit(Place.Kind.MEMORY, "region " + i, PASSING));
        }
        assertEquals(List.of(), findings.notes());
        findings.add(hit(Place.Kind.MEMORY, "one more", PASSING));
        assertEquals(1, findings.notes().size());
        assertTrue(findings.notes().getFirst().contains("of 1001 kinds"), findings.notes()::toString);
    }

    @Test
    void aReportForProgramsNamesTheEncodings() {
        List<Map<String, ?>> lines = new ArrayList<>();
        new Report(Needles.of(List.of(PASSWORD)), findings).printJson(lines::add);
        assertEquals(List.of(Map.of("encodings", Encodings.DESCRIPTION)), lines);
    }
}
