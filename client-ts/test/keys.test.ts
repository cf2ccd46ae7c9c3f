import { inspect } from 'node:util';
import { beforeAll, describe, expect, expectTypeOf, test, vi } from 'vitest';
import { type ScopeRecord, encodeScopeRecord } from '../src/account/scope.js';
import { type Bytes, toHex, utf8 } from '../src/bytes.js';
import { normaliseAddress } from '../src/credentials/address.js';
import { creationParameters } from '../src/credentials/argon2-parameters.js';
import { BackupCode } from '../src/credentials/backup-code.js';
import { AccountId, ContainerId, ItemId, SlotId } from '../src/ids.js';
import * as client from '../src/index.js';
import type { ChatKey, MailboxKey } from '../src/keys/container-key.js';
import type { ChatsKey, EmailsKey } from '../src/keys/domain-key.js';
import type { MasterKey } from '../src/keys/master-key.js';
import { Password } from '../src/keys/password.js';
import { ScopedKeys } from '../src/keys/scoped-keys.js';
import { WrappingKey } from '../src/keys/wrapping-key.js';
import type { ContainerDomain, Place } from '../src/sealing/associated-data.js';
import { sealEnvelope } from '../src/sealing/envelope.js';
import { type Sealed, type WrappedKey, asSealed, asWrappedKey } from '../src/sealing/sealed.js';
import type { SealingKey } from '../src/sealing/sealing-key.js';
import * as oracle from './oracle.js';
import { bytesOf, importKey, keyBytes, patterned, rejectionOf, withBitFlipped } from './support.js';

const account = AccountId.generate();
const slot = SlotId.generate();
const container = ContainerId.generate();
const item = ItemId.generate();
const domains: readonly ContainerDomain[] = ['chats', 'apps', 'emails', 'embeds'];

let wrappingKey: WrappingKey;
beforeAll(async () => {
  wrappingKey = new WrappingKey(await importKey());
});

test('each key is wrapped in its place, as the table of section 4 says', async () => {
  const { masterKey, wrapped } = await wrappingKey.generateMasterKey(account, slot);
  expect((await wrappingKey.unwrapMasterKey(account, slot, wrapped)).account).toBe(account);
  for (const domain of domains) {
    const { domainKey, wrapped: wrappedDomainKey } = await masterKey.generateDomainKey(domain);
    expect((await masterKey.unwrapDomainKey(domain, wrappedDomainKey)).domain).toBe(domain);
    const { containerKey, wrapped: wrappedContainerKey } = await domainKey.generateContainerKey(container);
    const again = await domainKey.unwrapContainerKey(container, wrappedContainerKey);
    expect(again.container).toBe(container);
    const sealed = await containerKey.sealItem(item, 3, utf8('content'));
    expect(await again.openItem(item, 3, sealed)).toEqual(utf8('content'));
  }
});

test('one credential wraps the master key for another, in the other slot only', async () => {
  const { masterKey, wrapped } = await wrappingKey.generateMasterKey(account, slot);
  const other = new WrappingKey(await importKey(patterned(32, 9)));
  const otherSlot = SlotId.generate();
  const again = await wrappingKey.wrapMasterKeyFor(other, otherSlot, account, slot, wrapped);
  const { wrapped: domainKey } = await masterKey.generateDomainKey('chats');
  await (await other.unwrapMasterKey(account, otherSlot, again)).unwrapDomainKey('chats', domainKey);
  expect(await rejectionOf(() => other.unwrapMasterKey(account, slot, again))).toBe('damaged');
  expect(await rejectionOf(() => wrappingKey.unwrapMasterKey(account, otherSlot, again))).toBe('wrong-key');
  expect(await rejectionOf(() => other.wrapMasterKeyFor(other, otherSlot, account, slot, wrapped))).toBe('wrong-key');
});

