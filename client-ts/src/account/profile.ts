import type { Bytes } from '../bytes.js';
import type { Address } from '../credentials/address.js';
import { Rejected } from '../rejected.js';
import { decodeJsonObject, encodeJson } from './sealed-json.js';

/** Spec 9.3. */
export interface Profile {
  readonly address: string;
}

export function encodeProfile(profile: Profile): Bytes {
  return encodeJson({ address: profile.address });
}

export function decodeProfile(content: Bytes): Profile {
  const { address } = decodeJsonObject(content);
  if (typeof address !== 'string') throw new Rejected('malformed');
  return { address };
}

/** Throws {@link Rejected} when the server answered with another account than the one whose address was typed. */
export function checkProfile(profile: Profile, typed: Address): void {
  if (profile.address !== typed) throw new Rejected('mismatch');
}
