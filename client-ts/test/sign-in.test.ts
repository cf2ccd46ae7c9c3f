import { beforeEach, expect, test } from 'vitest';
import { toBase64Url } from '../src/base64url.js';
import { AccountId, ContainerId, SlotId } from '../src/ids.js';
import { RecoveryKey } from '../src/keys/recovery-key.js';
import { isRefused } from '../src/network/errors.js';
import type { RejectionReason } from '../src/rejected.js';
import type { Chat } from '../src/chats/chat.js';
import type { Account } from '../src/sign-in/account.js';
import { type DeviceMemory, Nescio } from '../src/sign-in/nescio.js';
import { SignInNeeded } from '../src/sign-in/proof.js';
import { type Json, standInAccount } from './stand-in/stand-in-account.js';
import { StandInServer, problem } from './stand-in/stand-in-server.js';
import { patterned, rejectionOf } from './support.js';

let server: StandInServer;
let memory: DeviceMemory;
let nescio: Nescio;

beforeEach(async () => {
  server = new StandInServer(await standInAccount());
  memory = new Map();
  nescio = new Nescio('http://localhost', { name: 'laptop', kind: 'test' }, memory, server.surroundings);
});

function signIn(): Promise<Account> {
  return nescio.signInWithRecoveryKey(server.account.recoveryKey);
}

async function onlyChat(account: Account): Promise<Chat> {
  const listed = await account.chats.list();
  const [first] = listed;
  if (listed.length !== 1 || first?.kind !== 'opened') throw new Error('there is one chat, and it opens');
  return first.chat;
}

test('a recovery key opens the account and its chats', async () => {
  const account = await signIn();
  expect(account.address).toBe('ada@example.org');
  const chat = await onlyChat(account);
  expect(chat.title).toBe('Plans');
  expect(await chat.read()).toMatchObject([{ text: 'hello' }, { text: 'again' }]);
  const subjects = memory
    .get(account.id)
    ?.entries()
    .map(([subject]) => subject);
  expect(subjects).toEqual(['directory', 'devices', 'log', 'list/chats', `manifest/${chat.id}`]);
});

test('another recovery key is refused', async () => {
  const refused = nescio.signInWithRecoveryKey(RecoveryKey.generate());
  await expect(refused).rejects.toSatisfy((error) => isRefused(error, 'sign-in-failed'));
});

/** A change of the answer to a sign-in, and why it is rejected. */
const lies: readonly [string, (answer: Json) => Json, RejectionReason][] = [
  ['another account', (answer) => ({ ...answer, account: AccountId.generate() }), 'damaged'],
  ['the slot of another credential', (answer) => ({ ...answer, slot: slotsOf(answer)[1]?.['id'] }), 'mismatch'],
  ['a slot that is not there', (answer) => ({ ...answer, slot: SlotId.generate() }), 'mismatch'],
  ['a slot twice', (answer) => ({ ...answer, slots: [...slotsOf(answer), slotsOf(answer)[0]] }), 'mismatch'],
  ['a slot left out', (answer) => ({ ...answer, slots: slotsOf(answer).slice(0, 1) }), 'mismatch'],
  ['another passkey', (answer) => withSlot(answer, 1, { credentialId: toBase64Url(patterned(16, 9)) }), 'mismatch'],
  [
    'another wrapped key in a slot',
    (answer) => withSlot(answer, 1, { wrappedMasterKey: (answer['domainKeys'] as Json)['chats'] }),
    'mismatch',
  ],
  ['a kind of slot that nobody knows', (answer) => withSlot(answer, 1, { kind: 'secret' }), 'malformed'],
  ['another counter of the directory', (answer) => withMember(answer, 'directory', { counter: 2 }), 'damaged'],
  ['a domain key in place of another', swappedKeys, 'damaged'],
  [
    'another public key',
    (answer) => withMember(answer, 'keyPair', { publicKey: toBase64Url(patterned(32, 9)) }),
    'public-key-replaced',
  ],
  ['no key pair', (answer) => ({ ...answer, keyPair: undefined }), 'malformed'],
  ['another version of the profile', (answer) => withMember(answer, 'profile', { version: 2 }), 'damaged'],
  ['no token', (answer) => ({ ...answer, token: undefined }), 'malformed'],
  ['a token that is none', (answer) => ({ ...answer, token: 'abc' }), 'malformed'],
];

function slotsOf(answer: Json): readonly Json[] {
  return answer['slots'] as readonly Json[];
}

function withSlot(answer: Json, at: number, change: Json): Json {
  return { ...answer, slots: slotsOf(answer).map((slot, index) => (index === at ? { ...slot, ...change } : slot)) };
}

function withMember(answer: Json, member: string, change: Json): Json {
  return { ...answer, [member]: { ...(answer[member] as Json), ...change } };
}

