import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bytes } from '../src/bytes.js';
import { headerLength, tagLength } from '../src/sealing/sealing-key.js';
import {
  insecureSealStreamWithSalt,
  openStream,
  openingTransform,
  sealStream,
  sealingTransform,
} from '../src/sealing/stream.js';
import { chunkContentLength, chunkLength } from '../src/sealing/stream-format.js';
import { StreamReader } from '../src/sealing/stream-reader.js';
import * as oracle from './oracle.js';
import {
  bytesOf,
  collect,
  importKey,
  keyBytes,
  otherKeyBytes,
  patterned,
  place,
  rejectionOf,
  withBitFlipped,
} from './support.js';

const salt = patterned(24, 3);
const lengths = [0, 1, 63, 64, 65_535, 65_536, 65_537, 131_072, 200_000];

function piecesOf(bytes: Bytes, size: number): Bytes[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.slice(i * size, (i + 1) * size));
}

function sourceOf(sealed: Bytes) {
  return {
    length: sealed.length,
    readAt: (offset: number, length: number) => Promise.resolve(sealed.slice(offset, offset + length)),
  };
}

function sealedByOracle(length: number, seed = 1): Bytes {
  return bytesOf(oracle.sealStream(keyBytes, place, patterned(length, seed), patterned(24, seed)));
}

/** What is released before the rejection, and why it is rejected. */
async function openUntilRejected(sealed: Bytes) {
  const key = await importKey();
  const released: Uint8Array[] = [];
  const reason = await rejectionOf(async () => {
    for await (const piece of openStream(key, place, [sealed])) released.push(piece);
  });
  return { released: bytesOf(Buffer.concat(released)), reason };
}

test.each(lengths)('%i bytes are sealed as the spec says, to the byte, and open again', async (length) => {
  const key = await importKey();
  const content = patterned(length);
  const sealed = await collect(insecureSealStreamWithSalt(key, place, piecesOf(content, 10_007), salt));
  expect(Buffer.compare(sealed, oracle.sealStream(keyBytes, place, content, salt))).toBe(0);
  for (const size of [1000, chunkLength, sealed.length]) {
    const opened = await collect(openStream(key, place, piecesOf(sealed, size)));
    expect(Buffer.compare(opened, content)).toBe(0);
  }
});

test('each call draws a salt of its own', async () => {
  const key = await importKey();
  expect(await collect(sealStream(key, place, []))).not.toEqual(await collect(sealStream(key, place, [])));
});

test('transforms do the same, and pass a rejection on', async () => {
  const key = await importKey();
  const content = patterned(150_000);
  const both = new Blob([content])
    .stream()
    .pipeThrough(sealingTransform(key, place))
    .pipeThrough(openingTransform(key, place));
  expect(Buffer.compare(await collect(both), content)).toBe(0);
  const cut = new Blob([sealedByOracle(150_000).slice(0, -1)]).stream().pipeThrough(openingTransform(key, place));
  expect(await rejectionOf(() => collect(cut))).toBe('damaged');
});

test('sealing and opening hold one chunk, not the content', async () => {
  const key = await importKey();
  let asked = 0;
  const endless = (function* () {
    for (;;) {
      asked++;
      yield patterned(chunkContentLength);
    }
  })();
  const opened = openStream(key, place, sealStream(key, place, endless));
  for (let chunk = 0; chunk < 5; chunk++) await opened.next();
  expect(asked).toBeLessThanOrEqual(7);
  await opened.return();
});

