import { type SlotDirectory, decodeDirectory, encodeDirectory } from '../account/slot-directory.js';
import { type Bytes, generateBytes, toHex } from '../bytes.js';
import type { AccountId } from '../ids.js';
import { Rejected } from '../rejected.js';
import type { ContainerDomain, Domain, Place } from '../sealing/associated-data.js';
import { openEnvelope, sealEnvelope } from '../sealing/envelope.js';
import { type Sealed, type WrappedKey, asWrappedKey } from '../sealing/sealed.js';
import type { SealingKey } from '../sealing/sealing-key.js';
import { AccountKeyPair, privateKeyLength } from './account-key-pair.js';
import { DomainKey } from './domain-key.js';
import { ProfileKey } from './profile-key.js';
import { generateKey, sealContent, unwrapKey } from './wrapped-key.js';

/** The one key of an account that the credentials unwrap; wraps the domain keys and seals the slot directory (spec 4). */
export class MasterKey {
  readonly account: AccountId;
  readonly #key: SealingKey;

  constructor(account: AccountId, key: SealingKey) {
    this.account = account;
    this.#key = key;
  }

  async generateDomainKey<D extends ContainerDomain>(
    domain: D,
  ): Promise<{ readonly domainKey: DomainKey<D>; readonly wrapped: WrappedKey }> {
    const { key, wrapped } = await generateKey(this.#key, this.#domainKeyPlace(domain));
    return { domainKey: new DomainKey(this.account, domain, key), wrapped };
  }

  /** Throws {@link Rejected}. */
  async unwrapDomainKey<D extends ContainerDomain>(domain: D, wrapped: WrappedKey): Promise<DomainKey<D>> {
    return new DomainKey(this.account, domain, await unwrapKey(this.#key, this.#domainKeyPlace(domain), wrapped));
  }

  async generateProfileKey(): Promise<{ readonly profileKey: ProfileKey; readonly wrapped: WrappedKey }> {
    const { key, wrapped } = await generateKey(this.#key, this.#domainKeyPlace('profile'));
    return { profileKey: new ProfileKey(this.account, key), wrapped };
  }

  /** Throws {@link Rejected}. */
  async unwrapProfileKey(wrapped: WrappedKey): Promise<ProfileKey> {
    return new ProfileKey(this.account, await unwrapKey(this.#key, this.#domainKeyPlace('profile'), wrapped));
  }

  async generateKeyPair(): Promise<{ readonly pair: AccountKeyPair; readonly wrapped: WrappedKey }> {
    const privateKey = generateBytes(privateKeyLength);
    try {
      const pair = await AccountKeyPair.import(this.account, privateKey);
      return { pair, wrapped: asWrappedKey(await sealEnvelope(this.#key, this.#keyPairPlace(), privateKey)) };
    } finally {
      privateKey.fill(0);
    }
  }

  /**
   * `publicKey` is the served one: where it is another than that of the private half, the server has replaced it (spec
   * 4.2). Throws {@link Rejected}.
   */
  async openKeyPair(publicKey: Bytes, wrapped: WrappedKey): Promise<AccountKeyPair> {
    const privateKey = await openEnvelope(this.#key, this.#keyPairPlace(), wrapped);
    try {
      const pair = await AccountKeyPair.import(this.account, privateKey);
      if (toHex(pair.publicKey) !== toHex(publicKey)) throw new Rejected('public-key-replaced');
      return pair;
    } finally {
      privateKey.fill(0);
    }
  }

  sealDirectory(directory: SlotDirectory): Promise<Sealed> {
    return sealContent(this.#key, this.#directoryPlace(directory.counter), encodeDirectory(directory));
  }

  /** `counter` is the served one. Throws {@link Rejected}. */
  async openDirectory(counter: number, sealed: Sealed): Promise<SlotDirectory> {
    return decodeDirectory(counter, await openEnvelope(this.#key, this.#directoryPlace(counter), sealed));
  }

  close(): void {
    this.#key.close();
  }

  #domainKeyPlace(domain: Domain): Place {
    return { purpose: 'domain-key', account: this.account, domain, field: 'key', version: 1 };
  }

  #keyPairPlace(): Place {
    return { purpose: 'account-key-pair', account: this.account, field: 'private-key', version: 1 };
  }

  #directoryPlace(counter: number): Place {
    return { purpose: 'slot-directory', account: this.account, field: 'directory', version: counter };
  }
}