test('the places of keys are those of the table of section 4, to the byte', async () => {
  const seal = (under: Bytes, place: Place, content: Bytes) =>
    bytesOf(oracle.sealEnvelope(under, place, content, patterned(24)));
  const [master, chats, chat] = [patterned(32, 11), patterned(32, 12), patterned(32, 13)];
  const wrap = (under: Bytes, place: Place, content: Bytes) => asWrappedKey(seal(under, place, content));
  const key = { account, field: 'key', version: 1 } as const;
  const masterKey = await wrappingKey.unwrapMasterKey(
    account,
    slot,
    wrap(keyBytes, { ...key, purpose: 'wrapped-master-key', item: slot }, master),
  );
  const domainKey = await masterKey.unwrapDomainKey(
    'chats',
    wrap(master, { ...key, purpose: 'domain-key', domain: 'chats' }, chats),
  );
  const containerKey = await domainKey.unwrapContainerKey(
    container,
    wrap(chats, { ...key, purpose: 'container-key', domain: 'chats', container }, chat),
  );
  const inContainer = { account, domain: 'chats', container } as const;
  const metadata = seal(chat, { ...inContainer, purpose: 'metadata', field: 'metadata', version: 2 }, utf8('m'));
  expect(await containerKey.openMetadata(2, asSealed(metadata))).toEqual(utf8('m'));
  const content = seal(chat, { ...inContainer, purpose: 'item', item, field: 'content', version: 5 }, utf8('i'));
  expect(await containerKey.openItem(item, 5, asSealed(content))).toEqual(utf8('i'));
  const profileKey = await masterKey.unwrapProfileKey(
    wrap(master, { ...key, purpose: 'domain-key', domain: 'profile' }, patterned(32, 14)),
  );
  const profile = seal(
    patterned(32, 14),
    { account, domain: 'profile', purpose: 'profile', field: 'profile', version: 4 },
    utf8('{"address":"a@b","since":1}'),
  );
  expect(await profileKey.openProfile(4, asSealed(profile))).toEqual({ address: 'a@b' });
});

// H7
test('every flipped bit of a wrapped key is rejected', async () => {
  const { wrapped } = await wrappingKey.generateMasterKey(account, slot);
  for (let bit = 0; bit < wrapped.length * 8; bit++) {
    const flipped = asWrappedKey(withBitFlipped(wrapped, bit));
    const reason = await rejectionOf(() => wrappingKey.unwrapMasterKey(account, slot, flipped));
    expect(reason).toBe(bit < 8 ? 'unsupported-version' : bit < 33 * 8 ? 'wrong-key' : 'damaged');
  }
});

// H4
test('a wrapped key of another length is refused, before and after it is opened', async () => {
  expect(await rejectionOf(() => asWrappedKey(new Uint8Array(136)))).toBe('malformed');
  expect(await rejectionOf(() => asWrappedKey(new Uint8Array(138)))).toBe('malformed');
  expect(await rejectionOf(() => asSealed(new Uint8Array(136)))).toBe('malformed');
  expect(await rejectionOf(() => asSealed(new Uint8Array(1024 * 1024 + 1)))).toBe('malformed');
  const place: Place = { purpose: 'wrapped-master-key', account, item: slot, field: 'key', version: 1 };
  for (const length of [0, 31, 33]) {
    const wrapped = asWrappedKey(await sealEnvelope(await importKey(), place, patterned(length)));
    expect(await rejectionOf(() => wrappingKey.unwrapMasterKey(account, slot, wrapped))).toBe('malformed');
  }
});

