import { directoryOf } from '../../src/account/slot-directory.js';
import { toBase64Url } from '../../src/base64url.js';
import type { Bytes } from '../../src/bytes.js';
import { encodeChatMessage, encodeChatMetadata } from '../../src/containers/chat-content.js';
import { containerListOf } from '../../src/containers/container-list.js';
import { manifestOf } from '../../src/containers/manifest.js';
import { AccountId, ContainerId, ItemId, SlotId } from '../../src/ids.js';
import type { ChatsKey } from '../../src/keys/domain-key.js';
import type { MasterKey } from '../../src/keys/master-key.js';
import { RecoveryKey } from '../../src/keys/recovery-key.js';
import { type Sealed, type WrappedKey, envelopeHash } from '../../src/sealing/sealed.js';
import { patterned } from '../support.js';

export type Json = Record<string, unknown>;

const noPrevious = new Uint8Array(32);

/** An account as a device would have made it, with one chat, in the shape in which a server serves it. */
export interface StandInAccount {
  readonly id: AccountId;
  readonly address: string;
  readonly recoveryKey: RecoveryKey;
  readonly lookupHash: string;
  readonly passkey: SlotId;
  /** What a sign-in is answered, without the session. */
  readonly served: Json;
  readonly containers: Json;
  readonly content: Json;
}

export async function standInAccount(address = 'ada@example.org'): Promise<StandInAccount> {
  const id = AccountId.generate();
  const recoveryKey = RecoveryKey.generate();
  const credential = await recoveryKey.deriveCredential();
  const slot = await recoveryKey.slot();
  const { masterKey, wrapped } = await credential.wrappingKey.generateMasterKey(id, slot);
  const passkey = { id: SlotId.generate(), kind: 'passkey' as const, credentialId: patterned(16) };
  const directory = await directoryOf(1, noPrevious, [
    { id: slot, kind: 'recovery', wrappedMasterKey: wrapped },
    { ...passkey, name: 'Laptop', wrappedMasterKey: wrapped },
  ]);
  const chats = await masterKey.generateDomainKey('chats');
  const profile = await masterKey.generateProfileKey();
  const pair = await masterKey.generateKeyPair();
  const inText = (bytes: Bytes): string => toBase64Url(bytes);
  return {
    id,
    address,
    recoveryKey,
    lookupHash: inText(credential.lookupHash),
    passkey: passkey.id,
    served: {
      account: id,
      slots: [
        { id: slot, kind: 'recovery', wrappedMasterKey: inText(wrapped) },
        { ...passkey, credentialId: inText(passkey.credentialId), wrappedMasterKey: inText(wrapped) },
      ],
      slot,
      directory: { counter: 1, sealed: inText(await masterKey.sealDirectory(directory)) },
      domainKeys: {
        chats: inText(chats.wrapped),
        apps: await domainKey(masterKey, 'apps'),
        emails: await domainKey(masterKey, 'emails'),
        embeds: await domainKey(masterKey, 'embeds'),
        profile: inText(profile.wrapped),
      },
      keyPair: { publicKey: inText(pair.pair.publicKey), privateKey: inText(pair.wrapped) },
      profile: { version: 1, sealed: inText(await profile.profileKey.sealProfile(1, { address })) },
    },
    ...(await chat(chats.domainKey)),
  };
}

async function domainKey(masterKey: MasterKey, domain: 'apps' | 'emails' | 'embeds'): Promise<string> {
  return toBase64Url((await masterKey.generateDomainKey(domain)).wrapped);
}

async function chat(domain: ChatsKey): Promise<{ readonly containers: Json; readonly content: Json }> {
  const id = ContainerId.generate();
  const { containerKey, wrapped } = await domain.generateContainerKey(id);
  const metadata = { version: 1, sealed: await containerKey.sealMetadata(1, encodeChatMetadata({ title: 'Plans' })) };
  const items = [];
  for (const text of ['hello', 'again']) {
    const item = ItemId.generate();
    const sealed = await containerKey.sealItem(item, 1, encodeChatMessage({ text, sentAt: 1_767_225_600_000 }));
    items.push({ id: item, version: 1, sealed });
  }
  const first = await containerKey.sealManifest(await manifestOf(1, noPrevious, metadata, []));
  const manifest = await manifestOf(2, await envelopeHash(first), metadata, items);
  const list = await containerListOf(1, noPrevious, [id]);
  const container = servedContainer(id, wrapped, metadata.sealed, await containerKey.sealManifest(manifest));
  return {
    containers: {
      list: { counter: 1, sealed: toBase64Url(await domain.sealContainerList(list)) },
      containers: [container],
      more: false,
    },
    content: {
      container,
      items: items.map((item, position) => ({
        ...item,
        sealed: toBase64Url(item.sealed),
        position,
        sequence: position + 2,
      })),
      more: false,
    },
  };
}

function servedContainer(id: ContainerId, wrapped: WrappedKey, metadata: Sealed, manifest: Sealed): Json {
  return {
    id,
    domain: 'chats',
    position: 0,
    sequence: 3,
    wrappedKey: toBase64Url(wrapped),
    metadata: { version: 1, sealed: toBase64Url(metadata) },
    manifest: { counter: 2, sealed: toBase64Url(manifest) },
    itemCount: 2,
  };
}
