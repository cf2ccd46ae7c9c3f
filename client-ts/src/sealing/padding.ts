import type { Bytes } from '../bytes.js';
import { Rejected } from '../rejected.js';

export const minimumPaddedLength = 64;

/** Nikitin and others, PETS 2019, for lengths from 64. `Math.clz32` is exact where `Math.log2` rounds. */
export function padme(length: number): number {
  const exponent = 31 - Math.clz32(length);
  const mantissaBits = 32 - Math.clz32(exponent);
  const unit = 2 ** (exponent - mantissaBits);
  return Math.ceil(length / unit) * unit;
}

export function paddedLength(contentLength: number): number {
  return padme(Math.max(contentLength + 1, minimumPaddedLength));
}

export function pad(content: Uint8Array): Bytes {
  const padded = new Uint8Array(paddedLength(content.length));
  padded.set(content);
  padded[content.length] = 0x80;
  return padded;
}

/** Returns a view of the content. Throws {@link Rejected} for anything that {@link pad} does not give (spec 6). */
export function unpad(padded: Bytes): Bytes {
  const contentLength = padded.findLastIndex((byte) => byte !== 0);
  if (padded[contentLength] !== 0x80 || padded.length !== paddedLength(contentLength)) throw new Rejected('damaged');
  return padded.subarray(0, contentLength);
}