// H5
describe('what is swapped does not open', () => {
  let masterKey: MasterKey;
  let chatsKey: ChatsKey;
  let wrappedChats: WrappedKey;
  let chatKey: ChatKey;
  let wrappedChat: WrappedKey;

  beforeAll(async () => {
    ({ masterKey } = await wrappingKey.generateMasterKey(account, slot));
    ({ domainKey: chatsKey, wrapped: wrappedChats } = await masterKey.generateDomainKey('chats'));
    ({ containerKey: chatKey, wrapped: wrappedChat } = await chatsKey.generateContainerKey(container));
  });

  test('a master key in another slot or account', async () => {
    const { wrapped } = await wrappingKey.generateMasterKey(account, slot);
    const attempts = [
      () => wrappingKey.unwrapMasterKey(account, SlotId.generate(), wrapped),
      () => wrappingKey.unwrapMasterKey(AccountId.generate(), slot, wrapped),
    ];
    for (const attempt of attempts) expect(await rejectionOf(attempt)).toBe('damaged');
  });

  test('a scope record in another slot or account, or in the place of a master key', async () => {
    const content = encodeScopeRecord({
      scope: client.parseScope('chats:read'),
      expiresAt: undefined,
      keys: new Map([['chats', keyBytes]]),
    });
    const place: Place = { purpose: 'access-scope', account, item: slot, field: 'scope', version: 1 };
    const record = asSealed(await sealEnvelope(await importKey(), place, content));
    expect((await wrappingKey.openScope(account, slot, record)).account).toBe(account);
    const { wrapped } = await wrappingKey.generateMasterKey(account, slot);
    const attempts = [
      () => wrappingKey.openScope(account, SlotId.generate(), record),
      () => wrappingKey.openScope(AccountId.generate(), slot, record),
      () => wrappingKey.openScope(account, slot, asSealed(wrapped)),
    ];
    for (const attempt of attempts) expect(await rejectionOf(attempt)).toBe('damaged');
  });

  test('a domain key in another domain', async () => {
    for (const domain of ['apps', 'emails', 'embeds'] as const) {
      expect(await rejectionOf(() => masterKey.unwrapDomainKey(domain, wrappedChats))).toBe('damaged');
    }
    expect(await rejectionOf(() => masterKey.unwrapProfileKey(wrappedChats))).toBe('damaged');
  });

  test('a container key in another container', async () => {
    expect(await rejectionOf(() => chatsKey.unwrapContainerKey(ContainerId.generate(), wrappedChat))).toBe('damaged');
  });

  test('an item in the place of another, of another version, or of the metadata', async () => {
    const sealed = await chatKey.sealItem(item, 2, utf8('content'));
    const metadata = await chatKey.sealMetadata(2, utf8('content'));
    const attempts = [
      () => chatKey.openItem(ItemId.generate(), 2, sealed),
      () => chatKey.openItem(item, 1, sealed),
      () => chatKey.openItem(item, 3, sealed),
      () => chatKey.openMetadata(2, sealed),
      () => chatKey.openManifest(2, sealed),
      () => chatKey.openItem(item, 2, metadata),
      () => chatKey.openMetadata(1, metadata),
    ];
    for (const attempt of attempts) expect(await rejectionOf(attempt)).toBe('damaged');
  });

  test('anything under another key', async () => {
    const { containerKey: other } = await chatsKey.generateContainerKey(container);
    const sealed = await chatKey.sealItem(item, 1, utf8('content'));
    expect(await rejectionOf(() => other.openItem(item, 1, sealed))).toBe('wrong-key');
  });
});

test('a key of one purpose never fits where another is asked for', () => {
  expectTypeOf<ChatKey>().not.toExtend<MailboxKey>();
  expectTypeOf<MailboxKey>().not.toExtend<ChatKey>();
  expectTypeOf<ChatsKey>().not.toExtend<EmailsKey>();
  expectTypeOf<ChatsKey>().not.toExtend<ChatKey>();
  expectTypeOf<MasterKey>().not.toExtend<WrappingKey>();
  expectTypeOf<WrappingKey>().not.toExtend<MasterKey>();
  expectTypeOf<MasterKey>().not.toExtend<SealingKey>();
  expectTypeOf<WrappedKey>().not.toExtend<Sealed>();
  expectTypeOf<Sealed>().not.toExtend<WrappedKey>();
  expectTypeOf<Bytes>().not.toExtend<Sealed>();
  expectTypeOf<ContainerId>().not.toExtend<ItemId>();
  expectTypeOf<AccountId>().not.toExtend<ContainerId>();
});

