import {
  AccountId,
  type Bytes,
  type ContainerDomain,
  type MasterKey,
  RecoveryKey,
  SlotId,
  type WrappedKey,
  createPasskey,
  directoryOf,
  fromBase64Url,
  hashAddress,
  normaliseAddress,
  toBase64Url,
} from '../../src/index.js';

// Signing up with a passkey in a page, on this package's keys. The system tests run it in a real browser, against a real server.

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
  const { pair, wrapped: privateKey } = await masterKey.generateKeyPair();
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
    keyPair: { publicKey: toBase64Url(pair.publicKey), privateKey: toBase64Url(privateKey) },
    profile: toBase64Url(await profileKey.sealProfile(1, { address })),
    directory: toBase64Url(await masterKey.sealDirectory(directory)),
    transport: 'bearer',
    stay: false,
  });
  return recoveryKey.reveal().join('-');
}

Object.assign(globalThis, { passkeys: { signUp } });
