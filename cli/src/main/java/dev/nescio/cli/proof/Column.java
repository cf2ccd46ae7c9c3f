package dev.nescio.cli.proof;

import dev.nescio.protocol.Bytes;

/// A value of the database, by table and column.
public record Column(String name, Bytes value) {}
