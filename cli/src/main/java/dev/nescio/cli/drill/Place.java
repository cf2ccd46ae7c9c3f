package dev.nescio.cli.drill;

/// Something that is searched as one stream: a file, the tables, a heap, a region of memory.
///
/// @param name what a person finds it by; never a secret
public record Place(Kind kind, String name) {

    /// What kind of thing, from what survives longest to what survives least.
    public enum Kind {
        /// What the database returns, every column of every row.
        TABLES("tables"),
        /// A file as it lies on the disk.
        FILE("file"),
        /// What the server wrote to its standard output and standard error.
        LOG("log"),
        /// The live objects of the server's JVM.
        HEAP("heap"),
        /// The bytes of the server's process, live or not.
        MEMORY("memory");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }
}
