import type { Bytes } from '../bytes.js';
import { Rejected } from '../rejected.js';
import { type Place, associatedData } from './associated-data.js';
import { minimumPaddedLength, pad, unpad } from './padding.js';
import { type SealingKey, headerLength, tagLength } from './sealing-key.js';

/** Content bytes of every chunk but the last (spec 7). */
export const chunkContentLength = 65_536;
export const chunkLength = chunkContentLength + tagLength;
export const minimumFinalChunkLength = minimumPaddedLength + tagLength;
export const minimumStreamLength = headerLength + minimumFinalChunkLength;
export const maximumChunks = 2 ** 32;

/** Encrypts or decrypts the chunks of one stream. Each chunk stands alone, so that a reader can take any of them. */
export class ChunkCipher {
  readonly #aesKey: CryptoKey;
  readonly #associatedData: Bytes;

  private constructor(aesKey: CryptoKey, place: Place) {
    this.#aesKey = aesKey;
    this.#associatedData = associatedData(place);
  }

  static async create(key: SealingKey, place: Place, salt: Bytes, usage: 'encrypt' | 'decrypt'): Promise<ChunkCipher> {
    return new ChunkCipher(await key.deriveAesKey('stream', salt, usage), place);
  }

  /** Checks version and commitment before any chunk is touched (spec 7.1). */
  static forHeader(key: SealingKey, place: Place, header: Bytes): Promise<ChunkCipher> {
    key.checkHeader('stream', header);
    return ChunkCipher.create(key, place, header.slice(33, headerLength), 'decrypt');
  }

  async seal(index: number, content: Bytes): Promise<Bytes> {
    return new Uint8Array(await crypto.subtle.encrypt(this.#gcm(index, false), this.#aesKey, content));
  }

  async sealFinal(index: number, content: Bytes): Promise<Bytes> {
    return new Uint8Array(await crypto.subtle.encrypt(this.#gcm(index, true), this.#aesKey, pad(content)));
  }

  open(index: number, chunk: Bytes): Promise<Bytes> {
    return this.#decrypt(this.#gcm(index, false), chunk);
  }

  async openFinal(index: number, chunk: Bytes): Promise<Bytes> {
    return unpad(await this.#decrypt(this.#gcm(index, true), chunk));
  }

  async #decrypt(gcm: AesGcmParams, chunk: Bytes): Promise<Bytes> {
    try {
      return new Uint8Array(await crypto.subtle.decrypt(gcm, this.#aesKey, chunk));
    } catch {
      throw new Rejected('damaged');
    }
  }

  #gcm(index: number, final: boolean): AesGcmParams {
    if (index >= maximumChunks) throw new Rejected('malformed');
    // u88(index) ‖ final; an index fits into the last four of the eleven bytes.
    const nonce = new Uint8Array(12);
    new DataView(nonce.buffer).setUint32(7, index);
    nonce[11] = final ? 1 : 0;
    return { name: 'AES-GCM', iv: nonce, additionalData: this.#associatedData, tagLength: tagLength * 8 };
  }
}

/** Cuts whatever arrives into pieces of the sizes asked for, holding no more than it must. */
export class PieceBuffer {
  #parts: Bytes[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Takes a copy: the caller may reuse its memory. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#parts.push(Uint8Array.from(bytes));
    this.#length += bytes.length;
  }

  take(length: number): Bytes {
    const piece = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const part = this.#parts[0];
      if (part === undefined) throw new RangeError('more than there is');
      const used = part.subarray(0, length - filled);
      piece.set(used, filled);
      filled += used.length;
      if (used.length === part.length) this.#parts.shift();
      else this.#parts[0] = part.subarray(used.length);
    }
    this.#length -= length;
    return piece;
  }
}
