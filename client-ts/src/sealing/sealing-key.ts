import { type Bytes, constantTimeEqual } from '../bytes.js';
import { Rejected } from '../rejected.js';
import { deriveAesKey, deriveBytes, importDerivationKey } from './derive.js';

export type Format = 'envelope' | 'stream';

/** 32 bytes under which envelopes and streams are sealed. WebCrypto holds them and does not give them back. */
export class SealingKey {
  #key: CryptoKey | undefined;
  readonly #commitments: Readonly<Record<Format, Bytes>>;

  private constructor(key: CryptoKey, commitments: Readonly<Record<Format, Bytes>>) {
    this.#key = key;
    this.#commitments = commitments;
  }

  /** WebCrypto takes a copy: the caller zeroes its own. */
  static async import(bytes: Bytes): Promise<SealingKey> {
    if (bytes.length !== 32) throw new RangeError('a key is 32 bytes');
    const key = await importDerivationKey(bytes);
    const [envelope, stream] = await Promise.all([
      deriveBytes(key, 'envelope/commitment'),
      deriveBytes(key, 'stream/commitment'),
    ]);
    return new SealingKey(key, { envelope, stream });
  }

  /** Not secret: it stands at the front of every envelope or stream. */
  commitment(format: Format): Bytes {
    return this.#commitments[format].slice();
  }

  deriveAesKey(format: Format, salt: Bytes, usage: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
    if (this.#key === undefined) throw new Error('this key was closed');
    return deriveAesKey(this.#key, `${format}/key`, salt, usage);
  }

  /**
   * The version, then the commitment of a header, before any decryption (spec 5.1): a ciphertext that GCM opens under two
   * keys still commits to one.
   */
  checkHeader(format: Format, header: Bytes): void {
    if (header[0] !== formatVersion) throw new Rejected('unsupported-version');
    if (!this.isCommittedToBy(format, header)) throw new Rejected('wrong-key');
  }

  /** Whether the header names this key by its commitment, whatever else is wrong with it. */
  isCommittedToBy(format: Format, header: Bytes): boolean {
    return constantTimeEqual(header.subarray(1, 33), this.#commitments[format]);
  }

  /** WebCrypto cannot be told to zero a key; this lets go of it. */
  close(): void {
    this.#key = undefined;
  }
}

export const formatVersion = 0x01;
export const saltLength = 24;
/** Version, commitment, salt. */
export const headerLength = 1 + 32 + saltLength;
export const tagLength = 16;
