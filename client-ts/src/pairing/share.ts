import { toBase64Url } from '../base64url.js';
import type { PairingShare } from '../keys/pairing-transcript.js';
import type { Answer } from '../network/answer.js';

export function shareIn(answer: Answer, name: string): PairingShare {
  const share = answer.object(name);
  return { publicKey: share.bytes('publicKey', 32), nonce: share.bytes('nonce', 32) };
}

export function sentShare({ publicKey, nonce }: PairingShare): object {
  return { publicKey: toBase64Url(publicKey), nonce: toBase64Url(nonce) };
}
