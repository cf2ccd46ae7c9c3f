import { type Bytes, concat, generateBytes } from '../bytes.js';
import { Rejected } from '../rejected.js';
import { type Place, associatedData } from './associated-data.js';
import { minimumPaddedLength, pad, paddedLength, unpad } from './padding.js';
import { type SealingKey, formatVersion, headerLength, saltLength, tagLength } from './sealing-key.js';

export const minimumEnvelopeLength = headerLength + minimumPaddedLength + tagLength;
export const maximumEnvelopeLength = 1024 * 1024;

// Each envelope has an AES key of its own, so the nonce is used once per key (spec 5).
const zeroNonce = new Uint8Array(12);

export function envelopeLength(contentLength: number): number {
  return headerLength + paddedLength(contentLength) + tagLength;
}

export function sealEnvelope(key: SealingKey, place: Place, content: Bytes): Promise<Bytes> {
  return insecureSealEnvelopeWithSalt(key, place, content, generateBytes(saltLength));
}

/** For test vectors. Two contents under one salt give both away. */
export async function insecureSealEnvelopeWithSalt(
  key: SealingKey,
  place: Place,
  content: Bytes,
  salt: Bytes,
): Promise<Bytes> {
  if (envelopeLength(content.length) > maximumEnvelopeLength) throw new RangeError('too long for an envelope');
  const padded = pad(content);
  const aesKey = await key.deriveAesKey('envelope', salt, 'encrypt');
  const sealed = await crypto.subtle.encrypt(gcm(place), aesKey, padded);
  padded.fill(0);
  return concat(new Uint8Array([formatVersion]), key.commitment('envelope'), salt, new Uint8Array(sealed));
}

/** Throws {@link Rejected}. The order of the checks is that of spec 5.1. */
export async function openEnvelope(key: SealingKey, place: Place, envelope: Bytes): Promise<Bytes> {
  if (envelope.length < minimumEnvelopeLength || envelope.length > maximumEnvelopeLength) {
    throw new Rejected('malformed');
  }
  key.checkHeader('envelope', envelope);
  const aesKey = await key.deriveAesKey('envelope', envelope.slice(33, headerLength), 'decrypt');
  let padded: Bytes;
  try {
    padded = new Uint8Array(await crypto.subtle.decrypt(gcm(place), aesKey, envelope.subarray(headerLength)));
  } catch {
    throw new Rejected('damaged');
  }
  return unpad(padded);
}

function gcm(place: Place): AesGcmParams {
  return { name: 'AES-GCM', iv: zeroNonce, additionalData: associatedData(place), tagLength: tagLength * 8 };
}