describe('a hostile stream', () => {
  test('with any bit of it flipped is rejected', async () => {
    const key = await importKey();
    const sealed = sealedByOracle(20);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = withBitFlipped(sealed, bit);
      const expected = bit < 8 ? 'unsupported-version' : bit < 33 * 8 ? 'wrong-key' : 'damaged';
      expect((await openUntilRejected(flipped)).reason).toBe(expected);
      expect(await rejectionOf(() => StreamReader.open(key, place, sourceOf(flipped)))).toBe(expected);
    }
  });

  describe('with a bit flipped in a long one releases nothing from that chunk on:', () => {
    const content = patterned(200_000);
    const sealed = sealedByOracle(200_000);
    const starts = [0, 1, 2, 3].map((chunk) => headerLength + chunk * chunkLength);
    const ends = [...starts.slice(1), sealed.length];

    const chunkOf = (bit: number) => Math.max(0, Math.floor(((bit >> 3) - headerLength) / chunkLength));

    async function expectNoticedFromTheStart(bit: number) {
      const { released } = await openUntilRejected(withBitFlipped(sealed, bit));
      expect(Buffer.compare(released, content.slice(0, chunkOf(bit) * chunkContentLength)), `bit ${bit}`).toBe(0);
    }

    async function expectNoticedWithRandomAccess(bit: number) {
      const key = await importKey();
      await rejectionOf(async () => {
        const reader = await StreamReader.open(key, place, sourceOf(withBitFlipped(sealed, bit)));
        return reader.read(chunkOf(bit) * chunkContentLength, 1);
      });
    }

    /** From the start, which takes all chunks before, one bit of each byte; with random access every bit. */
    async function expectAllNoticed(from: number, to: number) {
      for (let byte = from; byte < to; byte++) {
        await expectNoticedFromTheStart(8 * byte + (byte % 8));
        for (let bit = 8 * byte; bit < 8 * byte + 8; bit++) await expectNoticedWithRandomAccess(bit);
      }
    }

    test('each bit of the header', () => expectAllNoticed(0, headerLength));
    test.each(starts)('each bit of the 32 bytes from %i', (start) => expectAllNoticed(start, start + 32));
    test.each(ends)('each bit of the tag before %i, and of the 32 bytes before it', (end) =>
      expectAllNoticed(end - tagLength - 32, end),
    );
    test('any other bit', () =>
      fc.assert(
        fc.asyncProperty(fc.nat(sealed.length * 8 - 1), async (bit) => {
          await expectNoticedFromTheStart(bit);
          await expectNoticedWithRandomAccess(bit);
        }),
        { numRuns: 40 },
      ));
  });

  // H12
  test('cut anywhere fails, whoever reads it', async () => {
    const key = await importKey();
    const content = patterned(200_000);
    const sealed = sealedByOracle(200_000);
    const boundaries = [0, 1, 2, 3].map((chunk) => headerLength + chunk * chunkLength);
    const cuts = boundaries.flatMap((at) => [at - 1, at, at + 1, at + 79, at + 80]).concat(0, 1, 33, sealed.length - 1);
    for (const cut of cuts) {
      const short = sealed.slice(0, cut);
      const { released, reason } = await openUntilRejected(short);
      expect(reason).toBe(cut < headerLength + 80 ? 'malformed' : 'damaged');
      expect(Buffer.compare(released, content.slice(0, released.length))).toBe(0);
      // Random access opens the last chunk first, so it releases nothing at all.
      expect(await rejectionOf(() => StreamReader.open(key, place, sourceOf(short)))).toBe(reason);
    }
  });

  test('with chunks left out, repeated, exchanged or taken from another stream releases only the chunks before', async () => {
    const content = patterned(4 * chunkContentLength + 100);
    const sealed = sealedByOracle(content.length);
    const foreign = sealedByOracle(content.length, 2);
    const parts = (stream: Bytes) => [
      stream.slice(0, headerLength),
      ...piecesOf(stream.slice(headerLength), chunkLength),
    ];
    const at = (list: readonly Bytes[], index: number) => list.at(index) ?? new Uint8Array();
    const own = parts(sealed);
    const other = parts(foreign);
    const variants: { readonly pieces: readonly Bytes[]; readonly intact: number }[] = [];
    for (let a = 1; a < own.length; a++) {
      variants.push({ pieces: own.toSpliced(a, 1), intact: a - 1 });
      variants.push({ pieces: own.toSpliced(a, 0, ...own.slice(a, a + 1)), intact: a });
      variants.push({ pieces: own.with(a, at(other, a)), intact: a - 1 });
      variants.push({ pieces: [...own.slice(0, a), ...other.slice(a)], intact: a - 1 });
      for (let b = a + 1; b < own.length; b++) {
        variants.push({ pieces: own.with(a, at(own, b)).with(b, at(own, a)), intact: a - 1 });
      }
    }
    variants.push({ pieces: [...own, at(other, -1)], intact: own.length - 2 });
    for (const { pieces, intact } of variants) {
      const { released } = await openUntilRejected(bytesOf(Buffer.concat(pieces)));
      expect(released.length).toBeLessThanOrEqual(intact * chunkContentLength);
      expect(Buffer.compare(released, content.slice(0, released.length))).toBe(0);
    }
  });

  test('of another version, key or place is refused before its chunks', async () => {
    const sealed = sealedByOracle(100);
    for (const version of [0, 2, 255]) {
      expect((await openUntilRejected(sealed.with(0, version))).reason).toBe('unsupported-version');
    }
    const other = await importKey(otherKeyBytes);
    expect(await rejectionOf(() => collect(openStream(other, place, [sealed])))).toBe('wrong-key');
    const key = await importKey();
    const elsewhere = { ...place, version: 8 };
    expect(await rejectionOf(() => collect(openStream(key, elsewhere, [sealed])))).toBe('damaged');
  });

  test('is not an envelope, nor the reverse', async () => {
    const envelope = bytesOf(oracle.sealEnvelope(keyBytes, place, patterned(20), salt));
    expect((await openUntilRejected(envelope)).reason).toBe('wrong-key');
  });
});

