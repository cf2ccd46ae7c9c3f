/// The search of the breach drill: does anything that a server holds give away a known secret?
///
/// [Secret]s become [Needles], every secret in every encoding. A [Searcher] looks for all of them at once in
/// a stream of any size, and inside whatever was compressed in it. [Places] are what it reads: folders,
/// tables, logs, the heap and the memory of a process. [Findings] collects what was searched, what was
/// found and what could not be searched, and prints it. [DatabaseOnly] plays the thief who has the database
/// and a right guess of the password, and looks for any way to confirm it.
///
/// Never: a secret in what is printed, or a search that was cut short and looks like one that found
/// nothing.
package dev.nescio.cli.drill;
