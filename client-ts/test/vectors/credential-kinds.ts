import { expect } from 'vitest';
import { decodeScopeRecord, encodeScopeRecord } from '../../src/account/scope.js';
import { toHex, utf8 } from '../../src/bytes.js';
import { type Address, hashAddress, normaliseAddress } from '../../src/credentials/address.js';
import { checkParameters } from '../../src/credentials/argon2-parameters.js';
import { argon2id } from '../../src/credentials/argon2id.js';
import { BackupCode } from '../../src/credentials/backup-code.js';
import { encodeCrockford } from '../../src/credentials/crockford.js';
import { PairingCode } from '../../src/credentials/pairing-code.js';
import { ResetCode } from '../../src/credentials/reset-code.js';
import { SlotId } from '../../src/ids.js';
import { AccessKey } from '../../src/keys/access-key.js';
import { PairingKey, sealGrant } from '../../src/keys/pairing-grant.js';
import { PairingTranscript, pairingCommitment } from '../../src/keys/pairing-transcript.js';
import { derivePasskeyCredential, passkeyPrfInput } from '../../src/keys/passkey.js';
import { Password, normalisePassword } from '../../src/keys/password.js';
import { RecoveryKey } from '../../src/keys/recovery-key.js';
import { WrappingKey } from '../../src/keys/wrapping-key.js';
import { type Label, deriveBytes, importDerivationKey } from '../../src/sealing/derive.js';
import { insecureSealEnvelopeWithSalt } from '../../src/sealing/envelope.js';
import { asSealed, asWrappedKey } from '../../src/sealing/sealed.js';
import { SealingKey } from '../../src/sealing/sealing-key.js';
import type { VectorCase } from './vector-case.js';
import { type VectorRun, refused } from './vector-run.js';

function addressOf(vector: VectorCase): Address {
  return normaliseAddress(vector.text('address')) ?? refused();
}

async function derive(vector: VectorCase): Promise<void> {
  const key = await importDerivationKey(vector.bytes('key'));
  const output = await deriveBytes(key, vector.text('label') as Label, vector.bytes('context'));
  expect(output).toEqual(vector.bytes('output'));
}

async function address(vector: VectorCase): Promise<void> {
  const normalised = normaliseAddress(vector.typed()) ?? refused();
  expect(normalised).toBe(vector.text('normalised'));
  expect(await hashAddress(normalised)).toEqual(vector.bytes('hashedEmail'));
}

function passwordText(vector: VectorCase): void {
  const text = normalisePassword(vector.typed()) ?? refused();
  expect(utf8(text)).toEqual(vector.bytes('utf8'));
  expect(Array.from(text)).toHaveLength(vector.number('characters'));
  expect(Password.create(vector.typed()) !== undefined).toBe(vector.number('characters') >= 10);
}

async function password(vector: VectorCase): Promise<void> {
  const typed = vector.text('typed');
  const hashedEmail = await hashAddress(addressOf(vector));
  expect(hashedEmail).toEqual(vector.bytes('hashedEmail'));
  const slot = {
    salt: vector.bytes('salt'),
    memoryKiB: vector.number('memoryKiB'),
    passes: vector.number('passes'),
    lanes: vector.number('lanes'),
  };
  const account = vector.account();
  const slotId = SlotId.parse(vector.text('slot'));
  const wrapped = vector.bytes('wrappedMasterKey');
  const credential = await (Password.parse(typed) ?? refused()).deriveCredential(hashedEmail, slot, undefined);
  await credential.wrappingKey.unwrapMasterKey(account, slotId, asWrappedKey(wrapped));
  expect(credential.lookupHash).toEqual(vector.bytes('lookupHash'));

  const argonSalt = await deriveBytes(await importDerivationKey(hashedEmail), 'password/argon2-salt', slot.salt);
  expect(argonSalt).toEqual(vector.bytes('argonSalt'));
  const root = await argon2id(utf8(normalisePassword(typed) ?? refused()), argonSalt, slot);
  expect(root).toEqual(vector.bytes('passwordRoot'));
  const rootKey = await importDerivationKey(root);
  expect(await deriveBytes(rootKey, 'password/wrapping-key')).toEqual(vector.bytes('wrappingKey'));
  expect(await deriveBytes(rootKey, 'password/lookup-secret')).toEqual(vector.bytes('lookupSecret'));
  const place = { purpose: 'wrapped-master-key', account, item: slotId, field: 'key', version: 1 };
  const wrappingKey = await SealingKey.import(vector.bytes('wrappingKey'));
  const again = await insecureSealEnvelopeWithSalt(
    wrappingKey,
    place,
    vector.bytes('masterKey'),
    vector.bytes('wrapSalt'),
  );
  expect(toHex(again)).toBe(toHex(wrapped));
}