function swappedKeys(answer: Json): Json {
  const { chats, apps } = answer['domainKeys'] as Json;
  return withMember(answer, 'domainKeys', { chats: apps, apps: chats });
}

test.each(lies)('a sign-in that is answered with %s is rejected, and nothing more is sent', async (_, lie, reason) => {
  server.lie = (path, answer) => (path === '/v1/signin/key' ? lie(answer) : answer);
  expect(await rejectionOf(signIn)).toBe(reason);
  expect(server.asked).toEqual(['/v1/signin/key']);
});

test('an older directory than this device has seen is rejected', async () => {
  const account = await signIn();
  const before = server.account.served['directory'];
  await account.passkeys.rename(server.account.passkey, 'Old laptop');
  server.lie = (path, answer) => (path === '/v1/signin/key' ? { ...answer, directory: before } : answer);
  expect(await rejectionOf(signIn)).toBe('rollback');
});

test('a passkey is not asked for on behalf of another host', async () => {
  server.takeOver = () => Response.json({ challenge: toBase64Url(patterned(32)), rpId: 'example.org', expiresAt: 1 });
  expect(await rejectionOf(() => nescio.signInWithPasskey())).toBe('mismatch');
});

test('a proof renews the session first, and a token that was exchanged is not used again', async () => {
  const account = await signIn();
  const [proof, listed] = await Promise.all([account.prove(server.account.recoveryKey), account.chats.list()]);
  expect(proof.isFresh).toBe(true);
  expect(listed).toHaveLength(1);
  expect(server.asked).toContain('/v1/session/renew');
  expect(server.asked.indexOf('/v1/session/renew')).toBeLessThan(server.asked.indexOf('/v1/session/proof'));
  await expect(account.prove(RecoveryKey.generate())).rejects.toThrow('sign-in-failed');
});

test('what is asked for while the session is renewed waits for the next token', async () => {
  const account = await signIn();
  const [, listed, passkeys] = await Promise.all([account.renew(), account.chats.list(), account.passkeys.list()]);
  expect([listed.length, passkeys.length]).toEqual([1, 1]);
});

test('slots that are not those of the directory are rejected', async () => {
  const account = await signIn();
  server.lie = (path, answer) => (path === '/v1/account' ? { ...answer, slots: slotsOf(answer).slice(1) } : answer);
  expect(await rejectionOf(() => account.passkeys.list())).toBe('mismatch');
});

test('a name is given again where another device was faster, and is not the sealed one of another passkey', async () => {
  const [account, other] = [await signIn(), await signIn()];
  let isFirst = true;
  server.takeOver = async (path) => {
    if (path !== '/v1/directory' || !isFirst) return undefined;
    isFirst = false;
    await other.passkeys.rename(server.account.passkey, 'Theirs');
    return undefined;
  };
  await account.passkeys.rename(server.account.passkey, 'Mine');
  expect((await other.passkeys.list()).map(({ name }) => name)).toEqual(['Mine']);
  await expect(account.passkeys.rename(SlotId.generate(), 'Nobody')).rejects.toThrow(RangeError);
  await expect(account.passkeys.rename(server.account.passkey, '')).rejects.toThrow(RangeError);
});

test('a passkey whose copy was refused is named as such', async () => {
  const account = await signIn();
  server.lie = (path, answer) => (path === '/v1/account' ? withSlot(answer, 1, { cloneRefusedAt: 7 }) : answer);
  expect(await account.passkeys.list()).toMatchObject([{ name: 'Laptop', copyRefusedAt: 7 }]);
  server.lie = (path, answer) => (path === '/v1/account' ? withSlot(answer, 1, { cloneRefusedAt: 'x' }) : answer);
  expect(await rejectionOf(() => account.passkeys.list())).toBe('malformed');
  server.lie = (_, answer) => answer;
  await account.passkeys.rename(server.account.passkey, 'Mine');
  expect((await account.passkeys.list())[0]?.copyRefusedAt).toBeUndefined();
});

test('a proof of another account adds no passkey, which would open nothing', async () => {
  const account = await signIn();
  const elsewhere = new StandInServer(await standInAccount('eve@example.org'));
  const other = new Nescio('http://localhost', { name: 'laptop', kind: 'test' }, memory, elsewhere.surroundings);
  const { recoveryKey } = elsewhere.account;
  const proof = await (await other.signInWithRecoveryKey(recoveryKey)).prove(recoveryKey);
  await expect(account.passkeys.add('Key', proof)).rejects.toBeInstanceOf(SignInNeeded);
});

test('a sign-in that has cancelled a reset code says so', async () => {
  expect((await signIn()).isResetCancelled).toBe(false);
  server.lie = (path, answer) => (path === '/v1/signin/key' ? { ...answer, resetCancelled: true } : answer);
  expect((await signIn()).isResetCancelled).toBe(true);
});

