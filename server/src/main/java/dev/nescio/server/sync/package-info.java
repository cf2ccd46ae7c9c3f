/// Containers, items, commits and changes (spec, sections 10.5 and 10.6), and the hints that something has
/// changed (10.7).
///
/// Data: tables `account_sequence`, `container_list`, `container` and `item`. Every commit takes the account's next
/// sequence
/// and marks with it what it wrote, so that "what changed since" is a range of one index.
///
/// Must never: write part of a commit, or tell an account anything about another one.
package dev.nescio.server.sync;
