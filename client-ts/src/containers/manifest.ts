import { type Bytes, concat, constantTimeEqual, u64 } from '../bytes.js';
import { type ItemId, idBytes } from '../ids.js';
import { type Sealed, envelopeHash } from '../sealing/sealed.js';
import { Rejected } from '../rejected.js';
import { merkleRoot } from './merkle.js';
import { RecordReader, checkPrevious, liveKind, recordVersion } from './sealed-record.js';

/** What a container holds, sealed with every change (spec 8.3). */
export interface Manifest {
  readonly counter: number;
  readonly itemCount: number;
  readonly previous: Bytes;
  readonly root: Bytes;
  readonly metadataVersion: number;
  readonly metadataHash: Bytes;
}

export interface SealedItem {
  readonly id: ItemId;
  readonly version: number;
  readonly sealed: Sealed;
}

export interface SealedMetadata {
  readonly version: number;
  readonly sealed: Sealed;
}

const manifestLength = 121;

/** `items` are all of the container's, in order of position; `previous` is SHA-256 of the manifest's envelope before. */
export async function manifestOf(
  counter: number,
  previous: Bytes,
  metadata: SealedMetadata,
  items: readonly SealedItem[],
): Promise<Manifest> {
  return {
    counter,
    itemCount: items.length,
    previous,
    root: await merkleRoot(await Promise.all(items.map(manifestEntry))),
    metadataVersion: metadata.version,
    metadataHash: await envelopeHash(metadata.sealed),
  };
}

/** Throws {@link Rejected} unless metadata and items are exactly those of the manifest, in order (spec 8.5). */
export async function checkContainer(
  manifest: Manifest,
  metadata: SealedMetadata,
  items: readonly SealedItem[],
): Promise<void> {
  const served = await manifestOf(manifest.counter, manifest.previous, metadata, items);
  const matches =
    served.itemCount === manifest.itemCount &&
    constantTimeEqual(served.root, manifest.root) &&
    served.metadataVersion === manifest.metadataVersion &&
    constantTimeEqual(served.metadataHash, manifest.metadataHash) &&
    new Set(items.map((item) => item.id)).size === items.length;
  if (!matches) throw new Rejected('mismatch');
}

export function encodeManifest(manifest: Manifest): Bytes {
  return concat(
    new Uint8Array([recordVersion]),
    u64(manifest.counter),
    u64(manifest.itemCount),
    manifest.previous,
    manifest.root,
    u64(manifest.metadataVersion),
    manifest.metadataHash,
  );
}

/** `counter` is the served one; the manifest states it, too. Throws {@link Rejected}. */
export function decodeManifest(counter: number, content: Bytes): Manifest {
  const reader = new RecordReader(content, manifestLength);
  const manifest = {
    counter: reader.counter(),
    itemCount: reader.count(),
    previous: reader.hash(),
    root: reader.hash(),
    metadataVersion: reader.counter(),
    metadataHash: reader.hash(),
  };
  if (manifest.counter !== counter) throw new Rejected('malformed');
  checkPrevious(counter, manifest.previous);
  return manifest;
}

async function manifestEntry(item: SealedItem): Promise<Bytes> {
  return concat(idBytes(item.id), u64(item.version), liveKind, await envelopeHash(item.sealed));
}
