import { expect } from 'vitest';
import { type Device, type LogHead, decodeDeviceList, encodeDeviceList } from '../../src/account/device-list.js';
import { logEntryHash } from '../../src/account/log-entry.js';
import { parseScope } from '../../src/account/scope.js';
import { type DirectoryEntry, decodeDirectory, encodeDirectory } from '../../src/account/slot-directory.js';
import { type Bytes, concat, sha256, toHex, u64, utf8 } from '../../src/bytes.js';
import {
  decodeChatMessage,
  decodeChatMetadata,
  encodeChatMessage,
  encodeChatMetadata,
} from '../../src/containers/chat-content.js';
import { containerListOf, encodeContainerList } from '../../src/containers/container-list.js';
import { encodeManifest } from '../../src/containers/manifest.js';
import { merkleRoot } from '../../src/containers/merkle.js';
import { ContainerId, ItemId, SessionId, SlotId } from '../../src/ids.js';
import { AccountKeyPair } from '../../src/keys/account-key-pair.js';
import { ContainerKey } from '../../src/keys/container-key.js';
import { DomainKey } from '../../src/keys/domain-key.js';
import { MasterKey } from '../../src/keys/master-key.js';
import { ProfileKey } from '../../src/keys/profile-key.js';
import type { ContainerDomain, Place } from '../../src/sealing/associated-data.js';
import { insecureSealEnvelopeWithSalt, openEnvelope } from '../../src/sealing/envelope.js';
import { type Sealed, asSealed, asWrappedKey } from '../../src/sealing/sealed.js';
import { type VectorCase, bytesFrom } from './vector-case.js';
import { type VectorRun, unreadable } from './vector-run.js';

function sealedOf(vector: VectorCase): Sealed {
  return asSealed(vector.bytes('sealed'));
}

async function expectSealed(vector: VectorCase, keyName: string, place: Place, content: Bytes): Promise<void> {
  const again = await insecureSealEnvelopeWithSalt(await vector.key(keyName), place, content, vector.bytes('salt'));
  expect(toHex(again)).toBe(vector.text('sealed'));
}

async function merkle(vector: VectorCase): Promise<void> {
  const entries = vector.has('entries')
    ? vector.list('entries').map(bytesFrom)
    : await Promise.all(Array.from({ length: vector.number('countedEntries') }, (_, index) => countedEntry(index)));
  expect(await merkleRoot(entries)).toEqual(vector.bytes('root'));
}

async function countedEntry(index: number): Promise<Bytes> {
  const id = concat(new Uint8Array(8), u64(index));
  return concat(id, u64(index + 1), new Uint8Array([0]), await sha256(id));
}

async function manifest(vector: VectorCase): Promise<void> {
  const account = vector.account();
  const domain = vector.text('domain') as ContainerDomain;
  const container = ContainerId.parse(vector.text('container'));
  const counter = vector.number('counter');
  const key = new ContainerKey(account, domain, container, await vector.key('containerKey'));
  const opened = await key.openManifest(counter, sealedOf(vector));
  expect(opened).toEqual({
    counter,
    itemCount: vector.number('itemCount'),
    previous: vector.bytes('previous'),
    root: vector.bytes('root'),
    metadataVersion: vector.number('metadataVersion'),
    metadataHash: vector.bytes('metadataHash'),
  });
  expect(toHex(encodeManifest(opened))).toBe(vector.text('encoded'));
  const place: Place = { purpose: 'manifest', account, domain, container, field: 'manifest', version: counter };
  await expectSealed(vector, 'containerKey', place, encodeManifest(opened));
}

async function containerList(vector: VectorCase): Promise<void> {
  const account = vector.account();
  const domain = vector.text('domain') as ContainerDomain;
  const counter = vector.number('counter');
  const key = new DomainKey(account, domain, await vector.key('domainKey'));
  const opened = await key.openContainerList(counter, sealedOf(vector));
  const containers = vector.list('containers').map((id) => ContainerId.parse(id));
  expect(opened).toEqual(await containerListOf(counter, vector.bytes('previous'), containers));
  expect(opened.containerCount).toBe(vector.number('containerCount'));
  expect(opened.root).toEqual(vector.bytes('root'));
  expect(toHex(encodeContainerList(opened))).toBe(vector.text('encoded'));
  const place: Place = { purpose: 'container-list', account, domain, field: 'list', version: counter };
  await expectSealed(vector, 'domainKey', place, encodeContainerList(opened));
}

async function earlierKeys(vector: VectorCase): Promise<void> {
  const domain = new DomainKey(vector.account(), 'chats', await vector.key('domainKey'));
  const container = ContainerId.parse(vector.text('container'));
  const key = await domain.unwrapContainerKey(container, asWrappedKey(vector.bytes('wrapped')), sealedOf(vector));
  const item = ItemId.parse(vector.text('item'));
  const content = await key.openItem(item, 1, asSealed(vector.bytes('itemUnderTheOldest')));
  expect(toHex(content)).toBe(vector.text('itemContent'));
  const place: Place = {
    purpose: 'earlier-keys',
    account: vector.account(),
    domain: 'chats',
    container,
    field: 'keys',
    version: 1,
  };
  const again = await openEnvelope(await vector.key('containerKey'), place, sealedOf(vector));
  expect(toHex(again)).toBe(vector.list('earlierKeys').join(''));
}

async function slotDirectory(vector: VectorCase): Promise<void> {
  const account = vector.account();
  const counter = vector.number('counter');
  const key = new MasterKey(account, await vector.key('masterKey'));
  const opened = await key.openDirectory(counter, sealedOf(vector));
  expect(opened).toEqual({ counter, previous: vector.bytes('previous'), slots: vector.objects('slots').map(entryOf) });
  expect(decodeDirectory(counter, encodeDirectory(opened))).toEqual(opened);
  const place: Place = { purpose: 'slot-directory', account, field: 'directory', version: counter };
  await expectSealed(vector, 'masterKey', place, utf8(vector.text('plaintext')));
}

