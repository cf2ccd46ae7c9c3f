import { type Bytes, concat, sha256 } from '../bytes.js';

const leafPrefix = new Uint8Array([0]);
const nodePrefix = new Uint8Array([1]);
const entriesPerPage = 64;

/** The Merkle tree hash of RFC 9162 section 2.1.1 over pages of up to 64 entries (spec 8.3). */
export async function merkleRoot(entries: readonly Bytes[]): Promise<Bytes> {
  const leaves: Bytes[] = [];
  for (let first = 0; first < entries.length; first += entriesPerPage) {
    leaves.push(await sha256(concat(leafPrefix, ...entries.slice(first, first + entriesPerPage))));
  }
  return leaves.length === 0 ? sha256(new Uint8Array()) : treeHash(leaves);
}

async function treeHash(leaves: readonly Bytes[]): Promise<Bytes> {
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined) return only;
  // The left side is the largest power of two below the number of leaves.
  const left = 2 ** (31 - Math.clz32(leaves.length - 1));
  return sha256(concat(nodePrefix, await treeHash(leaves.slice(0, left)), await treeHash(leaves.slice(left))));
}
