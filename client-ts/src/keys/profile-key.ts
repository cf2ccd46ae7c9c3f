import { type Profile, decodeProfile, encodeProfile } from '../account/profile.js';
import type { AccountId } from '../ids.js';
import type { Place } from '../sealing/associated-data.js';
import { openEnvelope } from '../sealing/envelope.js';
import type { Sealed } from '../sealing/sealed.js';
import type { SealingKey } from '../sealing/sealing-key.js';
import { sealContent } from './wrapped-key.js';

/** Seals the profile (spec 4, 9.3). */
export class ProfileKey {
  readonly account: AccountId;
  readonly #key: SealingKey;

  constructor(account: AccountId, key: SealingKey) {
    this.account = account;
    this.#key = key;
  }

  sealProfile(version: number, profile: Profile): Promise<Sealed> {
    return sealContent(this.#key, this.#place(version), encodeProfile(profile));
  }

  /** Throws {@link Rejected}. */
  async openProfile(version: number, sealed: Sealed): Promise<Profile> {
    return decodeProfile(await openEnvelope(this.#key, this.#place(version), sealed));
  }

  close(): void {
    this.#key.close();
  }

  #place(version: number): Place {
    return { purpose: 'profile', account: this.account, domain: 'profile', field: 'profile', version };
  }
}
