import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '../src/bytes.js';
import { AccountId, ContainerId, ItemId } from '../src/ids.js';
import { Rejected } from '../src/rejected.js';
import { type Place, associatedData } from '../src/sealing/associated-data.js';
import { deriveBytes, importDerivationKey } from '../src/sealing/derive.js';
import {
  insecureSealEnvelopeWithSalt,
  maximumEnvelopeLength,
  openEnvelope,
  sealEnvelope,
} from '../src/sealing/envelope.js';
import * as oracle from './oracle.js';
import {
  bytesOf,
  contents,
  importKey,
  keyBytes,
  otherKeyBytes,
  patterned,
  place,
  rejectionOf,
  withBitFlipped,
} from './support.js';
import { craftTwoKeyEnvelope } from './two-key-envelope.js';

const salt = patterned(24, 3);

test('derivation is HKDF with empty salt over label, zero byte and context', async () => {
  const derived = await deriveBytes(await importDerivationKey(keyBytes), 'envelope/key', salt);
  expect(derived).toEqual(bytesOf(oracle.derive(keyBytes, 'envelope/key', salt)));
  expect(derived).toEqual(bytesOf(oracle.deriveWithHmac(keyBytes, 'envelope/key', salt)));
});

test('an envelope is what the spec says, to the byte', async () => {
  const key = await importKey();
  await fc.assert(
    fc.asyncProperty(contents(), async (content) => {
      const sealed = await insecureSealEnvelopeWithSalt(key, place, content, salt);
      expect(sealed).toEqual(bytesOf(oracle.sealEnvelope(keyBytes, place, content, salt)));
    }),
  );
});

test('what was sealed opens, and no two seals are alike', async () => {
  const key = await importKey();
  await fc.assert(
    fc.asyncProperty(contents(), async (content) => {
      const sealed = await sealEnvelope(key, place, content);
      expect(await openEnvelope(key, place, sealed)).toEqual(content);
      expect(await sealEnvelope(key, place, content)).not.toEqual(sealed);
    }),
  );
});

test('every flipped bit is rejected, and named after the part that it is in', async () => {
  const key = await importKey();
  const sealed = await sealEnvelope(key, place, utf8('content'));
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const reason = await rejectionOf(() => openEnvelope(key, place, withBitFlipped(sealed, bit)));
    expect(reason).toBe(bit < 8 ? 'unsupported-version' : bit < 33 * 8 ? 'wrong-key' : 'damaged');
  }
});

test('every length but its own is rejected', async () => {
  const key = await importKey();
  const sealed = await sealEnvelope(key, place, utf8('content'));
  for (let length = 0; length < sealed.length; length++) {
    expect(await rejectionOf(() => openEnvelope(key, place, sealed.slice(0, length)))).toBe('malformed');
  }
  for (const more of [1, 16, 64]) {
    const longer = bytesOf(Buffer.concat([sealed, Buffer.alloc(more)]));
    expect(await rejectionOf(() => openEnvelope(key, place, longer))).toBe('damaged');
  }
});

test('more than 1 MiB is refused on both sides', async () => {
  const key = await importKey();
  const huge = new Uint8Array(maximumEnvelopeLength + 1);
  huge.set(await sealEnvelope(key, place, utf8('content')));
  expect(await rejectionOf(() => openEnvelope(key, place, huge))).toBe('malformed');
  await expect(sealEnvelope(key, place, new Uint8Array(maximumEnvelopeLength))).rejects.toThrow(RangeError);
});

// H9
test('an envelope of another version is refused even if it would open', async () => {
  const key = await importKey();
  const sealed = await sealEnvelope(key, place, utf8('content'));
  for (let version = 0; version < 256; version++) {
    if (version === 1) continue;
    expect(await rejectionOf(() => openEnvelope(key, place, sealed.with(0, version)))).toBe('unsupported-version');
  }
});

// H10
test('there is one error, whatever the reason', async () => {
  const key = await importKey();
  const sealed = await sealEnvelope(key, place, utf8('content'));
  const attempts = [sealed.slice(1), sealed.with(0, 2), withBitFlipped(sealed, 8), withBitFlipped(sealed, 60 * 8)];
  const errors = await Promise.all(
    attempts.map((attempt) => openEnvelope(key, place, attempt).catch((error: unknown) => error as Rejected)),
  );
  const withoutStack = (error: unknown) => inspect(error).split('\n', 1)[0];
  expect(new Set(errors.map((error) => (error as Rejected).reason)).size).toBe(4);
  for (const error of errors) {
    expect(error).toBeInstanceOf(Rejected);
    expect(String(error)).toBe(String(errors[0]));
    expect(JSON.stringify(error)).toBe(JSON.stringify(errors[0]));
    expect(withoutStack(error)).toBe(withoutStack(errors[0]));
  }
});

