import { type Bytes, generateBytes, toHex } from '../bytes.js';
import { decodeBech32m, encodeBech32m } from '../credentials/bech32m.js';
import { SlotId } from '../ids.js';
import { deriveBytes, importDerivationKey } from '../sealing/derive.js';
import { type Credential, deriveCredential } from './credential.js';

const prefix = 'nescio-access-';
const keyLength = 32;
const slotIdLength = 16;

/** 256 random bits that a script or a service signs in with (spec 3.12). Its text is a secret to show once. */
export class AccessKey {
  readonly #key: Bytes;

  private constructor(key: Bytes) {
    this.#key = key;
  }

  static generate(): AccessKey {
    return new AccessKey(generateBytes(keyLength));
  }

  /** Reads exactly what {@link reveal} shows, with white space around it. Returns undefined for anything else. */
  static parse(input: string): AccessKey | undefined {
    const key = decodeBech32m(prefix, input.replace(/^[ \t\r\n]+/, '').replace(/[ \t\r\n]+$/, ''), keyLength);
    return key === undefined ? undefined : new AccessKey(key);
  }

  reveal(): string {
    return encodeBech32m(prefix, this.#key);
  }

  /** The key alone tells its slot. */
  async slot(): Promise<SlotId> {
    return SlotId.parse(toHex(await this.#slotId()));
  }

  async deriveCredential(): Promise<Credential> {
    return deriveCredential(await importDerivationKey(this.#key), 'access', await this.#slotId());
  }

  close(): void {
    this.#key.fill(0);
  }

  async #slotId(): Promise<Bytes> {
    const derived = await deriveBytes(await importDerivationKey(this.#key), 'access/slot-id');
    return derived.slice(0, slotIdLength);
  }
}