function argon2Parameters(vector: VectorCase): void {
  const parameters = (fields: VectorCase) => ({
    memoryKiB: fields.number('memoryKiB'),
    passes: fields.number('passes'),
    lanes: fields.number('lanes'),
  });
  const pinned = vector.has('pinned') ? parameters(vector.object('pinned')) : undefined;
  checkParameters(parameters(vector.object('offered')), pinned);
}

async function backupCode(vector: VectorCase): Promise<void> {
  const code = BackupCode.parse(vector.typed()) ?? refused();
  expect(code.reveal()).toBe(vector.text('text'));
  const hashedEmail = await hashAddress(addressOf(vector));
  expect(await code.hash(hashedEmail)).toEqual(vector.bytes('hash'));
  const derived = await deriveBytes(await importDerivationKey(vector.bytes('code')), 'backup-code', hashedEmail);
  expect(derived).toEqual(vector.bytes('hash'));
}

async function recoveryKey(vector: VectorCase): Promise<void> {
  const key = RecoveryKey.parse(vector.typed()) ?? refused();
  expect(key.reveal().join('-')).toBe(vector.text('text'));
  expect(await key.slot()).toBe(vector.text('slot'));
  const derivation = await importDerivationKey(vector.bytes('key'));
  expect(await deriveBytes(derivation, 'recovery/wrapping-key')).toEqual(vector.bytes('wrappingKey'));
  expect(await deriveBytes(derivation, 'recovery/lookup-secret')).toEqual(vector.bytes('lookupSecret'));
  expect((await key.deriveCredential()).lookupHash).toEqual(vector.bytes('lookupHash'));
}

async function resetCode(vector: VectorCase): Promise<void> {
  const code = ResetCode.parse(vector.typed()) ?? refused();
  expect(code.reveal()).toBe(vector.text('text'));
  const hashedEmail = await hashAddress(addressOf(vector));
  expect(await code.hash(hashedEmail)).toEqual(vector.bytes('hash'));
  const derived = await deriveBytes(await importDerivationKey(vector.bytes('code')), 'reset-code', hashedEmail);
  expect(derived).toEqual(vector.bytes('hash'));
}

async function pairingCode(vector: VectorCase): Promise<void> {
  const code = PairingCode.parse(vector.typed()) ?? refused();
  expect(code.reveal()).toBe(vector.text('text'));
  expect(code.revealForQr()).toBe(vector.text('qr'));
  expect(await code.id()).toBe(vector.text('pairing'));
  expect(await code.derivePsk()).toEqual(vector.bytes('psk'));
  const derivation = await importDerivationKey(vector.bytes('code'));
  expect(await deriveBytes(derivation, 'pairing/psk')).toEqual(vector.bytes('psk'));
}

