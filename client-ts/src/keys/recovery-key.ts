import { type Bytes, generateBytes, toHex } from '../bytes.js';
import { decodeBech32m, encodeBech32m } from '../credentials/bech32m.js';
import { SlotId } from '../ids.js';
import { deriveBytes, importDerivationKey } from '../sealing/derive.js';
import { type Credential, deriveCredential } from './credential.js';

const prefix = 'r';
const keyLength = 32;
const slotIdLength = 16;

/**
 * 256 random bits that open the account by themselves (spec 3.9). Its text is a secret to show once, never to log or
 * store.
 */
export class RecoveryKey {
  readonly #key: Bytes;

  private constructor(key: Bytes) {
    this.#key = key;
  }

  static generate(): RecoveryKey {
    return new RecoveryKey(generateBytes(keyLength));
  }

  /** Returns undefined for what is not a recovery key, such as one with a wrong or a swapped character. */
  static parse(input: string): RecoveryKey | undefined {
    // Only ASCII case is ignored: toLowerCase would turn U+212A into k.
    const text = input.replace(/[- \t\r\n]/g, '').replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    const key = decodeBech32m(prefix, text, keyLength);
    return key === undefined ? undefined : new RecoveryKey(key);
  }

  /** Fifteen groups of four characters. Asking for some of them again shows that they were written down. */
  reveal(): readonly string[] {
    return encodeBech32m(prefix, this.#key).toUpperCase().match(/.{4}/g) ?? [];
  }

  /** The key alone tells its slot. */
  async slot(): Promise<SlotId> {
    const derived = await deriveBytes(await importDerivationKey(this.#key), 'recovery/slot-id');
    return SlotId.parse(toHex(derived.slice(0, slotIdLength)));
  }

  async deriveCredential(): Promise<Credential> {
    const salt = (await deriveBytes(await importDerivationKey(this.#key), 'recovery/slot-id')).slice(0, slotIdLength);
    return deriveCredential(await importDerivationKey(this.#key), 'recovery', salt);
  }

  close(): void {
    this.#key.fill(0);
  }
}
