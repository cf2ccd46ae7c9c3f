import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { type FromServer, decodeOriginNote, originNoteLength } from '../account/origin-note.js';
import { type Bytes, utf8 } from '../bytes.js';
import type { AccountId } from '../ids.js';
import { Rejected } from '../rejected.js';
import { associatedData } from '../sealing/associated-data.js';

export const privateKeyLength = 32;
const encapsulatedLength = 32;
const tagLength = 16;
const info = utf8('nescio/v1/to-account\0');

function suite(): CipherSuite {
  return new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
}

/** RFC 7748: a public key is the private one times the base point. */
async function publicKeyOf(privateKey: CryptoKey): Promise<Bytes> {
  const basePoint = await crypto.subtle.importKey('raw', Uint8Array.of(9, ...new Uint8Array(31)), 'X25519', true, []);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: 'X25519', public: basePoint }, privateKey, 256));
}

/** The account's X25519 key pair (spec 4.2). Anybody can seal to it: what a server has sealed is for reading alone. */
export class AccountKeyPair {
  readonly account: AccountId;
  readonly publicKey: Bytes;
  #key: CryptoKey | undefined;

  private constructor(account: AccountId, publicKey: Bytes, key: CryptoKey) {
    this.account = account;
    this.publicKey = publicKey;
    this.#key = key;
  }

  /** WebCrypto takes a copy: the caller zeroes its own. */
  static async import(account: AccountId, privateKey: Bytes): Promise<AccountKeyPair> {
    if (privateKey.length !== privateKeyLength) throw new Rejected('malformed');
    const key = await suite().kem.importKey('raw', privateKey.slice().buffer, false);
    return new AccountKeyPair(account, await publicKeyOf(key), key);
  }

  /** `number` is that of the log's entry beside which the note is stored (spec 9.6). Throws {@link Rejected}. */
  async openOriginNote(number: number, sealed: Bytes): Promise<FromServer> {
    if (this.#key === undefined) throw new Error('this key was closed');
    if (sealed.length !== encapsulatedLength + originNoteLength + tagLength) throw new Rejected('malformed');
    const place = associatedData({
      purpose: 'log-note',
      account: this.account,
      field: 'origin',
      version: number,
    });
    let note: Bytes;
    try {
      const recipient = await suite().createRecipientContext({
        recipientKey: this.#key,
        enc: sealed.slice(0, encapsulatedLength).buffer,
        info: info.slice().buffer,
      });
      note = new Uint8Array(await recipient.open(sealed.slice(encapsulatedLength).buffer, place.buffer));
    } catch {
      throw new Rejected('damaged');
    }
    return decodeOriginNote(note);
  }

  /** WebCrypto cannot be told to zero a key; this lets go of it. */
  close(): void {
    this.#key = undefined;
  }
}
