/// Sealing, streams and derivation, without knowledge of what the keys are for. See the package.
module dev.nescio.sealing {
    requires transitive dev.nescio.protocol;
    requires org.bouncycastle.provider;

    exports dev.nescio.sealing;
    exports dev.nescio.sealing.v1;
}
