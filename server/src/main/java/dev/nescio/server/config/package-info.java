/// What an operator decides: options of the command line, and the environment behind them.
///
/// Must never: take a secret from the command line, where other users of the machine can see it.
package dev.nescio.server.config;
