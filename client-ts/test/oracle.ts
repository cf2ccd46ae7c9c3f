// The constructions of the spec a second time, on node:crypto and synchronous, so that the tests compare two readings of it.
import { createCipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';
import type { Place } from '../src/sealing/associated-data.js';

const empty = Buffer.alloc(0);

export function derive(key: Uint8Array, label: string, context: Uint8Array = empty): Buffer {
  const info = Buffer.concat([Buffer.from('nescio/v1/'), Buffer.from(label), Buffer.from([0]), context]);
  return Buffer.from(hkdfSync('sha256', key, empty, info, 32));
}

/** RFC 5869 by hand, to hold the HKDF of node:crypto against. */
export function deriveWithHmac(key: Uint8Array, label: string, context: Uint8Array): Buffer {
  const pseudorandomKey = createHmac('sha256', Buffer.alloc(32)).update(key).digest();
  return createHmac('sha256', pseudorandomKey)
    .update(`nescio/v1/${label}\0`)
    .update(context)
    .update(Buffer.from([1]))
    .digest();
}

export function associatedData(place: Place): Buffer {
  const version = Buffer.alloc(8);
  version.writeBigUInt64BE(BigInt(place.version));
  const parts = [
    Buffer.from(place.purpose),
    Buffer.from(place.account, 'hex'),
    Buffer.from(place.domain ?? ''),
    Buffer.from(place.container ?? '', 'hex'),
    Buffer.from(place.item ?? '', 'hex'),
    Buffer.from(place.field),
    version,
  ];
  const encoded = parts.map((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return Buffer.concat([length, part]);
  });
  return Buffer.concat([Buffer.from('nescio/v1/ad'), ...encoded]);
}

export function pad(content: Uint8Array): Buffer {
  const length = Math.max(content.length + 1, 64);
  const exponent = length.toString(2).length - 1;
  const unit = 2 ** (exponent - exponent.toString(2).length);
  const padded = Buffer.alloc(Math.ceil(length / unit) * unit);
  padded.set(content);
  padded[content.length] = 0x80;
  return padded;
}

export function gcm(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associated);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

export function sealEnvelope(key: Uint8Array, place: Place, content: Uint8Array, salt: Uint8Array): Buffer {
  const aesKey = derive(key, 'envelope/key', salt);
  return Buffer.concat([
    Buffer.from([1]),
    derive(key, 'envelope/commitment'),
    salt,
    gcm(aesKey, Buffer.alloc(12), associatedData(place), pad(content)),
  ]);
}

export function sealStream(key: Uint8Array, place: Place, content: Uint8Array, salt: Uint8Array): Buffer {
  const aesKey = derive(key, 'stream/key', salt);
  const chunks = Math.floor(content.length / 65_536) + 1;
  const sealed = Array.from({ length: chunks }, (_, index) => {
    const nonce = Buffer.alloc(12);
    nonce.writeBigUInt64BE(BigInt(index), 3);
    nonce[11] = index === chunks - 1 ? 1 : 0;
    const part = content.subarray(index * 65_536, (index + 1) * 65_536);
    return gcm(aesKey, nonce, associatedData(place), index === chunks - 1 ? pad(part) : part);
  });
  return Buffer.concat([Buffer.from([1]), derive(key, 'stream/commitment'), salt, ...sealed]);
}

export function sha256(...parts: readonly Uint8Array[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

/** RFC 9162 section 2.1.1, word for word. */
export function merkleTreeHash(leaves: readonly Uint8Array[]): Buffer {
  const [first] = leaves;
  if (first === undefined) return sha256();
  if (leaves.length === 1) return sha256(Buffer.from([0]), first);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.from([1]), merkleTreeHash(leaves.slice(0, split)), merkleTreeHash(leaves.slice(split)));
}
