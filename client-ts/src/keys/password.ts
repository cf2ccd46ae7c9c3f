import { type Bytes, utf8 } from '../bytes.js';
import { type Credential, deriveCredential } from './credential.js';
import { Rejected } from '../rejected.js';
import { deriveBytes, importDerivationKey } from '../sealing/derive.js';
import {
  type PasswordParameters,
  type PinnedParameters,
  checkParameters,
  slotSaltLength,
} from '../credentials/argon2-parameters.js';
import { argon2id } from '../credentials/argon2id.js';
import { isKnown } from '../credentials/unicode.js';

const maximumLength = 1024;
const minimumCharacters = 10;

/** A normalised password (spec 3.3) in memory that can be zeroed. */
export class Password {
  readonly #bytes: Bytes;

  private constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  /** Returns undefined for what cannot be a password. */
  static parse(input: string): Password | undefined {
    const text = normalisePassword(input);
    return text === undefined ? undefined : new Password(utf8(text));
  }

  /** As {@link parse}, and refuses fewer than ten characters. */
  static create(input: string): Password | undefined {
    const text = normalisePassword(input);
    if (text === undefined || Array.from(text).length < minimumCharacters) return undefined;
    return new Password(utf8(text));
  }

  /**
   * Derives what this password gives for one slot (spec 3.4, 3.5). Throws {@link Rejected} before it computes anything when
   * the parameters are out of bounds or lower than those pinned.
   */
  async deriveCredential(
    hashedEmail: Bytes,
    slot: PasswordParameters,
    pinned: PinnedParameters | undefined,
  ): Promise<Credential> {
    checkParameters(slot, pinned);
    if (slot.salt.length !== slotSaltLength) throw new Rejected('malformed');
    // With the address in the salt, a server that hands one salt to everybody still attacks one account at a time.
    const argonSalt = await deriveBytes(await importDerivationKey(hashedEmail), 'password/argon2-salt', slot.salt);
    const root = await argon2id(this.#bytes, argonSalt, slot);
    try {
      return await deriveCredential(await importDerivationKey(root), 'password', slot.salt);
    } finally {
      root.fill(0);
    }
  }

  close(): void {
    this.#bytes.fill(0);
  }
}

/** Spec 3.3. Returns undefined for what cannot be a password. */
export function normalisePassword(input: string): string | undefined {
  if (!input.isWellFormed() || !isKnown(input) || /\p{Cc}/u.test(input)) return undefined;
  const text = input.replace(/\p{Zs}/gu, ' ').normalize('NFC');
  const length = utf8(text).length;
  return length >= 1 && length <= maximumLength ? text : undefined;
}
