import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBase64Url, toBase64Url } from '../src/base64url.js';
import { constantTimeEqual, fromHex, readU64, toHex, u64 } from '../src/bytes.js';
import { AccountId, idBytes } from '../src/ids.js';
import { rejectionOf } from './support.js';

describe('base64url', () => {
  test('agrees with Buffer and returns', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = toBase64Url(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64url'));
        expect(fromBase64Url(text)).toEqual(Uint8Array.from(bytes));
      }),
    );
  });

  test.each(['AA==', 'AB', 'AAB', 'A', 'AAAAA', '+A', '/w', ' AA', 'AA\n', 'A A', 'AÄ'])('refuses %j', (text) => {
    expect(fromBase64Url(text)).toBeUndefined();
  });
});

test('hex takes lower-case pairs only', () => {
  expect(fromHex('00ff')).toEqual(new Uint8Array([0, 255]));
  expect(toHex(new Uint8Array([0, 255]))).toBe('00ff');
  for (const text of ['0', '0F', 'zz', '00 ', '00\n']) expect(fromHex(text)).toBeUndefined();
});

test('equality looks at every byte', () => {
  const bytes = new Uint8Array(32);
  expect(constantTimeEqual(bytes, new Uint8Array(32))).toBe(true);
  expect(constantTimeEqual(bytes, new Uint8Array(31))).toBe(false);
  for (let index = 0; index < 32; index++) {
    expect(constantTimeEqual(bytes, bytes.with(index, 0x80))).toBe(false);
  }
});

test('u64 ends at 2^53 − 1', () => {
  expect(toHex(u64(Number.MAX_SAFE_INTEGER))).toBe('001fffffffffffff');
  expect(readU64(u64(Number.MAX_SAFE_INTEGER), 0)).toBe(Number.MAX_SAFE_INTEGER);
  expect(readU64(Uint8Array.from([0, 32, 0, 0, 0, 0, 0, 0]), 0)).toBeUndefined();
  for (const value of [-1, 0.5, 2 ** 53, Number.NaN]) expect(() => u64(value)).toThrow(RangeError);
});

describe('ids', () => {
  test('are random and have one spelling', async () => {
    const id = AccountId.generate();
    expect(AccountId.parse(id)).toBe(id);
    expect(idBytes(id)).toHaveLength(16);
    expect(AccountId.generate()).not.toBe(id);
    for (const text of [id.toUpperCase() + 'A', 'A'.repeat(32), id.slice(1), `${id}0`, ` ${id}`, `${id}\n`, 5, null]) {
      expect(await rejectionOf(() => AccountId.parse(text))).toBe('malformed');
    }
  });
});
