import type { Bytes } from '../bytes.js';
import type { PairingCode } from '../credentials/pairing-code.js';
import type { AccountId, SlotId } from '../ids.js';
import { Rejected } from '../rejected.js';
import type { Place } from '../sealing/associated-data.js';
import { openEnvelope, sealEnvelope } from '../sealing/envelope.js';
import { type Sealed, type WrappedKey, asWrappedKey, keyLength } from '../sealing/sealed.js';
import type { SealingKey } from '../sealing/sealing-key.js';
import { MasterKey } from './master-key.js';
import { type GrantedState, sealGrant } from './pairing-grant.js';
import { ScopedKeys } from './scoped-keys.js';
import type { PairingTranscript } from './pairing-transcript.js';
import { generateKey, unwrapKey } from './wrapped-key.js';

/** What a credential gives; wraps the master key (spec 3.5), or seals the scope record of an access key (3.12). */
export class WrappingKey {
  readonly #key: SealingKey;

  constructor(key: SealingKey) {
    this.#key = key;
  }

  /** For a new account: a random master key, and what its first slot stores. */
  async generateMasterKey(
    account: AccountId,
    slot: SlotId,
  ): Promise<{ readonly masterKey: MasterKey; readonly wrapped: WrappedKey }> {
    const { key, wrapped } = await generateKey(this.#key, masterKeyPlace(account, slot));
    return { masterKey: new MasterKey(account, key), wrapped };
  }

  /** Throws {@link Rejected}. */
  async unwrapMasterKey(account: AccountId, slot: SlotId, wrapped: WrappedKey): Promise<MasterKey> {
    return new MasterKey(account, await unwrapKey(this.#key, masterKeyPlace(account, slot), wrapped));
  }

  /**
   * Wraps the master key for another credential as well, from the slot of this one: the master key that a session holds
   * does not give its bytes back. Throws {@link Rejected}.
   */
  async wrapMasterKeyFor(
    other: WrappingKey,
    otherSlot: SlotId,
    account: AccountId,
    slot: SlotId,
    wrapped: WrappedKey,
  ): Promise<WrappedKey> {
    const bytes = await openEnvelope(this.#key, masterKeyPlace(account, slot), wrapped);
    try {
      if (bytes.length !== keyLength) throw new Rejected('malformed');
      return asWrappedKey(await sealEnvelope(other.#key, masterKeyPlace(account, otherSlot), bytes));
    } finally {
      bytes.fill(0);
    }
  }

  /**
   * Seals the master key to a new device (spec 3.10), from the slot of the credential that the person has just proven: the
   * master key that a session holds does not give its bytes back. Throws {@link Rejected}.
   */
  async grantMasterKey(
    slot: SlotId,
    wrapped: WrappedKey,
    state: GrantedState,
    code: PairingCode,
    transcript: PairingTranscript,
  ): Promise<Bytes> {
    const bytes = await openEnvelope(this.#key, masterKeyPlace(transcript.exchange.account, slot), wrapped);
    try {
      if (bytes.length !== keyLength) throw new Rejected('malformed');
      return await sealGrant(bytes, state, code, transcript);
    } finally {
      bytes.fill(0);
    }
  }

  /** What a scoped access key opens in place of the master key (spec 3.12). Throws {@link Rejected}. */
  async openScope(account: AccountId, slot: SlotId, sealed: Sealed): Promise<ScopedKeys> {
    return ScopedKeys.decode(account, await openEnvelope(this.#key, scopePlace(account, slot), sealed));
  }

  close(): void {
    this.#key.close();
  }
}

function scopePlace(account: AccountId, slot: SlotId): Place {
  return { purpose: 'access-scope', account, item: slot, field: 'scope', version: 1 };
}

function masterKeyPlace(account: AccountId, slot: SlotId): Place {
  return { purpose: 'wrapped-master-key', account, item: slot, field: 'key', version: 1 };
}
