import { beforeAll, describe, expect, test } from 'vitest';
import {
  type ListedSlot,
  type NamedPasskeySlot,
  type PasswordSlot,
  type RecoverySlot,
  type Slot,
  type SlotDirectory,
  checkSlots,
  directoryOf,
  encodeDirectory,
} from '../src/account/slot-directory.js';
import { toBase64Url } from '../src/base64url.js';
import { type Bytes, utf8 } from '../src/bytes.js';
import { creationParameters } from '../src/credentials/argon2-parameters.js';
import { AccountId, SlotId } from '../src/ids.js';
import { MasterKey } from '../src/keys/master-key.js';
import type { Place } from '../src/sealing/associated-data.js';
import { sealEnvelope } from '../src/sealing/envelope.js';
import { type WrappedKey, asSealed, asWrappedKey } from '../src/sealing/sealed.js';
import * as oracle from './oracle.js';
import { bytesOf, importKey, patterned, rejectionOf, withBitFlipped } from './support.js';

const account = AccountId.generate();
type Served<P> = P & { readonly wrappedMasterKey: WrappedKey };
const slotOf = (seed: number): Served<PasswordSlot> => ({
  id: SlotId.generate(),
  kind: 'password',
  salt: patterned(16, seed),
  ...creationParameters,
  wrappedMasterKey: asWrappedKey(patterned(137, seed)),
});
const first = slotOf(1);
const second = slotOf(2);
const recovery: Served<RecoverySlot> = {
  id: SlotId.generate(),
  kind: 'recovery',
  wrappedMasterKey: asWrappedKey(patterned(137, 4)),
};
const passkey: Served<NamedPasskeySlot> = {
  id: SlotId.generate(),
  kind: 'passkey',
  credentialId: patterned(32, 5),
  name: 'Laptop',
  wrappedMasterKey: asWrappedKey(patterned(137, 5)),
};
const slots = [first, second];
const all: readonly ListedSlot[] = [...slots, recovery];

let masterKey: MasterKey;
let directory: SlotDirectory;
beforeAll(async () => {
  masterKey = new MasterKey(account, await importKey());
  directory = await directoryOf(3, patterned(32, 9), all);
});

test('is the JSON of the spec', () => {
  expect(JSON.parse(Buffer.from(encodeDirectory(directory)).toString())).toEqual({
    counter: 3,
    previous: toBase64Url(patterned(32, 9)),
    slots: [
      ...slots.map((slot) => ({
        id: slot.id,
        kind: 'password',
        salt: Buffer.from(slot.salt).toString('base64url'),
        memoryKiB: 65_536,
        passes: 3,
        lanes: 1,
        wrappedMasterKeyHash: oracle.sha256(slot.wrappedMasterKey).toString('base64url'),
      })),
      {
        id: recovery.id,
        kind: 'recovery',
        wrappedMasterKeyHash: oracle.sha256(recovery.wrappedMasterKey).toString('base64url'),
      },
    ],
  });
});

test('opens under its counter only', async () => {
  const sealed = await masterKey.sealDirectory(directory);
  expect(await masterKey.openDirectory(3, sealed)).toEqual(directory);
  expect(await rejectionOf(() => masterKey.openDirectory(2, sealed))).toBe('damaged');
  const stranger = new MasterKey(AccountId.generate(), await importKey());
  expect(await rejectionOf(() => stranger.openDirectory(3, sealed))).toBe('damaged');
});

// H1, H17
test('lists passkeys under names that the server does not serve', async () => {
  const named = await directoryOf(3, patterned(32, 9), [recovery, passkey]);
  const { name, ...served } = passkey;
  await checkSlots(named, [served, recovery]);
  const others: readonly Slot[][] = [
    [recovery],
    [recovery, { ...served, credentialId: patterned(32, 6) }],
    [recovery, { ...served, id: SlotId.generate() }],
    [recovery, { ...recovery, id: passkey.id }],
  ];
  for (const other of others) expect(await rejectionOf(() => checkSlots(named, other))).toBe('mismatch');
  const sealed = await masterKey.sealDirectory(named);
  expect((await masterKey.openDirectory(3, sealed)).slots[1]).toMatchObject({ kind: 'passkey', name });
});

