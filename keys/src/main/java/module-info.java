/// The keys of an account, on its devices only. See the package.
module dev.nescio.keys {
    requires transitive dev.nescio.protocol;
    requires transitive dev.nescio.sealing;
    requires org.bouncycastle.provider;
    requires com.ibm.icu;

    exports dev.nescio.keys;

    opens dev.nescio.keys to
            tools.jackson.databind;
}
