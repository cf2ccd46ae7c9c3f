import { domainToASCII } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashAddress, normaliseAddress } from '../src/credentials/address.js';
import { isKnownInDomain } from '../src/credentials/unicode.js';
import * as oracle from './oracle.js';
import { bytesOf } from './support.js';

test.each([
  ['user@example.org', 'user@example.org'],
  [' \t\r\nUser@EXAMPLE.Org\n', 'user@example.org'],
  ['ÄÖ@Bücher.example', 'äö@xn--bcher-kva.example'],
  // U+0041 U+0308 composes to U+00C4 before it is lower-cased.
  ['A\u0308@example.org', 'ä@example.org'],
  // Lower-casing may decompose: U+0130 gives i and U+0307, which NFC leaves alone.
  ['\u0130@example.org', 'i\u0307@example.org'],
  // The last sigma of a word has a form of its own in the default mapping.
  ['ΟΔΟΣ@example.org', 'οδος@example.org'],
  ['user@faß.de', 'user@xn--fa-hia.de'],
  ['user@日本語。jp', 'user@xn--wgv71a119e.jp'],
  ['user@xn--bcher-kva.example', 'user@xn--bcher-kva.example'],
  ['user@localhost', 'user@localhost'],
  ['user@\u05d0\u05d11.\u0627\u0661', 'user@xn--1-zhcd.xn--mgb0j'],
  ['user@\u1e9e.de', 'user@xn--zca.de'],
  ['user@-a-.b--c', 'user@-a-.b--c'],
  // A URL would have made an IPv4 address of these.
  ['user@127.0.0.1', 'user@127.0.0.1'],
  ['user@127.1', 'user@127.1'],
  ['user@0x7f.1', 'user@0x7f.1'],
  ['user@a.256', 'user@a.256'],
  ['"a b"@example.org'.replace(' ', '.'), '"a.b"@example.org'],
])('%j becomes %j', (input, expected) => {
  expect(normaliseAddress(input)).toBe(expected);
});

test.each([
  '',
  '@',
  'user',
  'user@',
  '@example.org',
  'a@b@example.org',
  'a b@example.org',
  'a\u00a0b@example.org',
  'a\u2028b@example.org',
  'a\u0085b@example.org',
  'a\u0007b@example.org',
  'a\ud800b@example.org',
  'user@example\ud800.org',
  '\u00a0user@example.org',
  'user@example.org.',
  'user@.example.org',
  'user@example..org',
  'user@exa_mple.org',
  'user@exam ple.org',
  'user@exam\tple.org',
  'user@exam\nple.org',
  'user@ex%61mple.org',
  'user@exam／ple.org',
  'user@exam＃ple.org',
  'user@exam：80',
  'user@exam＿ple.org',
  'user@℀.org',
  'user@example.org/path',
  'user@example.org:80',
  'user@example.org?query',
  'user@example.org#fragment',
  'user@example.org\\path',
  'user@[::1]',
  'user@\u00ad',
  'user@\u200d.org',
  'user@\u05d0a.org',
  'user@a\u05d0.org',
  'user@\u05d0.1a',
  'user@xn--a-0hc.org',
  'user@\u05d01\u0661',
  'user@xn--abc-.org',
  'user@xn--a.org',
  'user@=\u0338.org',
  'user@xn--a\u00e4.org',
  'user@xn--\u0000.org',
  'user@xn--.org',
  `user@${'a'.repeat(64)}.org`,
  `${'a'.repeat(243)}@example.org`,
])('%j is refused', (input) => {
  expect(normaliseAddress(input)).toBeUndefined();
});

test('254 bytes are not too long', () => {
  const longest = `${'a'.repeat(242)}@example.org`;
  expect(normaliseAddress(longest)).toBe(longest);
});

describe('the domain', () => {
  const characters = fc.oneof(
    fc.constantFrom(...Array.from('abz-09.äßÄ日本Ωω\u0430\u0627\u05d0／．。＿％！\u0308\u200d')),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  );
  const domains = fc.array(characters, { minLength: 1, maxLength: 12 }).map((parts) => parts.join(''));

  const nodeSays = (input: string) => {
    const domain = input.replace(/[ \t\n\r]+$/, '');
    const ascii = domainToASCII(`${domain}.a`).replace(/\.a$/, '');
    // Node's function decodes %, takes what UseSTD3ASCIIRules refuses, and ends where a host ends.
    const foreign = Array.from(domain).some((char) => char < '\u0080' && !/[A-Za-z0-9.-]/.test(char));
    const labels = ascii.split('.').every((label) => /^[a-z0-9-]{1,63}$/.test(label));
    // Node has the tables of its own version of Unicode.
    return labels && !foreign && isKnownInDomain(domain) ? `a@${ascii}` : undefined;
  };

  test('is what domainToASCII of Node says', () => {
    // It leaves out parts of CheckBidi, and maps U+1E9E by an older table.
    const leftToRight = domains.filter(
      (domain) => !/[\u0590-\u08ff\u1e9e\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{1efff}]/u.test(domain),
    );
    fc.assert(
      fc.property(leftToRight, (domain) => {
        expect(normaliseAddress(`a@${domain}`)).toBe(nodeSays(domain));
      }),
      { numRuns: 3000 },
    );
  });

  test('from right to left is what domainToASCII of Node says, or is refused', () => {
    fc.assert(
      fc.property(domains, (domain) => {
        const address = normaliseAddress(`a@${domain}`);
        if (address !== undefined) expect(address).toBe(nodeSays(domain));
      }),
      { numRuns: 3000 },
    );
  });

  test('stays as it is when it is normalised again', () => {
    fc.assert(
      fc.property(domains, (domain) => {
        const address = normaliseAddress(`a@${domain}`);
        if (address !== undefined) expect(normaliseAddress(address)).toBe(address);
      }),
      { numRuns: 3000 },
    );
  });
});

test('the hash is SHA-256 of the normalised address', async () => {
  const address = normaliseAddress('User@Example.org');
  if (address === undefined) throw new Error('this is an address');
  expect(await hashAddress(address)).toEqual(bytesOf(oracle.sha256(Buffer.from('user@example.org'))));
});
