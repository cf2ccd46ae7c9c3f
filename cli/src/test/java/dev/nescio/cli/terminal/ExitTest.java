package dev.nescio.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The exit codes are those that the page for operators lists, each with its words for the help.
class ExitTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([0-9]+) \\|");

    @Test
    void everyCodeIsInTheTableAndHasWords() throws IOException, ReflectiveOperationException {
        TreeSet<Integer> codes = new TreeSet<>();
        for (Field field : Exit.class.getFields()) {
            if (field.getType() == int.class) {
                int code = field.getInt(null);
                String words =
                        (String) Exit.class.getField(field.getName() + "_TEXT").get(null);
                assertEquals(
                        code,
                        Integer.parseInt(words.substring(0, words.indexOf(':')).strip()));
                codes.add(code);
            }
        }
        Path page = Path.of(System.getProperty("nescio.spec")).resolveSibling("docs/operations.md");
        String table = Files.readString(page).split("\n## Exit codes\n", 2)[1].split("\n## ", 2)[0];
        TreeSet<Integer> rows = new TreeSet<>();
        for (MatchResult row : ROW.matcher(table).results().toList()) {
            rows.add(Integer.parseInt(row.group(1)));
        }
        assertEquals(codes, rows);
    }
}
