import type { Bytes } from '../bytes.js';

const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const constant = 0x2bc830a3;
const checksumLength = 6;

/** Bech32m (BIP 350) in lower case. `prefix` is lower-case letters. */
export function encodeBech32m(prefix: string, bytes: Bytes): string {
  const digits = toDigits(bytes);
  const check = polymod(prefix, [...digits, ...new Array<number>(checksumLength).fill(0)]) ^ constant;
  const checksum = Array.from({ length: checksumLength }, (_, i) => (check >>> (5 * (checksumLength - 1 - i))) & 31);
  return `${prefix}1${[...digits, ...checksum].map((digit) => alphabet.charAt(digit)).join('')}`;
}

/** `text` is in lower case. Returns undefined where the checksum, a character, the padding or the length is wrong. */
export function decodeBech32m(prefix: string, text: string, length: number): Bytes | undefined {
  const start = `${prefix}1`;
  const digitCount = Math.ceil((8 * length) / 5);
  const values = Array.from(text.slice(start.length), (digit) => alphabet.indexOf(digit));
  if (!text.startsWith(start) || values.length !== digitCount + checksumLength || values.includes(-1)) return undefined;
  if (polymod(prefix, values) !== constant) return undefined;
  const bytes = new Uint8Array(length);
  let loose = 0;
  for (let at = 0; at < 5 * digitCount; at++) {
    const bit = ((values[Math.floor(at / 5)] ?? 0) >> (4 - (at % 5))) & 1;
    if (at < 8 * length) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (bit << (7 - (at % 8)));
    else loose |= bit;
  }
  return loose === 0 ? bytes : undefined;
}

function toDigits(bytes: Bytes): number[] {
  const digits = new Array<number>(Math.ceil((8 * bytes.length) / 5)).fill(0);
  for (let at = 0; at < 8 * bytes.length; at++) {
    const bit = ((bytes[at >> 3] ?? 0) >> (7 - (at % 8))) & 1;
    const digit = Math.floor(at / 5);
    digits[digit] = (digits[digit] ?? 0) | (bit << (4 - (at % 5)));
  }
  return digits;
}

function polymod(prefix: string, values: readonly number[]): number {
  const codes = Array.from(prefix, (letter) => letter.charCodeAt(0));
  const expanded = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...values];
  return expanded.reduce((check, value) => {
    const top = check >>> 25;
    return generator.reduce(
      (sum, term, i) => (((top >>> i) & 1) === 1 ? sum ^ term : sum),
      ((check & 0x1ffffff) << 5) ^ value,
    );
  }, 1);
}
