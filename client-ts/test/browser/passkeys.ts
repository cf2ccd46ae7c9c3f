import {
  AccountId,
  type Bytes,
  type ContainerDomain,
  type MasterKey,
  RecoveryKey,
  type Slot,
  SlotId,
  type WrappedKey,
  asSealed,
  asWrappedKey,
  checkSlots,
  createPasskey,
  directoryOf,
  fromBase64Url,
  hashAddress,
  normaliseAddress,
  provePasskey,
  toBase64Url,
} from '../../src/index.js';

// What a page does with passkeys, on this package. The system tests run it in a real browser, against a real server.

interface ServedSlot {
  readonly id: string;
  readonly kind: string;
  readonly credentialId?: string;
  readonly wrappedMasterKey: string;
}

interface SessionOpened {
  readonly account: string;
  readonly slot: string;
  readonly slots: readonly ServedSlot[];
  readonly directory: { readonly counter: number; readonly sealed: string };
  readonly domainKeys: { readonly profile: string };
  readonly profile: { readonly version: number; readonly sealed: string };
}

async function post(path: string, body?: object): Promise<unknown> {
  const response = await fetch(path, {
    method: 'POST',
    ...(body !== undefined && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer;
}

function bytesOf(text: string): Bytes {
  const bytes = fromBase64Url(text);
  if (bytes === undefined) throw new Error('no base64url');
  return bytes;
}

async function challenge(): Promise<{ readonly challenge: Bytes; readonly rpId: string }> {
  const answer = (await post('/v1/passkeys/challenge')) as { readonly challenge: string; readonly rpId: string };
  return { challenge: bytesOf(answer.challenge), rpId: answer.rpId };
}

async function wrappedDomainKey(masterKey: MasterKey, domain: ContainerDomain): Promise<string> {
  return toBase64Url((await masterKey.generateDomainKey(domain)).wrapped);
}

/** Makes an account without a password. Returns its recovery key. */
async function signUp(typed: string): Promise<string> {
  const address = normaliseAddress(typed);
  if (address === undefined) throw new Error('no address');
  const account = AccountId.generate();
  const { credentialId, registration, credential } = await createPasskey(await challenge(), account, address, []);
  const passkey = { id: SlotId.generate(), kind: 'passkey' as const, credentialId };
  const { masterKey, wrapped } = await credential.wrappingKey.generateMasterKey(account, passkey.id);
  const recoveryKey = RecoveryKey.generate();
  const recoveryCredential = await recoveryKey.deriveCredential();
  const recovery = { id: await recoveryKey.slot(), kind: 'recovery' as const };
  const recoveryWrapped = await credential.wrappingKey.wrapMasterKeyFor(
    recoveryCredential.wrappingKey,
    recovery.id,
    account,
    passkey.id,
    wrapped,
  );
  const directory = await directoryOf(1, new Uint8Array(32), [
    { ...passkey, name: 'This browser', wrappedMasterKey: wrapped },
    { ...recovery, wrappedMasterKey: recoveryWrapped },
  ]);
  const { profileKey, wrapped: wrappedProfileKey } = await masterKey.generateProfileKey();
  const proofOf = (lookupHash: Bytes, wrappedMasterKey: WrappedKey): object => ({
    lookupHash: toBase64Url(lookupHash),
    wrappedMasterKey: toBase64Url(wrappedMasterKey),
  });
  await post('/v1/signup/passkey', {
    account,
    hashedEmail: toBase64Url(await hashAddress(address)),
    slot: { ...passkey, credentialId: toBase64Url(credentialId), ...proofOf(credential.lookupHash, wrapped) },
    registration,
    recovery: { ...recovery, ...proofOf(recoveryCredential.lookupHash, recoveryWrapped) },
    domainKeys: {
      chats: await wrappedDomainKey(masterKey, 'chats'),
      apps: await wrappedDomainKey(masterKey, 'apps'),
      emails: await wrappedDomainKey(masterKey, 'emails'),
      embeds: await wrappedDomainKey(masterKey, 'embeds'),
      profile: toBase64Url(wrappedProfileKey),
    },
    profile: toBase64Url(await profileKey.sealProfile(1, { address })),
    directory: toBase64Url(await masterKey.sealDirectory(directory)),
    transport: 'bearer',
    stay: false,
  });
  return recoveryKey.reveal().join('-');
}

function slotOf(served: ServedSlot): Slot {
  const id = SlotId.parse(served.id);
  const wrappedMasterKey = asWrappedKey(bytesOf(served.wrappedMasterKey));
  return served.credentialId === undefined
    ? { id, kind: 'recovery', wrappedMasterKey }
    : { id, kind: 'passkey', credentialId: bytesOf(served.credentialId), wrappedMasterKey };
}

/** Signs in with nothing but a passkey, and opens the account. Returns its address and what its passkeys are called. */
async function signIn(): Promise<{ readonly address: string; readonly passkeys: readonly string[] }> {
  const { assertion, credential } = await provePasskey(await challenge());
  const opened = (await post('/v1/signin/passkey', {
    passkey: assertion,
    lookupHash: toBase64Url(credential.lookupHash),
    transport: 'bearer',
    stay: false,
  })) as SessionOpened;
  const slots = opened.slots.map(slotOf);
  const own = slots.find(({ id }) => id === opened.slot);
  if (own === undefined || !('wrappedMasterKey' in own)) throw new Error('the slot that signed in is not there');
  const account = AccountId.parse(opened.account);
  const masterKey = await credential.wrappingKey.unwrapMasterKey(account, own.id, own.wrappedMasterKey);
  const directory = await masterKey.openDirectory(opened.directory.counter, asSealed(bytesOf(opened.directory.sealed)));
  await checkSlots(directory, slots);
  const profileKey = await masterKey.unwrapProfileKey(asWrappedKey(bytesOf(opened.domainKeys.profile)));
  const { address } = await profileKey.openProfile(opened.profile.version, asSealed(bytesOf(opened.profile.sealed)));
  return { address, passkeys: directory.slots.flatMap((slot) => (slot.kind === 'passkey' ? [slot.name] : [])) };
}

Object.assign(globalThis, { passkeys: { signUp, signIn } });
