import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, utf8 } from '../src/bytes.js';
import { encodeChatMessage, encodeChatMetadata } from '../src/containers/chat-content.js';
import { checkContainers, containerListOf, encodeContainerList } from '../src/containers/container-list.js';
import { HighWaterMarks, type Sighting, sightingOf } from '../src/containers/high-water-marks.js';
import {
  type SealedItem,
  type SealedMetadata,
  checkContainer,
  encodeManifest,
  manifestOf,
} from '../src/containers/manifest.js';
import { merkleRoot } from '../src/containers/merkle.js';
import { AccountId, ContainerId, ItemId, idBytes } from '../src/ids.js';
import { ContainerKey } from '../src/keys/container-key.js';
import { DomainKey } from '../src/keys/domain-key.js';
import type { Place } from '../src/sealing/associated-data.js';
import { sealEnvelope } from '../src/sealing/envelope.js';
import { type Sealed, asSealed, envelopeHash } from '../src/sealing/sealed.js';
import * as oracle from './oracle.js';
import { bytesOf, importKey, patterned, rejectionOf } from './support.js';

const account = AccountId.generate();
const container = ContainerId.generate();
const zeros = new Uint8Array(32);
const entry = (id: Uint8Array, version: number, envelope: Uint8Array) => {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(version));
  return Buffer.concat([id, number, Buffer.from([0]), oracle.sha256(envelope)]);
};

let containerKey: ContainerKey<'chats'>;
let domainKey: DomainKey<'chats'>;
let metadata: SealedMetadata;
beforeAll(async () => {
  containerKey = new ContainerKey(account, 'chats', container, await importKey());
  domainKey = new DomainKey(account, 'chats', await importKey());
  metadata = { version: 4, sealed: await containerKey.sealMetadata(4, utf8('{}')) };
});

/** Items whose envelopes are made up: a manifest looks at hashes only. */
function itemsOf(count: number): SealedItem[] {
  return Array.from({ length: count }, (_, index) => ({
    id: ItemId.generate(),
    version: index + 1,
    sealed: asSealed(patterned(137, index)),
  }));
}

describe('the Merkle tree', () => {
  test('is that of RFC 9162 over pages of 64 entries', async () => {
    for (const count of [0, 1, 63, 64, 65, 128, 129, 192, 193, 320, 449]) {
      const entries = Array.from({ length: count }, (_, index) => patterned(57, index));
      const pages = Array.from({ length: Math.ceil(count / 64) }, (_, page) =>
        Buffer.concat(entries.slice(page * 64, (page + 1) * 64)),
      );
      expect(await merkleRoot(entries)).toEqual(bytesOf(oracle.merkleTreeHash(pages)));
    }
  });

  test('of nothing is SHA-256 of nothing', async () => {
    const known = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    expect(Buffer.from(await merkleRoot([])).toString('hex')).toBe(known);
  });
});

