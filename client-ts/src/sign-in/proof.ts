import type { Bytes } from '../bytes.js';
import type { PairingCode } from '../credentials/pairing-code.js';
import type { AccountId, SlotId } from '../ids.js';
import type { GrantedState } from '../keys/pairing-grant.js';
import type { PairingTranscript } from '../keys/pairing-transcript.js';
import type { WrappingKey } from '../keys/wrapping-key.js';
import type { WrappedKey } from '../sealing/sealed.js';

/** A minute less than at the server, so that what depends on it arrives in time (spec 10.9). */
const lasts = 4 * 60_000;

/** A slot of the account with the wrapped master key that its sign-in brought. */
export interface Opening {
  readonly account: AccountId;
  readonly slot: SlotId;
  readonly wrapped: WrappedKey;
}

/**
 * A device that was paired was given no wrapped master key, and so a credential that is proven on it opens nothing: it has to
 * sign in before it can hand the master key on.
 */
export class SignInNeeded extends Error {
  override readonly name = 'SignInNeeded';

  constructor() {
    super('This device has to sign in with this credential first: what it would open was not given to this device.');
  }
}

/**
 * A credential that was just proven (spec 10.9). It opens the master key from its slot once more, which the account that is
 * signed in cannot.
 */
export class Proof {
  readonly #wrappingKey: WrappingKey;
  readonly #opening: Opening | undefined;
  readonly #now: () => number;
  readonly #at: number;

  /** Made when the server has accepted the credential. */
  constructor(wrappingKey: WrappingKey, opening: Opening | undefined, now: () => number) {
    this.#wrappingKey = wrappingKey;
    this.#opening = opening;
    this.#now = now;
    this.#at = now();
  }

  /** This device knows it by itself: what the server says of it may be a lie. */
  get isFresh(): boolean {
    return this.#now() - this.#at < lasts;
  }

  /** Whether the two below can be done on this device, for this account. */
  opensMasterKeyOf(account: AccountId): boolean {
    return this.#opening?.account === account;
  }

  /** Throws {@link Rejected} and {@link SignInNeeded}. */
  wrapMasterKeyFor(other: WrappingKey, slot: SlotId): Promise<WrappedKey> {
    const own = this.#openingOrThrow();
    return this.#wrappingKey.wrapMasterKeyFor(other, slot, own.account, own.slot, own.wrapped);
  }

  /** Throws {@link Rejected} and {@link SignInNeeded}. */
  grantMasterKey(state: GrantedState, code: PairingCode, transcript: PairingTranscript): Promise<Bytes> {
    const own = this.#openingOrThrow();
    return this.#wrappingKey.grantMasterKey(own.slot, own.wrapped, state, code, transcript);
  }

  close(): void {
    this.#wrappingKey.close();
  }

  #openingOrThrow(): Opening {
    if (this.#opening === undefined) throw new SignInNeeded();
    return this.#opening;
  }
}
