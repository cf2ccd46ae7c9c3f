/// The Java SDK. See the package.
module dev.nescio.client {
    requires transitive dev.nescio.keys;
    requires transitive java.net.http;

    exports dev.nescio.client;

    opens dev.nescio.client to
            tools.jackson.databind;
}
