import { type DeviceList, decodeDeviceList, encodeDeviceList } from '../account/device-list.js';
import { type Profile, decodeProfile, encodeProfile } from '../account/profile.js';
import type { AccountId } from '../ids.js';
import type { Place } from '../sealing/associated-data.js';
import { openEnvelope } from '../sealing/envelope.js';
import type { Sealed } from '../sealing/sealed.js';
import type { SealingKey } from '../sealing/sealing-key.js';
import { sealContent } from './wrapped-key.js';

/** Seals the profile and the device list (spec 4, 9.3, 9.4). */
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

  sealDevices(list: DeviceList): Promise<Sealed> {
    return sealContent(this.#key, this.#devicesPlace(list.counter), encodeDeviceList(list));
  }

  /** `counter` is the one that the server claims. Throws {@link Rejected}. */
  async openDevices(counter: number, sealed: Sealed): Promise<DeviceList> {
    return decodeDeviceList(counter, await openEnvelope(this.#key, this.#devicesPlace(counter), sealed));
  }

  close(): void {
    this.#key.close();
  }

  #place(version: number): Place {
    return { purpose: 'profile', account: this.account, domain: 'profile', field: 'profile', version };
  }

  #devicesPlace(counter: number): Place {
    return { purpose: 'device-list', account: this.account, domain: 'profile', field: 'devices', version: counter };
  }
}