function entryOf(slot: VectorCase): DirectoryEntry {
  const id = SlotId.parse(slot.text('id'));
  const wrappedMasterKeyHash = slot.bytes('wrappedMasterKeyHash');
  if (slot.text('kind') === 'recovery') return { id, kind: 'recovery', wrappedMasterKeyHash };
  if (slot.text('kind') === 'passkey') {
    const [credentialId, name] = [slot.bytes('credentialId'), slot.text('name')];
    return { id, kind: 'passkey', credentialId, name, wrappedMasterKeyHash };
  }
  if (slot.text('kind') === 'access') {
    const expiresAt = slot.has('expiresAt') ? slot.number('expiresAt') : undefined;
    return {
      id,
      kind: 'access',
      scope: parseScope(slot.text('scope')),
      expiresAt,
      name: slot.text('name'),
      wrappedMasterKeyHash,
    };
  }
  expect(slot.text('kind')).toBe('password');
  return {
    id,
    kind: 'password',
    salt: slot.bytes('salt'),
    memoryKiB: slot.number('memoryKiB'),
    passes: slot.number('passes'),
    lanes: slot.number('lanes'),
    wrappedMasterKeyHash,
  };
}

async function profile(vector: VectorCase): Promise<void> {
  const account = vector.account();
  const version = vector.number('version');
  const key = new ProfileKey(account, await vector.key('profileKey'));
  expect(await key.openProfile(version, sealedOf(vector))).toEqual({ address: vector.text('address') });
  const place: Place = { purpose: 'profile', account, domain: 'profile', field: 'profile', version };
  await expectSealed(vector, 'profileKey', place, utf8(vector.text('plaintext')));
}

function chatContent(vector: VectorCase): void {
  const content = vector.bytes('content');
  if (vector.text('part') === 'metadata') {
    const metadata = decodeChatMetadata(content) ?? unreadable();
    expect(metadata).toEqual({ title: vector.text('title') });
    expect(decodeChatMetadata(encodeChatMetadata(metadata))).toEqual(metadata);
  } else {
    const message = decodeChatMessage(content) ?? unreadable();
    expect(message).toEqual({ text: vector.text('text'), sentAt: vector.number('sentAt') });
    expect(decodeChatMessage(encodeChatMessage(message))).toEqual(message);
  }
}

async function deviceList(vector: VectorCase): Promise<void> {
  const account = vector.account();
  const counter = vector.number('counter');
  const key = new ProfileKey(account, await vector.key('profileKey'));
  const opened = await key.openDevices(counter, sealedOf(vector));
  const devices = vector.objects('devices').map(deviceOf);
  expect(opened).toEqual({ counter, previous: vector.bytes('previous'), devices });
  expect(decodeDeviceList(counter, encodeDeviceList(opened))).toEqual(opened);
  const place: Place = { purpose: 'device-list', account, domain: 'profile', field: 'devices', version: counter };
  await expectSealed(vector, 'profileKey', place, utf8(vector.text('plaintext')));
}

async function logEntry(vector: VectorCase): Promise<void> {
  const hash = await logEntryHash(vector.account(), {
    number: vector.number('number'),
    previous: vector.bytes('previous'),
    time: vector.number('time'),
    kind: vector.text('kind'),
    ...(vector.isNull('session') ? {} : { session: SessionId.parse(vector.text('session')) }),
    ...(vector.isNull('other') ? {} : { other: SessionId.parse(vector.text('other')) }),
    ...(vector.isNull('slot') ? {} : { slot: SlotId.parse(vector.text('slot')) }),
  });
  expect(toHex(hash)).toBe(vector.text('hash'));
}

async function accountKeyPair(vector: VectorCase): Promise<void> {
  const account = vector.account();
  const masterKey = new MasterKey(account, await vector.key('masterKey'));
  const served = vector.error === undefined ? vector.bytes('publicKey') : new Uint8Array(32);
  const pair = await masterKey.openKeyPair(served, asWrappedKey(vector.bytes('sealed')));
  expect(pair.publicKey).toEqual(vector.bytes('publicKey'));
  const place: Place = { purpose: 'account-key-pair', account, field: 'private-key', version: 1 };
  await expectSealed(vector, 'masterKey', place, vector.bytes('privateKey'));
}

async function logNote(vector: VectorCase): Promise<void> {
  const pair = await AccountKeyPair.import(vector.account(), vector.bytes('privateKey'));
  expect(pair.publicKey).toEqual(vector.bytes('publicKey'));
  const note = await pair.openOriginNote(vector.number('number'), vector.bytes('sealed'));
  expect(note).toEqual({ saidByServer: vector.text('text') });
}

function deviceOf(device: VectorCase): Device {
  return {
    session: SessionId.parse(device.text('session')),
    name: device.text('name'),
    kind: device.text('kind'),
    since: device.number('since'),
    ...(device.has('log') && { log: logHeadOf(device.object('log')) }),
  };
}

function logHeadOf(log: VectorCase): LogHead {
  return { number: log.number('number'), hash: log.bytes('hash'), time: log.number('time') };
}

export const recordKinds: Readonly<Record<string, VectorRun>> = {
  'chat-content': chatContent,
  merkle,
  manifest,
  'container-list': containerList,
  'earlier-keys': earlierKeys,
  'slot-directory': slotDirectory,
  profile,
  'device-list': deviceList,
  'log-entry': logEntry,
  'account-key-pair': accountKeyPair,
  'log-note': logNote,
};
