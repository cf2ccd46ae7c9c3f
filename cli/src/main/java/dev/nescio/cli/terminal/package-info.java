/// What the commands have to do with the person and the programs around them: text, JSON lines, questions,
/// the QR code, exit codes.
///
/// Everything that is printed passes through [Printable], so that nothing that came from a server can steer
/// the terminal.
package dev.nescio.cli.terminal;
