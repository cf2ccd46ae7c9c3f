import type { Bytes } from '../bytes.js';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const digits = 16;
/** What sixteen characters hold. */
export const crockfordLength = 10;

/** Ten bytes of sixteen characters (spec 3.7). Returns undefined for anything else: let the person correct it. */
export function decodeCrockford(input: string): Bytes | undefined {
  // Only ASCII case is ignored: toUpperCase would turn U+0131 into I and U+017F into S.
  const text = input
    .replace(/[a-z]/g, (letter) => letter.toUpperCase())
    .replace(/[- ]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  const values = Array.from(text, (digit) => alphabet.indexOf(digit));
  if (values.length !== digits || values.includes(-1)) return undefined;
  let bits = values.reduce((joined, value) => (joined << 5n) | BigInt(value), 0n);
  const bytes = new Uint8Array(crockfordLength);
  for (let index = crockfordLength - 1; index >= 0; index--, bits >>= 8n) bytes[index] = Number(bits & 0xffn);
  return bytes;
}

/** Four groups of four. */
export function encodeCrockford(bytes: Bytes): string {
  const bits = bytes.reduce((joined, byte) => (joined << 8n) | BigInt(byte), 0n);
  const text = Array.from({ length: digits }, (_, index) =>
    alphabet.charAt(Number((bits >> BigInt(5 * (digits - 1 - index))) & 31n)),
  ).join('');
  return text.replace(/(.{4})(?=.)/g, '$1-');
}