async function pairing(vector: VectorCase): Promise<void> {
  const code = PairingCode.parse(encodeCrockford(vector.bytes('code'))) ?? refused();
  const revealed = { publicKey: vector.bytes('publicKey'), nonce: vector.bytes('nonce') };
  expect(await pairingCommitment(revealed)).toEqual(vector.bytes('commitment'));
  const transcript = await PairingTranscript.of({
    pairing: await code.id(),
    commitment: vector.bytes('commitment'),
    answer: { publicKey: vector.bytes('answerPublicKey'), nonce: vector.bytes('answerNonce') },
    revealed,
    account: vector.account(),
  });
  expect(await transcript.keepsItsCommitment()).toBe(true);
  expect(transcript.hash()).toEqual(vector.bytes('transcript'));
  expect(transcript.digits).toBe(vector.text('digits'));
  const key = await PairingKey.insecureImport(vector.bytes('privateKey'), revealed);
  const { state } = await key.openGrant(vector.bytes('sealed'), code, transcript);
  expect(state).toEqual({
    directoryCounter: vector.number('directoryCounter'),
    directoryHash: vector.bytes('directoryHash'),
    address: vector.text('address'),
  });
  const again = await sealGrant(vector.bytes('masterKey'), state, code, transcript);
  expect((await key.openGrant(again, code, transcript)).state).toEqual(state);
}

async function passkey(vector: VectorCase): Promise<void> {
  expect(await passkeyPrfInput(vector.text('rpId'))).toEqual(vector.bytes('prfInput'));
  const derivation = await importDerivationKey(vector.bytes('prfOutput'));
  expect(await deriveBytes(derivation, 'passkey/wrapping-key')).toEqual(vector.bytes('wrappingKey'));
  expect(await deriveBytes(derivation, 'passkey/lookup-secret')).toEqual(vector.bytes('lookupSecret'));
  const credential = await derivePasskeyCredential(vector.bytes('prfOutput'), vector.bytes('credentialId'));
  expect(credential.lookupHash).toEqual(vector.bytes('lookupHash'));
}

async function accessKey(vector: VectorCase): Promise<void> {
  const key = AccessKey.parse(vector.typed()) ?? refused();
  expect(key.reveal()).toBe(vector.text('text'));
  expect(await key.slot()).toBe(vector.text('slot'));
  const derivation = await importDerivationKey(vector.bytes('key'));
  expect(await deriveBytes(derivation, 'access/wrapping-key')).toEqual(vector.bytes('wrappingKey'));
  expect(await deriveBytes(derivation, 'access/lookup-secret')).toEqual(vector.bytes('lookupSecret'));
  expect((await key.deriveCredential()).lookupHash).toEqual(vector.bytes('lookupHash'));
}

async function scopeRecord(vector: VectorCase): Promise<void> {
  const account = vector.account();
  const slot = SlotId.parse(vector.text('slot'));
  const derivation = await importDerivationKey(vector.bytes('accessKey'));
  const wrappingKey = await SealingKey.import(await deriveBytes(derivation, 'access/wrapping-key'));
  const opened = await new WrappingKey(wrappingKey).openScope(account, slot, asSealed(vector.bytes('sealed')));
  expect(opened.scope.text).toBe(vector.text('scope'));
  expect(opened.expiresAt).toBe(vector.has('expiresAt') ? vector.number('expiresAt') : undefined);
  const content = utf8(vector.text('plaintext'));
  const record = decodeScopeRecord(content);
  for (const domain of ['chats', 'apps', 'emails', 'embeds'] as const) {
    const inScope = vector.object('keys').has(domain);
    expect(opened.domainKey(domain) !== undefined).toBe(inScope);
    expect(record.keys.get(domain)).toEqual(inScope ? vector.object('keys').bytes(domain) : undefined);
  }
  expect(decodeScopeRecord(encodeScopeRecord(record))).toEqual(record);
  const place = { purpose: 'access-scope', account, item: slot, field: 'scope', version: 1 };
  const again = await insecureSealEnvelopeWithSalt(wrappingKey, place, content, vector.bytes('salt'));
  expect(toHex(again)).toBe(vector.text('sealed'));
}

export const credentialKinds: Readonly<Record<string, VectorRun>> = {
  derive,
  address,
  'password-text': passwordText,
  password,
  'argon2-parameters': argon2Parameters,
  'backup-code': backupCode,
  'recovery-key': recoveryKey,
  'reset-code': resetCode,
  'pairing-code': pairingCode,
  pairing,
  passkey,
  'access-key': accessKey,
  'scope-record': scopeRecord,
};