describe('random access', () => {
  const content = patterned(3 * chunkContentLength + 500);
  const sealed = sealedByOracle(content.length);

  test('gives the same bytes as reading from the start', async () => {
    const reader = await StreamReader.open(await importKey(), place, sourceOf(sealed));
    expect(reader.contentLength).toBe(content.length);
    await fc.assert(
      fc.asyncProperty(fc.nat(content.length + 10), fc.nat(content.length), async (offset, length) => {
        const piece = await reader.read(offset, length);
        expect(Buffer.compare(piece, content.slice(offset, offset + length))).toBe(0);
      }),
      { numRuns: 50 },
    );
    await expect(reader.read(-1, 5)).rejects.toThrow(RangeError);
    await expect(reader.read(0, 0.5)).rejects.toThrow(RangeError);
  });

  test.each(lengths)('knows the length of %i bytes', async (length) => {
    const reader = await StreamReader.open(await importKey(), place, sourceOf(sealedByOracle(length)));
    expect(reader.contentLength).toBe(length);
    expect(Buffer.compare(await reader.read(0, length), patterned(length))).toBe(0);
  });

  test('opens the final chunk before any other', async () => {
    const offsets: number[] = [];
    const source = sourceOf(sealed);
    const readAt = (offset: number, length: number) => {
      offsets.push(offset);
      return source.readAt(offset, length);
    };
    const reader = await StreamReader.open(await importKey(), place, { length: source.length, readAt });
    expect(offsets).toEqual([0, headerLength + 3 * chunkLength]);
    await reader.read(chunkContentLength - 1, 1);
    expect(offsets.slice(2)).toEqual([headerLength]);
  });

  test('rejects a damaged chunk when it comes to it, and a source that lies about its length', async () => {
    const key = await importKey();
    const reader = await StreamReader.open(
      key,
      place,
      sourceOf(withBitFlipped(sealed, (headerLength + chunkLength) * 8)),
    );
    expect(await reader.read(0, 10)).toEqual(content.slice(0, 10));
    expect(await rejectionOf(() => reader.read(chunkContentLength - 5, 10))).toBe('damaged');
    const longer = { ...sourceOf(sealed), length: sealed.length + 1 };
    expect(await rejectionOf(() => StreamReader.open(key, place, longer))).toBe('damaged');
    const endless = { ...sourceOf(sealed), length: 2 ** 52 };
    expect(await rejectionOf(() => StreamReader.open(key, place, endless))).toBe('damaged');
  });
});
