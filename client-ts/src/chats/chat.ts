import { constantTimeEqual } from '../bytes.js';
import { decodeChatMessage, decodeChatMetadata } from '../containers/chat-content.js';
import { type HighWaterMarks, sightingOf } from '../containers/high-water-marks.js';
import { type Manifest, checkContainer } from '../containers/manifest.js';
import type { ContainerId, ItemId } from '../ids.js';
import type { ChatKey } from '../keys/container-key.js';
import type { Session } from '../network/session.js';
import { Rejected } from '../rejected.js';
import { envelopeHash } from '../sealing/sealed.js';
import { type ServedContainer, type ServedItem, getItems } from './served-containers.js';

/** What stands in a chat. This version does not understand an `unreadable` one, which the server is not to blame for. */
export type ChatEntry =
  | { readonly kind: 'message'; readonly id: ItemId; readonly text: string; readonly sentAt: number }
  | { readonly kind: 'unreadable'; readonly id: ItemId };

/** A chat of the list, with what the list says of it checked (spec 8.5). */
export class Chat {
  readonly #session: Session;
  readonly #key: ChatKey;
  readonly #marks: HighWaterMarks;
  #title: string | undefined;

  private constructor(session: Session, key: ChatKey, marks: HighWaterMarks, title: string | undefined) {
    this.#session = session;
    this.#key = key;
    this.#marks = marks;
    this.#title = title;
  }

  /** Takes the key over. Throws {@link Rejected}. */
  static async listed(session: Session, key: ChatKey, marks: HighWaterMarks, served: ServedContainer): Promise<Chat> {
    const manifest = await openManifest(key, marks, served);
    const { version, sealed } = served.metadata;
    const isOfManifest =
      version === manifest.metadataVersion && constantTimeEqual(await envelopeHash(sealed), manifest.metadataHash);
    if (!isOfManifest) throw new Rejected('mismatch');
    return new Chat(session, key, marks, await titleOf(key, served));
  }

  get id(): ContainerId {
    return this.#key.container;
  }

  /** As it was when the chat was listed or read last; undefined where this version does not understand it. */
  get title(): string | undefined {
    return this.#title;
  }

  /** All that is in the chat, in order, known to be all of it. Throws {@link Rejected}. */
  async read(): Promise<readonly ChatEntry[]> {
    const items = new Map<ItemId, ServedItem>();
    let reached = 0;
    let page;
    let manifest: Manifest;
    do {
      page = await getItems(this.#session, 'chats', this.id, reached);
      // First, so that an older state is named as one and not as an incomplete one.
      manifest = await openManifest(this.#key, this.#marks, page.container);
      reached = take(page.items, reached, items);
      if (page.more && page.items.length === 0) throw new Rejected('malformed');
      // Without this, pages without end would fill the memory.
      if (page.more && items.size > manifest.itemCount) throw new Rejected('mismatch');
    } while (page.more);
    const ordered = [...items.values()].sort((a, b) => a.position - b.position);
    if (ordered.some(({ position }, index) => position !== index)) throw new Rejected('mismatch');
    await checkContainer(manifest, page.container.metadata, ordered);
    const entries = [];
    for (const item of ordered) entries.push(await this.#open(item));
    this.#title = await titleOf(this.#key, page.container);
    return entries;
  }

  close(): void {
    this.#key.close();
  }

  async #open({ id, version, sealed }: ServedItem): Promise<ChatEntry> {
    const message = decodeChatMessage(await this.#key.openItem(id, version, sealed));
    return message === undefined ? { kind: 'unreadable', id } : { kind: 'message', id, ...message };
  }
}

/** What opens counts as seen, whatever fails afterwards (spec 8.5). */
async function openManifest(key: ChatKey, marks: HighWaterMarks, served: ServedContainer): Promise<Manifest> {
  const { counter, sealed } = served.manifest;
  const manifest = await key.openManifest(counter, sealed);
  marks.advance(`manifest/${key.container}`, await sightingOf(manifest, sealed));
  return manifest;
}

async function titleOf(key: ChatKey, { metadata }: ServedContainer): Promise<string | undefined> {
  return decodeChatMetadata(await key.openMetadata(metadata.version, metadata.sealed))?.title;
}

/** Returns the sequence up to which there is everything. */
function take(page: readonly ServedItem[], reached: number, items: Map<ItemId, ServedItem>): number {
  if (new Set(page.map(({ id }) => id)).size !== page.length) throw new Rejected('mismatch');
  for (const item of page) items.set(item.id, item);
  const last = page.at(-1)?.sequence;
  if (last !== undefined && last <= reached) throw new Rejected('malformed');
  return last ?? reached;
}
