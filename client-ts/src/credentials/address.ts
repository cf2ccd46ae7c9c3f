import { type Bytes, sha256, utf8 } from '../bytes.js';
import { keepsBidiRule } from './bidi.js';
import { decodePunycode } from './punycode.js';
import { isKnown, isKnownInDomain } from './unicode.js';

declare const normalised: unique symbol;

/** A normalised e-mail address (spec 3.1). */
export type Address = string & { readonly [normalised]: 'address' };

const maximumLength = 254;
const domainPattern = /^(?:[a-z0-9-]{1,63}\.)*[a-z0-9-]{1,63}$/;
// The URL parser does more than UTS #46: it drops tabs, decodes %, and ends at / ? # or :. With the ASCII characters that
// no domain may hold gone beforehand (UseSTD3ASCIIRules), only UTS #46 is left of it.
const foreignAscii = /[^A-Za-z0-9.\-\u0080-\u{10ffff}]/u;
// U+0295 was a cased letter up to Unicode 15.1, which decides over the final sigma beside it (spec 3.8).
const foreignInLocalPart = /[\p{White_Space}\p{Cc}@\u0295]/u;
// A URL whose last label is a number has an IPv4 address for a host. A last label of letters avoids that, and being
// left to right it changes nothing for CheckBidi.
const letters = '.a';

/** Returns undefined for what is not an address: let the person correct it. */
export function normaliseAddress(input: string): Address | undefined {
  if (!input.isWellFormed()) return undefined;
  const trimmed = input.replace(/^[ \t\n\r]+|[ \t\n\r]+$/g, '');
  const at = trimmed.lastIndexOf('@');
  const local = normaliseLocalPart(trimmed.slice(0, Math.max(at, 0)));
  const domain = normaliseDomain(trimmed.slice(at + 1));
  if (local === undefined || domain === undefined) return undefined;
  const address = `${local}@${domain}`;
  return utf8(address).length <= maximumLength ? (address as Address) : undefined;
}

/** Spec 3.2. The server learns this, and only under its pepper stores it. */
export function hashAddress(address: Address): Promise<Bytes> {
  return sha256(utf8(address));
}

function normaliseLocalPart(local: string): string | undefined {
  if (!isKnown(local)) return undefined;
  const lower = local.normalize('NFC').toLowerCase().normalize('NFC');
  return lower === '' || foreignInLocalPart.test(lower) ? undefined : lower;
}

function normaliseDomain(domain: string): string | undefined {
  const ascii = toAscii(domain);
  if (ascii === undefined || !domainPattern.test(ascii)) return undefined;
  const labels = ascii.split('.').map(decodeLabel);
  const isSound = labels.every((label) => label !== undefined) && keepsBidiRule(labels);
  // URL parsers differ on encoded labels that nothing encodes to.
  return isSound && toAscii(labels.join('.')) === ascii ? ascii : undefined;
}

/** UTS #46 ToASCII by the platform, with what its URL parser adds to it, and newer versions of Unicode, kept out. */
function toAscii(domain: string): string | undefined {
  if (domain === '' || foreignAscii.test(domain) || !isKnownInDomain(domain)) return undefined;
  try {
    // Before Unicode 15.1 UTS #46 mapped U+1E9E to ss; two tables would give one address two hashes.
    const host = new URL(`https://${domain.replaceAll('\u1e9e', '\u00df')}${letters}`).hostname;
    return host.endsWith(letters) ? host.slice(0, -letters.length) : undefined;
  } catch {
    return undefined;
  }
}

/** Returns undefined for a label that claims to be encoded and is not. */
function decodeLabel(label: string): string | undefined {
  return label.startsWith('xn--') ? decodePunycode(label.slice('xn--'.length)) : label;
}
