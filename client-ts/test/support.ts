import fc from 'fast-check';
import { expect } from 'vitest';
import type { Bytes } from '../src/bytes.js';
import { AccountId, ContainerId, ItemId } from '../src/ids.js';
import { Rejected, type RejectionReason } from '../src/rejected.js';
import type { Place } from '../src/sealing/associated-data.js';
import { SealingKey } from '../src/sealing/sealing-key.js';

/** Bytes that look different at each index, so that a shifted copy is not taken for the right one. */
export function patterned(length: number, seed = 1): Bytes {
  return Uint8Array.from({ length }, (_, index) => (index * 167 + (index >> 8) * 31 + seed * 89) & 0xff);
}

export const keyBytes = patterned(32);
export const otherKeyBytes = patterned(32, 2);

export const place: Place = {
  purpose: 'item',
  account: AccountId.parse('00112233445566778899aabbccddeeff'),
  domain: 'chats',
  container: ContainerId.parse('0123456789abcdef0123456789abcdef'),
  item: ItemId.parse('fedcba9876543210fedcba9876543210'),
  field: 'content',
  version: 7,
};

export function importKey(bytes: Bytes = keyBytes): Promise<SealingKey> {
  return SealingKey.import(bytes.slice());
}

export function bytesOf(buffer: Uint8Array): Bytes {
  return Uint8Array.from(buffer);
}

export const contents = (maxLength = 2000): fc.Arbitrary<Bytes> =>
  fc.uint8Array({ maxLength, size: 'max' }).map(bytesOf);

export function withBitFlipped(bytes: Uint8Array, bit: number): Bytes {
  const flipped = bytesOf(bytes);
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return flipped;
}

/** The reason of the rejection; any other outcome fails the test. */
export async function rejectionOf(attempt: () => unknown): Promise<RejectionReason> {
  let outcome: unknown;
  try {
    outcome = await attempt();
  } catch (error) {
    if (error instanceof Rejected) return error.reason;
    throw error;
  }
  return expect.fail(`was accepted: ${typeof outcome}`);
}

export async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Bytes> {
  const collected: Uint8Array[] = [];
  for await (const piece of pieces) collected.push(piece);
  return bytesOf(Buffer.concat(collected));
}