// H15
describe('one ciphertext that GCM opens under two keys', () => {
  test('opens under the key that it commits to, and under no other', async () => {
    const crafted = craftTwoKeyEnvelope(keyBytes, otherKeyBytes, place);
    const first = await importKey(keyBytes);
    const second = await importKey(otherKeyBytes);
    await expect(openEnvelope(first, place, crafted.committedToFirst)).resolves.toBeInstanceOf(Uint8Array);
    await expect(openEnvelope(second, place, crafted.committedToSecond)).resolves.toBeInstanceOf(Uint8Array);
    // The same bytes but for the commitment, so GCM alone would let these through.
    expect(await rejectionOf(() => openEnvelope(second, place, crafted.committedToFirst))).toBe('wrong-key');
    expect(await rejectionOf(() => openEnvelope(first, place, crafted.committedToSecond))).toBe('wrong-key');
  });
});

// H5
describe('associated data', () => {
  const id = fc.constantFrom('00112233445566778899aabbccddeeff', 'ffeeddccbbaa99887766554433221100', '0'.repeat(32));
  const places: fc.Arbitrary<Place> = fc.record(
    {
      purpose: fc.constantFrom('item', 'metadata', 'manifest', ''),
      account: id.map((text) => AccountId.parse(text)),
      domain: fc.constantFrom('chats', 'apps', 'emails', 'embeds', 'profile'),
      container: id.map((text) => ContainerId.parse(text)),
      item: id.map((text) => ItemId.parse(text)),
      field: fc.constantFrom('content', 'metadata', 'item', ''),
      version: fc.constantFrom(0, 1, 2, 256, Number.MAX_SAFE_INTEGER),
    },
    { requiredKeys: ['purpose', 'account', 'field', 'version'] },
  );

  const spelled = ({ purpose, account, domain, container, item, field, version }: Place) =>
    JSON.stringify([purpose, account, domain ?? null, container ?? null, item ?? null, field, version]);

  test('is encoded as the spec says', () => {
    fc.assert(
      fc.property(places, (any) => {
        expect(associatedData(any)).toEqual(bytesOf(oracle.associatedData(any)));
      }),
    );
  });

  test('is never the same for two places', () => {
    fc.assert(
      fc.property(places, places, (a, b) => {
        fc.pre(spelled(a) !== spelled(b));
        expect(associatedData(a)).not.toEqual(associatedData(b));
      }),
      { numRuns: 2000 },
    );
  });

  test('makes any two sealed values that are swapped fail', async () => {
    const key = await importKey();
    await fc.assert(
      fc.asyncProperty(places, places, async (a, b) => {
        fc.pre(spelled(a) !== spelled(b));
        const sealed = await sealEnvelope(key, a, utf8('content'));
        expect(await rejectionOf(() => openEnvelope(key, b, sealed))).toBe('damaged');
      }),
      { numRuns: 500 },
    );
  });

  test('makes it fail when any two parts change places', async () => {
    const key = await importKey();
    const sealed = await sealEnvelope(key, place, utf8('content'));
    const swaps: readonly (readonly [keyof Place, keyof Place])[] = [
      ['purpose', 'domain'],
      ['purpose', 'field'],
      ['domain', 'field'],
      ['account', 'container'],
      ['account', 'item'],
      ['container', 'item'],
    ];
    for (const [a, b] of swaps) {
      const swapped = { ...place, [a]: place[b], [b]: place[a] };
      expect(await rejectionOf(() => openEnvelope(key, swapped, sealed))).toBe('damaged');
    }
  });

  test('makes it fail when a part moves to its empty neighbour', async () => {
    const key = await importKey();
    const { container, item, ...rest } = place;
    if (container === undefined || item === undefined) throw new Error('the place of the tests has both');
    const sealed = await sealEnvelope(key, { ...rest, container }, utf8('content'));
    const moved: Place = { ...rest, item: ItemId.parse(container) };
    expect(await rejectionOf(() => openEnvelope(key, moved, sealed))).toBe('damaged');
    const shifted: Place = { ...rest, container, purpose: 'ite', field: 'mcontent' };
    expect(await rejectionOf(() => openEnvelope(key, shifted, sealed))).toBe('damaged');
  });

  test('makes a change of any single part fail', async () => {
    const key = await importKey();
    const sealed = await sealEnvelope(key, place, utf8('content'));
    const changes: readonly Partial<Place>[] = [
      { purpose: 'metadata' },
      { account: AccountId.parse('ffeeddccbbaa99887766554433221100') },
      { domain: 'apps' },
      { container: ContainerId.parse('ffeeddccbbaa99887766554433221100') },
      { item: ItemId.parse('ffeeddccbbaa99887766554433221100') },
      { field: 'title' },
      { version: 8 },
    ];
    for (const change of changes) {
      expect(await rejectionOf(() => openEnvelope(key, { ...place, ...change }, sealed))).toBe('damaged');
    }
  });
});

test('a closed key does nothing any more', async () => {
  const key = await importKey();
  const sealed = await sealEnvelope(key, place, utf8('content'));
  key.close();
  await expect(openEnvelope(key, place, sealed)).rejects.toThrow('closed');
  await expect(sealEnvelope(key, place, utf8('content'))).rejects.toThrow('closed');
});
