/// Makes the test vectors in `spec/vectors` and checks this implementation against them.
///
/// [GenerateVectors] writes them from fixed inputs. [VectorsTest] shares nothing with it: it reads the
/// files as a stranger would, and opens or refuses what they hold.
package dev.nescio.keys.vectors;
