import { type Bytes, concat, utf8 } from '../bytes.js';

/** Every label of spec 2. */
export type Label =
  | 'password/argon2-salt'
  | 'password/wrapping-key'
  | 'password/lookup-secret'
  | 'backup-code'
  | 'recovery/slot-id'
  | 'recovery/wrapping-key'
  | 'recovery/lookup-secret'
  | 'pairing/id'
  | 'pairing/psk'
  | 'pairing/digits'
  | 'passkey/wrapping-key'
  | 'passkey/lookup-secret'
  | 'access/slot-id'
  | 'access/wrapping-key'
  | 'access/lookup-secret'
  | 'reset-code'
  | 'envelope/commitment'
  | 'envelope/key'
  | 'stream/commitment'
  | 'stream/key';

const empty = new Uint8Array();

function hkdf(label: string, context: Bytes): HkdfParams {
  // A label holds no zero byte, so (label, context) is read in one way only (spec 2).
  return { name: 'HKDF', hash: 'SHA-256', salt: empty, info: concat(utf8(`nescio/v1/${label}\0`), context) };
}

export function importDerivationKey(key: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', key, 'HKDF', false, ['deriveBits', 'deriveKey']);
}

export async function deriveBytes(key: CryptoKey, label: Label, context: Bytes = empty): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.deriveBits(hkdf(label, context), key, 256));
}

/** The AES key is made inside WebCrypto and its bytes never reach a script. */
export function deriveAesKey(
  key: CryptoKey,
  label: 'envelope/key' | 'stream/key',
  salt: Bytes,
  usage: 'encrypt' | 'decrypt',
): Promise<CryptoKey> {
  return crypto.subtle.deriveKey(hkdf(label, salt), key, { name: 'AES-GCM', length: 256 }, false, [usage]);
}
