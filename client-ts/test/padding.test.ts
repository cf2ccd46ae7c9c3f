import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pad, paddedLength, padme, unpad } from '../src/sealing/padding.js';
import * as oracle from './oracle.js';
import { bytesOf, contents, patterned, rejectionOf } from './support.js';

test('lengths are those of Padmé', () => {
  // From the definition: 9 and the paper's bound of 12 %, worked out by hand.
  expect([64, 65, 100, 128, 129, 1000, 65_535, 65_536, 1_048_575].map(padme)).toEqual([
    64, 72, 104, 128, 144, 1024, 65_536, 65_536, 1_048_576,
  ]);
  expect([0, 63, 64, 65].map(paddedLength)).toEqual([64, 64, 72, 72]);
});

test('no length grows by more than 12 % past the minimum', () => {
  for (let length = 64; length < 70_000; length++) {
    const padded = padme(length);
    expect(padded >= length && padded <= length * 1.12).toBe(true);
    expect(padme(padded)).toBe(padded);
  }
});

test('padding is undone, and is what the spec says', () => {
  fc.assert(
    fc.property(contents(5000), (content) => {
      expect(pad(content)).toEqual(bytesOf(oracle.pad(content)));
      expect(unpad(pad(content))).toEqual(content);
    }),
  );
});

test('content that looks like padding comes back whole', () => {
  for (const tail of [[0x80], [0x80, 0], [0, 0], [0x80, 0x80, 0]]) {
    const content = bytesOf(Buffer.concat([patterned(80), Buffer.from(tail)]));
    expect(unpad(pad(content))).toEqual(content);
  }
});

test('anything that is not canonical is damaged', async () => {
  const padded = pad(patterned(10));
  const hostile = [
    new Uint8Array(0),
    new Uint8Array(64),
    padded.with(10, 0x81),
    padded.with(63, 1),
    // Longer or shorter than the content calls for.
    bytesOf(Buffer.concat([padded, Buffer.alloc(8)])),
    padded.slice(0, 63),
    bytesOf(Buffer.concat([pad(patterned(64)), Buffer.alloc(8)])),
  ];
  for (const bytes of hostile) expect(await rejectionOf(() => unpad(bytes))).toBe('damaged');
});
