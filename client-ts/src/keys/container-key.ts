import type { Bytes } from '../bytes.js';
import { type Manifest, decodeManifest, encodeManifest } from '../containers/manifest.js';
import type { AccountId, ContainerId, ItemId } from '../ids.js';
import type { ContainerDomain, Place } from '../sealing/associated-data.js';
import { openEnvelope } from '../sealing/envelope.js';
import type { Sealed } from '../sealing/sealed.js';
import type { SealingKey } from '../sealing/sealing-key.js';
import { sealContent } from './wrapped-key.js';

/** Seals what one container holds: its metadata, its items, its manifest (spec 4, 8). */
export class ContainerKey<D extends ContainerDomain> {
  readonly account: AccountId;
  readonly domain: D;
  readonly container: ContainerId;
  readonly #key: SealingKey;

  constructor(account: AccountId, domain: D, container: ContainerId, key: SealingKey) {
    this.account = account;
    this.domain = domain;
    this.container = container;
    this.#key = key;
  }

  sealMetadata(version: number, content: Bytes): Promise<Sealed> {
    return sealContent(this.#key, this.#place('metadata', 'metadata', version), content);
  }

  /** Throws {@link Rejected}. */
  openMetadata(version: number, sealed: Sealed): Promise<Bytes> {
    return openEnvelope(this.#key, this.#place('metadata', 'metadata', version), sealed);
  }

  sealItem(item: ItemId, version: number, content: Bytes): Promise<Sealed> {
    return sealContent(this.#key, { ...this.#place('item', 'content', version), item }, content);
  }

  /** Throws {@link Rejected}. */
  openItem(item: ItemId, version: number, sealed: Sealed): Promise<Bytes> {
    return openEnvelope(this.#key, { ...this.#place('item', 'content', version), item }, sealed);
  }

  sealManifest(manifest: Manifest): Promise<Sealed> {
    return sealContent(this.#key, this.#place('manifest', 'manifest', manifest.counter), encodeManifest(manifest));
  }

  /** `counter` is the served one. Throws {@link Rejected}. */
  async openManifest(counter: number, sealed: Sealed): Promise<Manifest> {
    return decodeManifest(counter, await openEnvelope(this.#key, this.#place('manifest', 'manifest', counter), sealed));
  }

  close(): void {
    this.#key.close();
  }

  #place(purpose: string, field: string, version: number): Place {
    return { purpose, account: this.account, domain: this.domain, container: this.container, field, version };
  }
}

export type ChatKey = ContainerKey<'chats'>;
export type CollectionKey = ContainerKey<'apps'>;
export type MailboxKey = ContainerKey<'emails'>;
export type EmbedKey = ContainerKey<'embeds'>;
