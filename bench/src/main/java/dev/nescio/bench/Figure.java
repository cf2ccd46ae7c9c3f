package dev.nescio.bench;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// One measured figure beside what it is compared with.
///
/// @param unit of value and limit
/// @param limit the peer's figure of the same run, or the bound that the figure has to keep
/// @param target what the ratio, value by limit, has to reach or keep; null for a figure that is only shown
public record Figure(String name, String unit, double value, double limit, Target target) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /// @param atMost whether the ratio must stay at or below, for figures of which less is better
    public record Target(double ratio, boolean atMost) {

        public static Target atLeast(double ratio) {
            return new Target(ratio, false);
        }

        public static Target atMost(double ratio) {
            return new Target(ratio, true);
        }

        private boolean isMetBy(double actual) {
            return atMost ? actual <= ratio : actual >= ratio;
        }

        @Override
        public String toString() {
            return (atMost ? "≤ " : "≥ ") + Figure.text(ratio);
        }
    }

    public double ratio() {
        return value / limit;
    }

    public boolean isMet() {
        return target == null || target.isMetBy(ratio());
    }

    /// One line of JSON: `name`, `unit`, `value`, `limit`, `ratio`, `target` (null where there is none) and
    /// `met`.
    public String toJson() {
        ObjectNode line = JSON.createObjectNode();
        line.put("name", name).put("unit", unit).put("value", rounded(value)).put("limit", rounded(limit));
        line.put("ratio", rounded(ratio())).put("target", target == null ? null : target.ratio());
        return line.put("met", isMet()).toString();
    }

    /// One row of the table in docs/performance.md.
    public String toRow() {
        return "| " + name + " | " + text(value) + " " + unit + " | " + text(limit) + " " + unit + " | " + text(ratio())
                + " | " + (target == null ? "" : target + (isMet() ? "" : " **missed**")) + " |";
    }

    static String header() {
        return """
                | figure | Nescio | beside | ratio | target |
                |---|---|---|---|---|""";
    }

    /// Three digits that count: no run repeats more.
    private static double rounded(double number) {
        return new java.math.BigDecimal(number)
                .round(new java.math.MathContext(4))
                .doubleValue();
    }

    private static String text(double number) {
        return new java.math.BigDecimal(number)
                .round(new java.math.MathContext(number >= 1000 ? 4 : 3))
                .toPlainString();
    }
}
