package dev.nescio.keys.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The checked-in files are exactly those that the generator makes. With `-Dnescio.vectors.write=true` they
/// are written instead (`spec/vectors/README.md`).
class VectorFilesTest {

    private static final Path FOLDER = Path.of(System.getProperty("nescio.spec"), "vectors");
    private static final Path ASSIGNED = Path.of(System.getProperty("nescio.spec"), "unicode", "assigned-15.1.json");
    private static final boolean WRITE = Boolean.getBoolean("nescio.vectors.write");

    @Test
    void tableOfUnicodeIsThatOfTheGenerator() throws IOException {
        if (WRITE) {
            Files.createDirectories(ASSIGNED.getParent());
            Files.writeString(ASSIGNED, AssignedCodePoints.json());
        }
        assertEquals(AssignedCodePoints.json(), Files.readString(ASSIGNED));
    }

    @Test
    void checkedInFilesAreThoseThatTheGeneratorMakes() throws IOException {
        if (WRITE) {
            GenerateVectors.write(FOLDER);
        }
        Map<String, String> made = GenerateVectors.files();
        Map<String, String> checkedIn = new TreeMap<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".json")).toList()) {
                checkedIn.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        assertEquals(made.keySet(), checkedIn.keySet());
        made.forEach((name, content) -> assertEquals(content, checkedIn.get(name), name));
    }
}
