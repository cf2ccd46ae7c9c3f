package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/// Messages that show an account's rows as the server stores them (spec, section 10.16).
public final class Stored {

    private static final int LONGEST_NAME = 64;

    private Stored() {}

    /// The answer to `GET /v1/account/rows`.
    ///
    /// @param more whether there are rows after these
    public record Page(List<Row> rows, boolean more) {

        public Page {
            rows = List.copyOf(Check.present("rows", rows));
        }
    }

    /// One row of a table.
    public record Row(String table, List<Column> columns) {

        public Row {
            checkName("table", table);
            columns = List.copyOf(Check.present("columns", columns));
        }
    }

    /// What a row holds in one column: a number, a text, bytes, or nothing.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Column(String name, Long number, String text, Bytes bytes) {

        public Column {
            checkName("name", name);
        }
    }

    private static void checkName(String field, String name) {
        if (!Check.present(field, name).matches("[a-z_]{1," + LONGEST_NAME + "}")) {
            throw new InvalidField(field + " must be the name of a table or column");
        }
    }
}
