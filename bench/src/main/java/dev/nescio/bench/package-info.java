/// Benchmarks of single operations and of load, each beside the figure of its peer.
///
/// Never: a figure without the command, the machine and the versions that gave it.
package dev.nescio.bench;
