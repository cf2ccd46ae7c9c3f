import type { Bytes } from '../bytes.js';
import { type Manifest, decodeManifest, encodeManifest } from '../containers/manifest.js';
import type { AccountId, ContainerId, ItemId } from '../ids.js';
import type { ContainerDomain, Place } from '../sealing/associated-data.js';
import { openEnvelope } from '../sealing/envelope.js';
import type { Sealed } from '../sealing/sealed.js';
import type { SealingKey } from '../sealing/sealing-key.js';
import { sealContent } from './wrapped-key.js';

/**
 * Seals what one container holds: its metadata, its items, its manifest (spec 4, 8). After a rotation of the master key
 * the earlier keys open the metadata and the items that were sealed before, and nothing else (spec 8.6).
 */
export class ContainerKey<D extends ContainerDomain> {
  readonly account: AccountId;
  readonly domain: D;
  readonly container: ContainerId;
  readonly #key: SealingKey;
  readonly #earlier: readonly SealingKey[];

  constructor(
    account: AccountId,
    domain: D,
    container: ContainerId,
    key: SealingKey,
    earlier: readonly SealingKey[] = [],
  ) {
    this.account = account;
    this.domain = domain;
    this.container = container;
    this.#key = key;
    this.#earlier = earlier;
  }

  sealMetadata(version: number, content: Bytes): Promise<Sealed> {
    return sealContent(this.#key, this.#place('metadata', 'metadata', version), content);
  }

  /** Throws {@link Rejected}. */
  openMetadata(version: number, sealed: Sealed): Promise<Bytes> {
    return openEnvelope(this.#keyOf(sealed), this.#place('metadata', 'metadata', version), sealed);
  }

  sealItem(item: ItemId, version: number, content: Bytes): Promise<Sealed> {
    return sealContent(this.#key, { ...this.#place('item', 'content', version), item }, content);
  }

  /** Throws {@link Rejected}. */
  openItem(item: ItemId, version: number, sealed: Sealed): Promise<Bytes> {
    return openEnvelope(this.#keyOf(sealed), { ...this.#place('item', 'content', version), item }, sealed);
  }

  sealManifest(manifest: Manifest): Promise<Sealed> {
    return sealContent(this.#key, this.#place('manifest', 'manifest', manifest.counter), encodeManifest(manifest));
  }

  /** `counter` is the served one. Throws {@link Rejected}. */
  async openManifest(counter: number, sealed: Sealed): Promise<Manifest> {
    return decodeManifest(counter, await openEnvelope(this.#key, this.#place('manifest', 'manifest', counter), sealed));
  }

  close(): void {
    for (const key of [this.#key, ...this.#earlier]) key.close();
  }

  /** An envelope says by its commitment which key it was sealed under; the manifest says whether it belongs here. */
  #keyOf(sealed: Sealed): SealingKey {
    return this.#earlier.find((key) => key.isCommittedToBy('envelope', sealed)) ?? this.#key;
  }

  #place(purpose: string, field: string, version: number): Place {
    return { purpose, account: this.account, domain: this.domain, container: this.container, field, version };
  }
}

export type ChatKey = ContainerKey<'chats'>;
export type CollectionKey = ContainerKey<'apps'>;
export type MailboxKey = ContainerKey<'emails'>;
export type EmbedKey = ContainerKey<'embeds'>;