describe('a manifest', () => {
  test('is 121 bytes as the spec says', async () => {
    const items = itemsOf(65);
    const manifest = await manifestOf(9, patterned(32, 9), metadata, items);
    const entries = items.map((item) => entry(idBytes(item.id), item.version, item.sealed));
    const head = Buffer.alloc(17);
    head[0] = 1;
    head.writeBigUInt64BE(9n, 1);
    head.writeBigUInt64BE(65n, 9);
    const root = oracle.merkleTreeHash([Buffer.concat(entries.slice(0, 64)), Buffer.concat(entries.slice(64))]);
    const tail = Buffer.from([0, 0, 0, 0, 0, 0, 0, 4]);
    const expected = Buffer.concat([head, patterned(32, 9), root, tail, oracle.sha256(metadata.sealed)]);
    expect(encodeManifest(manifest)).toEqual(bytesOf(expected));
    expect(expected).toHaveLength(121);
    const sealed = await containerKey.sealManifest(manifest);
    expect(await containerKey.openManifest(9, sealed)).toEqual(manifest);
  });

  // H8, H11
  test('shows whatever was dropped, added, exchanged, replayed or changed', async () => {
    const items = itemsOf(130);
    const manifest = await manifestOf(1, zeros, metadata, items);
    await checkContainer(manifest, metadata, items);
    const older = { version: 3, sealed: await containerKey.sealMetadata(3, utf8('{}')) };
    const expectMismatch = async (served: readonly SealedItem[], servedMetadata = metadata) => {
      expect(await rejectionOf(() => checkContainer(manifest, servedMetadata, served))).toBe('mismatch');
    };
    await fc.assert(
      fc.asyncProperty(fc.nat(129), fc.nat(129), async (a, b) => {
        const [one, two] = [items[a], items[b]];
        if (one === undefined || two === undefined) throw new Error('both are there');
        await expectMismatch(items.toSpliced(a, 1));
        await expectMismatch(items.toSpliced(a, 0, one));
        await expectMismatch(items.with(a, { ...one, version: one.version + 1 }));
        await expectMismatch(items.with(a, { ...one, sealed: asSealed(patterned(137, 255)) }));
        await expectMismatch(items.with(a, { ...one, id: ItemId.generate() }));
        if (a !== b) await expectMismatch(items.with(a, two).with(b, one));
      }),
      { numRuns: 10 },
    );
    await expectMismatch([]);
    await expectMismatch([...items, ...itemsOf(1)]);
    await expectMismatch(items, older);
    await expectMismatch(items, { ...metadata, version: 5 });
    await expectMismatch(items, { ...metadata, sealed: older.sealed });
    const doubled = [...items.slice(0, 1), ...items];
    const says = await manifestOf(1, zeros, metadata, doubled);
    expect(await rejectionOf(() => checkContainer(says, metadata, doubled))).toBe('mismatch');
    const miscounted = { ...manifest, itemCount: 131 };
    expect(await rejectionOf(() => checkContainer(miscounted, metadata, items))).toBe('mismatch');
  });

  test('is refused unless it is one of the served counter', async () => {
    const manifest = await manifestOf(3, zeros, metadata, []);
    const place: Place = { purpose: 'manifest', account, domain: 'chats', container, field: 'manifest', version: 3 };
    const seal = async (content: Bytes) => asSealed(await sealEnvelope(await importKey(), place, content));
    const encoded = encodeManifest(manifest);
    const open = async (content: Bytes) => {
      const sealed = await seal(content);
      return rejectionOf(() => containerKey.openManifest(3, sealed));
    };
    await expect(containerKey.openManifest(3, await seal(encoded))).resolves.toEqual(manifest);
    expect(await open(encoded.with(8, 4))).toBe('malformed');
    expect(await open(encoded.with(0, 2))).toBe('unsupported-version');
    expect(await open(encoded.slice(0, -1))).toBe('malformed');
    expect(await open(bytesOf(Buffer.concat([encoded, Buffer.alloc(1)])))).toBe('malformed');
    expect(await open(encoded.with(9, 0x20))).toBe('malformed');
    const sealed = await containerKey.sealManifest(manifest);
    expect(await rejectionOf(() => containerKey.openManifest(2, sealed))).toBe('damaged');
  });
});

describe('a container list', () => {
  const ids = Array.from({ length: 70 }, () => ContainerId.generate());

  test('is 81 bytes as the spec says', async () => {
    const list = await containerListOf(2, patterned(32, 9), ids);
    const entries = ids.map((id) => Buffer.concat([idBytes(id), Buffer.from([0])]));
    const root = oracle.merkleTreeHash([Buffer.concat(entries.slice(0, 64)), Buffer.concat(entries.slice(64))]);
    const head = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 70]);
    expect(encodeContainerList(list)).toEqual(bytesOf(Buffer.concat([head, patterned(32, 9), root])));
    const sealed = await domainKey.sealContainerList(list);
    expect(sealed).toHaveLength(57 + 88 + 16);
    expect(await domainKey.openContainerList(2, sealed)).toEqual(list);
    expect(await rejectionOf(() => domainKey.openContainerList(3, sealed))).toBe('damaged');
  });

  // H8, H11
  test('shows a container that is missing, invented or out of order', async () => {
    const list = await containerListOf(2, zeros, ids);
    await checkContainers(list, ids);
    await checkContainers(null, []);
    const served = [
      ids.slice(1),
      ids.slice(0, -1),
      [...ids, ContainerId.generate()],
      ids.with(3, ContainerId.generate()),
      ids.toReversed(),
      [],
    ];
    for (const each of served) expect(await rejectionOf(() => checkContainers(list, each))).toBe('mismatch');
    expect(await rejectionOf(() => checkContainers(null, ids))).toBe('mismatch');
    const doubled = [...ids, ...ids.slice(0, 1)];
    const says = await containerListOf(2, zeros, doubled);
    expect(await rejectionOf(() => checkContainers(says, doubled))).toBe('mismatch');
    expect(await rejectionOf(() => checkContainers({ ...list, containerCount: 71 }, ids))).toBe('mismatch');
  });
});