test('the package hands out no constructor of a key', () => {
  // A recovery key is a credential that a person holds; like a password it is parsed or drawn.
  // A pairing key is drawn for one pairing and opens one grant.
  const keys = Object.keys(client).filter((name) => !['RecoveryKey', 'AccessKey', 'PairingKey'].includes(name));
  for (const name of keys) expect(name).not.toMatch(/^[A-Z].*Key$/);
});

test('nothing that holds a secret shows it', async () => {
  const password = Password.parse('correct horse battery');
  const code = BackupCode.parse('0123-4567-89AB-CDEF');
  if (password === undefined || code === undefined) throw new Error('these are a password and a code');
  const credential = await password.deriveCredential(
    patterned(32),
    { salt: patterned(16), ...creationParameters },
    undefined,
  );
  const { masterKey } = await wrappingKey.generateMasterKey(account, slot);
  const { domainKey } = await masterKey.generateDomainKey('chats');
  const { containerKey } = await domainKey.generateContainerKey(container);
  const { profileKey } = await masterKey.generateProfileKey();
  const record = { scope: client.parseScope('chats:read'), expiresAt: undefined, keys: new Map([['chats', keyBytes]]) };
  const content = encodeScopeRecord(record as ScopeRecord);
  const scopedKeys = await ScopedKeys.decode(account, content);
  expect(content.every((byte) => byte === 0)).toBe(true);
  const shown = [
    password,
    code,
    client.AccessKey.generate(),
    scopedKeys,
    credential.wrappingKey,
    masterKey,
    domainKey,
    containerKey,
    profileKey,
    await importKey(),
  ];
  const publicParts = [account, container, 'chats'];
  for (const secret of shown) {
    let text = `${inspect(secret, { showHidden: true, depth: 9 })} ${JSON.stringify(secret)} ${JSON.stringify(structuredCloneOf(secret))}`;
    for (const part of publicParts) text = text.replaceAll(part, '');
    expect(text).not.toMatch(/correct|horse|0123|89AB|[0-9a-f]{16}|\d+, \d+/i);
    expect(text).not.toContain(toHex(keyBytes));
  }
});

function structuredCloneOf(value: object): unknown {
  return structuredClone({ ...value });
}

test('the bytes of a key are zeroed once WebCrypto holds them', async () => {
  const imported = vi.spyOn(crypto.subtle, 'importKey');
  const { wrapped } = await wrappingKey.generateMasterKey(account, slot);
  await wrappingKey.unwrapMasterKey(account, slot, wrapped);
  const raw = imported.mock.calls.map(([, bytes]) => bytes as unknown as Uint8Array);
  const extractable = imported.mock.calls.map(([, , , flag]) => flag);
  imported.mockRestore();
  expect(raw).toHaveLength(2);
  for (const bytes of raw) expect(bytes.every((byte) => byte === 0)).toBe(true);
  expect(extractable).toEqual([false, false]);
});

test('the profile shows an exchanged account', async () => {
  const { masterKey } = await wrappingKey.generateMasterKey(account, slot);
  const { profileKey } = await masterKey.generateProfileKey();
  const [mine, other] = [normaliseAddress('me@example.org'), normaliseAddress('other@example.org')];
  if (mine === undefined || other === undefined) throw new Error('these are addresses');
  const sealed = await profileKey.sealProfile(1, { address: mine });
  const profile = await profileKey.openProfile(1, sealed);
  client.checkProfile(profile, mine);
  expect(
    await rejectionOf(() => {
      client.checkProfile(profile, other);
    }),
  ).toBe('mismatch');
  expect(await rejectionOf(() => profileKey.openProfile(2, sealed))).toBe('damaged');
});