test('what the server refuses of a change is an error of that name', async () => {
  const account = await signIn();
  server.takeOver = (path) => (path === '/v1/directory' ? problem(403, 'proof-required') : undefined);
  await expect(account.passkeys.rename(server.account.passkey, 'Mine')).rejects.toSatisfy((error) =>
    isRefused(error, 'proof-required'),
  );
});

test('signing out lets go of the keys, also where the session has ended', async () => {
  const account = await signIn();
  const chat = await onlyChat(account);
  await account.signOut();
  await account.signOut();
  chat.close();
  await expect(chat.read()).rejects.toThrow();
});

/** A change of what is answered on the way to the messages of a chat. */
const chatLies: readonly [string, string, (answer: Json) => Json, RejectionReason][] = [
  ['no list', 'containers', (answer) => ({ ...answer, list: null }), 'mismatch'],
  ['a chat left out', 'containers', (answer) => ({ ...answer, containers: [] }), 'mismatch'],
  ['a chat twice', 'containers', (answer) => ({ ...answer, containers: twice(answer['containers']) }), 'mismatch'],
  ['pages without end', 'containers', (answer) => ({ ...answer, more: true }), 'mismatch'],
  ['a chat of another domain', 'containers', (answer) => inFirst(answer, 'containers', { domain: 'apps' }), 'mismatch'],
  ['another chat', 'content', (answer) => withMember(answer, 'container', { id: ContainerId.generate() }), 'mismatch'],
  ['a message left out', 'content', (answer) => ({ ...answer, items: itemsOf(answer).slice(1) }), 'mismatch'],
  ['the last message left out', 'content', (answer) => ({ ...answer, items: itemsOf(answer).slice(0, 1) }), 'mismatch'],
  ['a message twice', 'content', (answer) => ({ ...answer, items: twice(itemsOf(answer)) }), 'mismatch'],
  ['another order', 'content', swappedItems, 'mismatch'],
  ['a position left out', 'content', (answer) => inFirst(answer, 'items', { position: 5 }), 'mismatch'],
  ['a last position too high', 'content', positionTooHigh, 'mismatch'],
  ['another version', 'content', (answer) => inFirst(answer, 'items', { version: 2 }), 'mismatch'],
  ['an empty page before more', 'content', (answer) => ({ ...answer, items: [], more: true }), 'malformed'],
  ['pages without progress', 'content', (answer) => ({ ...answer, more: true }), 'malformed'],
];

function itemsOf(answer: Json): readonly Json[] {
  return answer['items'] as readonly Json[];
}

function twice(list: unknown): unknown {
  return [...(list as Json[]), ...(list as Json[])];
}

function inFirst(answer: Json, member: string, change: Json): Json {
  const list = answer[member] as readonly Json[];
  return { ...answer, [member]: list.map((value, index) => (index === 0 ? { ...value, ...change } : value)) };
}

function positionTooHigh(answer: Json): Json {
  return { ...answer, items: itemsOf(answer).map((item, index) => ({ ...item, position: index * 7 })) };
}

function swappedItems(answer: Json): Json {
  return { ...answer, items: itemsOf(answer).map((item, index) => ({ ...item, position: 1 - index })) };
}

test.each(chatLies)('a chat that is served with %s is rejected', async (_, what, lie, reason) => {
  const account = await signIn();
  const prefix = what === 'containers' ? '/v1/domains/' : '/v1/containers/';
  server.lie = (path, answer) => (path.startsWith(prefix) ? lie(answer) : answer);
  const reading = async (): Promise<unknown> => (await onlyChat(account)).read();
  expect(await rejectionOf(reading)).toBe(reason);
});

test('a list that was there before and is not any more is a rollback', async () => {
  const account = await signIn();
  await account.chats.list();
  server.lie = (_, answer) => ({ ...answer, list: null, containers: [] });
  expect(await rejectionOf(() => account.chats.list())).toBe('rollback');
});

test('a chat whose key or title does not open is named, and keeps no other from being read', async () => {
  const account = await signIn();
  const [served] = server.account.containers['containers'] as readonly Json[];
  const changes: readonly [Json, RejectionReason][] = [
    [{ wrappedKey: (server.account.served['domainKeys'] as Json)['chats'] }, 'wrong-key'],
    [{ metadata: { ...(served?.['metadata'] as Json), version: 2 } }, 'mismatch'],
  ];
  for (const [change, reason] of changes) {
    server.lie = (path, answer) => (path.startsWith('/v1/domains/') ? inFirst(answer, 'containers', change) : answer);
    expect(await account.chats.list()).toMatchObject([{ kind: 'rejected', id: served?.['id'], reason }]);
  }
});
