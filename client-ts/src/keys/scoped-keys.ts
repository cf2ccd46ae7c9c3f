import { type Scope, decodeScopeRecord } from '../account/scope.js';
import type { Bytes } from '../bytes.js';
import type { AccountId } from '../ids.js';
import type { ContainerDomain } from '../sealing/associated-data.js';
import { SealingKey } from '../sealing/sealing-key.js';
import { DomainKey } from './domain-key.js';

/** The keys of some domains: all that a scoped access key opens (spec 3.12). No master key, no profile key. */
export class ScopedKeys {
  readonly account: AccountId;
  readonly scope: Scope;
  /** Undefined where the access key does not end by itself. */
  readonly expiresAt: number | undefined;
  readonly #keys: ReadonlyMap<ContainerDomain, DomainKey<ContainerDomain>>;

  private constructor(
    account: AccountId,
    scope: Scope,
    expiresAt: number | undefined,
    keys: ReadonlyMap<ContainerDomain, DomainKey<ContainerDomain>>,
  ) {
    this.account = account;
    this.scope = scope;
    this.expiresAt = expiresAt;
    this.#keys = keys;
  }

  /** `content` is the plaintext of a scope record, and is zeroed. Throws {@link Rejected}. */
  static async decode(account: AccountId, content: Bytes): Promise<ScopedKeys> {
    try {
      const { scope, expiresAt, keys } = decodeScopeRecord(content);
      const imported = new Map<ContainerDomain, DomainKey<ContainerDomain>>();
      for (const [domain, key] of keys) {
        imported.set(domain, new DomainKey(account, domain, await SealingKey.import(key)));
        key.fill(0);
      }
      return new ScopedKeys(account, scope, expiresAt, imported);
    } finally {
      content.fill(0);
    }
  }

  /** Undefined for a domain that is not in the scope. */
  domainKey<D extends ContainerDomain>(domain: D): DomainKey<D> | undefined {
    return this.#keys.get(domain) as DomainKey<D> | undefined;
  }

  close(): void {
    for (const key of this.#keys.values()) key.close();
  }
}
