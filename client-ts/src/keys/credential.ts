import { type Bytes, concat, sha256 } from '../bytes.js';
import { deriveBytes } from '../sealing/derive.js';
import { SealingKey } from '../sealing/sealing-key.js';
import { WrappingKey } from './wrapping-key.js';

/** What a password, a key or a passkey yields for one slot (spec 3.5, 3.9, 3.11, 3.12). */
export interface Credential {
  readonly wrappingKey: WrappingKey;
  /** The only part that is sent. */
  readonly lookupHash: Bytes;
}

/** `salt` keeps equal secrets of two slots apart. */
export async function deriveCredential(
  root: CryptoKey,
  kind: 'password' | 'recovery' | 'passkey' | 'access',
  salt: Bytes,
): Promise<Credential> {
  const [wrapping, lookupSecret] = await Promise.all([
    deriveBytes(root, `${kind}/wrapping-key`),
    deriveBytes(root, `${kind}/lookup-secret`),
  ]);
  const lookup = concat(lookupSecret, salt);
  try {
    return { wrappingKey: new WrappingKey(await SealingKey.import(wrapping)), lookupHash: await sha256(lookup) };
  } finally {
    for (const secret of [wrapping, lookupSecret, lookup]) secret.fill(0);
  }
}
