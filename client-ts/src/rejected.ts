/**
 * Why something was rejected, for diagnosis on this device. It MUST NOT change what is sent afterwards (spec 5.1): a
 * server that could tell the reasons apart would learn about keys.
 *
 * - `malformed`: not the right shape, so nothing was tried
 * - `unsupported-version`: another format version than 1 (spec 1.6)
 * - `wrong-key`: the key commitment is that of another key
 * - `damaged`: authentication failed, or a stream ended early
 * - `weak-parameters`: Argon2id parameters outside of the bounds, or lower than those pinned (spec 3.4)
 * - `rollback`: older than what this device has seen (spec 8.5)
 * - `fork`: another history than the one that this device has seen (spec 8.5)
 * - `mismatch`: what was served is not what the sealed list, manifest, directory or profile says (spec 8.5, 9.2, 9.3)
 * - `public-key-replaced`: another public key was served than that of the account's private half (spec 4.2)
 */
export type RejectionReason =
  | 'malformed'
  | 'unsupported-version'
  | 'wrong-key'
  | 'damaged'
  | 'weak-parameters'
  | 'rollback'
  | 'fork'
  | 'mismatch'
  | 'public-key-replaced';

/** The one error for attack and corruption. Its text, stack frame type and JSON are the same whatever the reason. */
export class Rejected extends Error {
  override readonly name = 'Rejected';
  readonly #reason: RejectionReason;

  constructor(reason: RejectionReason) {
    super('rejected');
    this.#reason = reason;
  }

  get reason(): RejectionReason {
    return this.#reason;
  }
}