describe('the served slots', () => {
  test('are accepted when they are those listed, in any order', async () => {
    await checkSlots(directory, all);
    await checkSlots(directory, all.toReversed());
  });

  const changes: readonly [string, readonly Slot[]][] = [
    ['dropped', [first, recovery]],
    ['all dropped', []],
    ['without the recovery key', [first, second]],
    ['with another recovery key', [...slots, { ...recovery, id: SlotId.generate() }]],
    ['with a recovery key that poses as a password', [...slots, { ...first, id: recovery.id }]],
    ['added', [...all, slotOf(3)]],
    ['repeated in place of another', [first, first, recovery]],
    ['repeated', [...all, first]],
    ['exchanged', [first, slotOf(2), recovery]],
    ['with the other salt', [first, { ...second, salt: first.salt }, recovery]],
    ['with a salt cut short', [first, { ...second, salt: second.salt.slice(1) }, recovery]],
    ['with less memory', [first, { ...second, memoryKiB: 65_535 }, recovery]],
    ['with more passes', [first, { ...second, passes: 4 }, recovery]],
    ['with more lanes', [first, { ...second, lanes: 2 }, recovery]],
    ['with the other wrapped key', [first, { ...second, wrappedMasterKey: first.wrappedMasterKey }, recovery]],
    [
      'with a bit flipped',
      [first, { ...second, wrappedMasterKey: asWrappedKey(withBitFlipped(second.wrappedMasterKey, 1)) }, recovery],
    ],
  ];
  test.each(changes)('are refused when one is %s', async (_, served) => {
    expect(await rejectionOf(() => checkSlots(directory, served))).toBe('mismatch');
  });
});

test('without slots matches no account', async () => {
  const none = await directoryOf(3, patterned(32, 9), []);
  expect(await rejectionOf(() => checkSlots(none, []))).toBe('mismatch');
});

describe('a directory that is not one', () => {
  const place: Place = { purpose: 'slot-directory', account, field: 'directory', version: 3 };
  const open = async (content: Bytes) => {
    const sealed = asSealed(await sealEnvelope(await importKey(), place, content));
    return masterKey.openDirectory(3, sealed);
  };
  const changed = (change: (json: Record<string, unknown>, slot: Record<string, unknown>) => void) => {
    const json = JSON.parse(Buffer.from(encodeDirectory(directory)).toString()) as Record<string, unknown>;
    change(json, (json['slots'] as Record<string, unknown>[])[1] ?? {});
    return utf8(JSON.stringify(json));
  };

  test('is rejected', async () => {
    const raw = Buffer.from(encodeDirectory(directory)).toString();
    const hostile = [
      utf8(raw.replace('{', '{"counter":3,')),
      utf8(raw.replace('"kind"', '"lanes":1,"kind"')),
      utf8(raw.replace('"kind"', '"\\u006canes":1,"kind"')),
      utf8(raw.replace('65536', '65536.0')),
      utf8(raw.replace('65536', '65536e0')),
      utf8(''),
      utf8('{'),
      utf8('null'),
      utf8('[]'),
      utf8('"text"'),
      bytesOf(Buffer.from([0x22, 0xff, 0x22])),
      changed((json) => (json['counter'] = 4)),
      changed((json) => (json['counter'] = '3')),
      changed((json) => (json['previous'] = 'AA')),
      changed((json) => (json['previous'] = 5)),
      changed((json) => (json['slots'] = {})),
      changed((json) => (json['slots'] = [5])),
      changed((_, slot) => (slot['id'] = 'A'.repeat(32))),
      changed((_, slot) => (slot['kind'] = 'recovery')),
      changed((_, slot) => (slot['salt'] = 'AA==')),
      changed((_, slot) => (slot['memoryKiB'] = '65536')),
      changed((_, slot) => (slot['passes'] = 3.5)),
      changed((_, slot) => delete slot['lanes']),
      changed((_, slot) => delete slot['wrappedMasterKeyHash']),
    ];
    for (const content of hostile) expect(await rejectionOf(() => open(content))).toBe('malformed');
  });

  test('may hold members of a newer client', async () => {
    expect(
      await open(
        changed((json, slot) => {
          json['later'] = 1;
          slot['later'] = ['1.5', 15, { counter: '"}{' }];
        }),
      ),
    ).toEqual(directory);
  });
});
