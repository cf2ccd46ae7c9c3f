import { type ContainerList, decodeContainerList, encodeContainerList } from '../containers/container-list.js';
import type { AccountId, ContainerId } from '../ids.js';
import type { ContainerDomain, Place } from '../sealing/associated-data.js';
import { openEnvelope } from '../sealing/envelope.js';
import type { Sealed, WrappedKey } from '../sealing/sealed.js';
import type { SealingKey } from '../sealing/sealing-key.js';
import { ContainerKey } from './container-key.js';
import { generateKey, openKeys, sealContent, unwrapKey } from './wrapped-key.js';

/** Wraps the container keys of one domain and seals its container list (spec 4). */
export class DomainKey<D extends ContainerDomain> {
  readonly account: AccountId;
  readonly domain: D;
  readonly #key: SealingKey;

  constructor(account: AccountId, domain: D, key: SealingKey) {
    this.account = account;
    this.domain = domain;
    this.#key = key;
  }

  async generateContainerKey(
    container: ContainerId,
  ): Promise<{ readonly containerKey: ContainerKey<D>; readonly wrapped: WrappedKey }> {
    const { key, wrapped } = await generateKey(this.#key, this.#containerKeyPlace(container));
    return { containerKey: new ContainerKey(this.account, this.domain, container, key), wrapped };
  }

  /** `earlierKeys` as the server holds them, where there are any (spec 8.6). Throws {@link Rejected}. */
  async unwrapContainerKey(
    container: ContainerId,
    wrapped: WrappedKey,
    earlierKeys?: Sealed,
  ): Promise<ContainerKey<D>> {
    const key = await unwrapKey(this.#key, this.#containerKeyPlace(container), wrapped);
    const earlier =
      earlierKeys === undefined ? [] : await openKeys(key, this.#earlierKeysPlace(container), earlierKeys);
    return new ContainerKey(this.account, this.domain, container, key, earlier);
  }

  sealContainerList(list: ContainerList): Promise<Sealed> {
    return sealContent(this.#key, this.#listPlace(list.counter), encodeContainerList(list));
  }

  /** `counter` is the served one. Throws {@link Rejected}. */
  async openContainerList(counter: number, sealed: Sealed): Promise<ContainerList> {
    return decodeContainerList(counter, await openEnvelope(this.#key, this.#listPlace(counter), sealed));
  }

  close(): void {
    this.#key.close();
  }

  #containerKeyPlace(container: ContainerId): Place {
    return {
      purpose: 'container-key',
      account: this.account,
      domain: this.domain,
      container,
      field: 'key',
      version: 1,
    };
  }

  #earlierKeysPlace(container: ContainerId): Place {
    return { ...this.#containerKeyPlace(container), purpose: 'earlier-keys', field: 'keys' };
  }

  #listPlace(counter: number): Place {
    return { purpose: 'container-list', account: this.account, domain: this.domain, field: 'list', version: counter };
  }
}

export type ChatsKey = DomainKey<'chats'>;
export type AppsKey = DomainKey<'apps'>;
export type EmailsKey = DomainKey<'emails'>;
export type EmbedsKey = DomainKey<'embeds'>;
