import type { AccountId, SlotId } from '../ids.js';
import type { Place } from '../sealing/associated-data.js';
import type { WrappedKey } from '../sealing/sealed.js';
import type { SealingKey } from '../sealing/sealing-key.js';
import { MasterKey } from './master-key.js';
import { generateKey, unwrapKey } from './wrapped-key.js';

/** What a credential gives; wraps nothing but the master key (spec 3.5). */
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

  close(): void {
    this.#key.close();
  }
}

function masterKeyPlace(account: AccountId, slot: SlotId): Place {
  return { purpose: 'wrapped-master-key', account, item: slot, field: 'key', version: 1 };
}