describe('the content of a chat', () => {
  test('is not written in a way that no device reads', () => {
    expect(() => encodeChatMetadata({ title: '\ud800' })).toThrow(RangeError);
    expect(() => encodeChatMessage({ text: 'a\udc00', sentAt: 7 })).toThrow(RangeError);
    for (const sentAt of [-1, 1.5, 2 ** 53]) expect(() => encodeChatMessage({ text: 'a', sentAt })).toThrow(RangeError);
  });
});

// H8
describe('high-water marks', () => {
  const subject = `manifest/${container}` as const;
  const history: { readonly sealed: Sealed; readonly sighting: Sighting }[] = [];

  beforeAll(async () => {
    let previous: Bytes = zeros;
    for (let counter = 1; counter <= 5; counter++) {
      const manifest = await manifestOf(counter, previous, metadata, []);
      const sealed = await containerKey.sealManifest(manifest);
      history.push({ sealed, sighting: await sightingOf(manifest, sealed) });
      previous = await envelopeHash(sealed);
    }
  });

  const seen = (counter: number): Sighting => {
    const found = history[counter - 1];
    if (found === undefined) throw new Error('no such counter');
    return found.sighting;
  };
  const marksAt = (counter: number) => {
    const marks = new HighWaterMarks();
    marks.advance(subject, seen(counter));
    return marks;
  };

  test('let the same, the next and a later one pass', () => {
    const marks = marksAt(2);
    for (const counter of [2, 3, 5]) {
      marks.advance(subject, seen(counter));
    }
    expect(marks.entries()).toEqual([[subject, { counter: 5, hash: seen(5).hash }]]);
  });

  test('name a rollback', async () => {
    const marks = marksAt(3);
    for (const counter of [1, 2]) {
      expect(
        await rejectionOf(() => {
          marks.check(subject, seen(counter));
        }),
      ).toBe('rollback');
      expect(
        await rejectionOf(() => {
          marks.advance(subject, seen(counter));
        }),
      ).toBe('rollback');
    }
    expect(
      await rejectionOf(() => {
        marks.checkAbsent(subject);
      }),
    ).toBe('rollback');
    expect(marks.entries()).toEqual([[subject, { counter: 3, hash: seen(3).hash }]]);
  });

  test('name a fork at the same counter and at the next', async () => {
    const marks = marksAt(3);
    const manifest = await manifestOf(3, seen(2).hash, metadata, []);
    const sameAgain = await sightingOf(manifest, await containerKey.sealManifest(manifest));
    expect(
      await rejectionOf(() => {
        marks.check(subject, sameAgain);
      }),
    ).toBe('fork');
    expect(
      await rejectionOf(() => {
        marks.check(subject, { ...seen(4), previous: sameAgain.hash });
      }),
    ).toBe('fork');
  });

  test('keep their subjects apart, and survive a restart', async () => {
    const marks = new HighWaterMarks(marksAt(3).entries());
    marks.check('directory', seen(1));
    marks.check(`manifest/${ContainerId.generate()}`, seen(1));
    marks.checkAbsent('list/apps');
    expect(
      await rejectionOf(() => {
        marks.check(subject, seen(2));
      }),
    ).toBe('rollback');
  });
});
