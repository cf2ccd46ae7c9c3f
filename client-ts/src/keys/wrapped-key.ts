import { type Bytes, generateBytes } from '../bytes.js';
import { Rejected } from '../rejected.js';
import type { Place } from '../sealing/associated-data.js';
import { openEnvelope, sealEnvelope } from '../sealing/envelope.js';
import { type Sealed, type WrappedKey, asWrappedKey, keyLength } from '../sealing/sealed.js';
import { SealingKey } from '../sealing/sealing-key.js';

/** The bytes of the new key exist outside of WebCrypto only until this returns. */
export async function generateKey(
  under: SealingKey,
  place: Place,
): Promise<{ readonly key: SealingKey; readonly wrapped: WrappedKey }> {
  const bytes = generateBytes(keyLength);
  try {
    const [key, wrapped] = await Promise.all([SealingKey.import(bytes), sealEnvelope(under, place, bytes)]);
    return { key, wrapped: asWrappedKey(wrapped) };
  } finally {
    bytes.fill(0);
  }
}

/** Throws {@link Rejected}. */
export async function unwrapKey(under: SealingKey, place: Place, wrapped: WrappedKey): Promise<SealingKey> {
  const bytes = await openEnvelope(under, place, wrapped);
  try {
    if (bytes.length !== keyLength) throw new Rejected('malformed');
    return await SealingKey.import(bytes);
  } finally {
    bytes.fill(0);
  }
}

const mostEarlierKeys = 128;

/** Several keys in one envelope (spec 8.6). Throws {@link Rejected}. */
export async function openKeys(under: SealingKey, place: Place, sealed: Sealed): Promise<readonly SealingKey[]> {
  const bytes = await openEnvelope(under, place, sealed);
  try {
    const count = bytes.length / keyLength;
    if (!Number.isInteger(count) || count < 1 || count > mostEarlierKeys) throw new Rejected('malformed');
    return await Promise.all(Array.from({ length: count }, (_, index) => importAt(bytes, index * keyLength)));
  } finally {
    bytes.fill(0);
  }
}

async function importAt(bytes: Bytes, at: number): Promise<SealingKey> {
  const key = bytes.slice(at, at + keyLength);
  try {
    return await SealingKey.import(key);
  } finally {
    key.fill(0);
  }
}

export async function sealContent(under: SealingKey, place: Place, content: Bytes): Promise<Sealed> {
  return (await sealEnvelope(under, place, content)) as Sealed;
}
