import { type Bytes, sha256 } from '../bytes.js';
import { Rejected } from '../rejected.js';
import { envelopeLength, maximumEnvelopeLength, minimumEnvelopeLength } from './envelope.js';

declare const form: unique symbol;

/** An envelope around a key (spec 4). */
export type WrappedKey = Bytes & { readonly [form]: 'wrapped-key' };

/** An envelope around content. */
export type Sealed = Bytes & { readonly [form]: 'sealed' };

export const keyLength = 32;

/** For bytes that a server handed out as a wrapped key. Throws {@link Rejected}. */
export function asWrappedKey(bytes: Bytes): WrappedKey {
  if (bytes.length !== envelopeLength(keyLength)) throw new Rejected('malformed');
  return bytes as WrappedKey;
}

/** For bytes that a server handed out as a sealed value. Throws {@link Rejected}. */
export function asSealed(bytes: Bytes): Sealed {
  if (bytes.length < minimumEnvelopeLength || bytes.length > maximumEnvelopeLength) throw new Rejected('malformed');
  return bytes as Sealed;
}

/** SHA-256 of the whole envelope, by which manifests, lists and directories name one another and what they hold. */
export function envelopeHash(envelope: WrappedKey | Sealed): Promise<Bytes> {
  return sha256(envelope);
}
