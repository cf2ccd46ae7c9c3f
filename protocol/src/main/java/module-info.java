/// What client and server say to each other: identifiers, records and their JSON. No logic.
module dev.nescio.protocol {
    requires transitive tools.jackson.databind;
    requires transitive com.fasterxml.jackson.annotation;

    exports dev.nescio.protocol;

    opens dev.nescio.protocol to
            tools.jackson.databind;
}
