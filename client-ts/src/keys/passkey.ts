import { type Bytes, sha256, utf8 } from '../bytes.js';
import { importDerivationKey } from '../sealing/derive.js';
import { type Credential, deriveCredential } from './credential.js';

/** Of what an authenticator's PRF gives (spec 3.11). */
export const prfOutputLength = 32;

/** What an authenticator evaluates its PRF at (spec 3.11): the same for every account, so that no address is typed. */
export function passkeyPrfInput(rpId: string): Promise<Bytes> {
  return sha256(utf8(`nescio/v1/passkey-prf\0${rpId}`));
}

/** Derives what a passkey gives for its slot, and zeroes the PRF output (spec 3.11). */
export async function derivePasskeyCredential(prfOutput: Bytes, credentialId: Bytes): Promise<Credential> {
  try {
    if (prfOutput.length !== prfOutputLength) throw new RangeError('a PRF output has 32 bytes');
    return await deriveCredential(await importDerivationKey(prfOutput), 'passkey', credentialId);
  } finally {
    prfOutput.fill(0);
  }
}
