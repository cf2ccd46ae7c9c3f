// A ciphertext that AES-GCM opens under two keys, after Dodis, Grubbs, Ristenpart and Woodage (CRYPTO 2018): the tag is
// linear in the ciphertext, so one block that is free makes the two tags equal.
import { createCipheriv } from 'node:crypto';
import type { Bytes } from '../src/bytes.js';
import type { Place } from '../src/sealing/associated-data.js';
import * as oracle from './oracle.js';
import { bytesOf, patterned } from './support.js';

const blocks = 4;
/** The block that is solved for. The last one carries the padding. */
const freeBlock = 1;

export interface TwoKeyEnvelopes {
  readonly committedToFirst: Bytes;
  readonly committedToSecond: Bytes;
}

export function craftTwoKeyEnvelope(first: Uint8Array, second: Uint8Array, place: Place): TwoKeyEnvelopes {
  const associated = oracle.associatedData(place);
  // The last byte must decrypt to 0x80 under both keys, which one salt in 256 allows.
  for (let attempt = 0; ; attempt++) {
    const salt = patterned(24, attempt);
    const a = new GcmParts(oracle.derive(first, 'envelope/key', salt));
    const b = new GcmParts(oracle.derive(second, 'envelope/key', salt));
    const lastByte = (a.keyStream.at(-1) ?? 0) ^ 0x80;
    if (lastByte !== ((b.keyStream.at(-1) ?? 0) ^ 0x80)) continue;
    const ciphertext = Buffer.alloc(16 * blocks, 0x55);
    ciphertext.fill(0, 16 * freeBlock, 16 * (freeBlock + 1));
    ciphertext[ciphertext.length - 1] = lastByte;
    const power = blocks - freeBlock + 1;
    const difference = a.tag(associated, ciphertext) ^ b.tag(associated, ciphertext);
    const slope = powerOf(a.hashKey, power) ^ powerOf(b.hashKey, power);
    toBlock(multiply(difference, inverse(slope))).copy(ciphertext, 16 * freeBlock);
    const tag = toBlock(a.tag(associated, ciphertext));
    const envelope = (key: Uint8Array) =>
      bytesOf(Buffer.concat([Buffer.from([1]), oracle.derive(key, 'envelope/commitment'), salt, ciphertext, tag]));
    return { committedToFirst: envelope(first), committedToSecond: envelope(second) };
  }
}

/** GCM taken apart (NIST SP 800-38D), for the nonce of zeros. */
class GcmParts {
  readonly hashKey: bigint;
  readonly keyStream: Buffer;
  readonly #mask: bigint;

  constructor(key: Uint8Array) {
    const counters = Buffer.alloc(16 * (blocks + 2));
    for (let counter = 1; counter < blocks + 2; counter++) counters.writeUInt32BE(counter, 16 * counter + 12);
    const encrypted = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(counters);
    this.hashKey = toNumber(encrypted.subarray(0, 16));
    this.#mask = toNumber(encrypted.subarray(16, 32));
    this.keyStream = encrypted.subarray(32);
  }

  tag(associated: Uint8Array, ciphertext: Uint8Array): bigint {
    const lengths = Buffer.alloc(16);
    lengths.writeUInt32BE(associated.length * 8, 4);
    lengths.writeUInt32BE(ciphertext.length * 8, 12);
    const input = Buffer.concat([associated, Buffer.alloc((16 - (associated.length % 16)) % 16), ciphertext, lengths]);
    let hash = 0n;
    for (let offset = 0; offset < input.length; offset += 16) {
      hash = multiply(hash ^ toNumber(input.subarray(offset, offset + 16)), this.hashKey);
    }
    return hash ^ this.#mask;
  }
}

function toNumber(block: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(block).toString('hex')}`);
}

function toBlock(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(32, '0'), 'hex');
}

/** In GF(2^128) with the bit order of GCM: the most significant bit is the constant term. */
function multiply(x: bigint, y: bigint): bigint {
  let product = 0n;
  let shifted = y;
  for (let bit = 127n; bit >= 0n; bit--) {
    if ((x >> bit) & 1n) product ^= shifted;
    shifted = shifted & 1n ? (shifted >> 1n) ^ (0xe1n << 120n) : shifted >> 1n;
  }
  return product;
}

const one = 1n << 127n;

function powerOf(base: bigint, exponent: number): bigint {
  return Array.from({ length: exponent }).reduce<bigint>((product) => multiply(product, base), one);
}

/** x^(2^128 − 2). */
function inverse(x: bigint): bigint {
  let result = one;
  let square = x;
  for (let bit = 1; bit < 128; bit++) {
    square = multiply(square, square);
    result = multiply(result, square);
  }
  return result;
}
