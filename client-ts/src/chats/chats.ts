import type { HighWaterMarks } from '../containers/high-water-marks.js';
import type { ContainerId } from '../ids.js';
import type { ChatKey } from '../keys/container-key.js';
import type { ChatsKey } from '../keys/domain-key.js';
import type { Session } from '../network/session.js';
import { Rejected, type RejectionReason } from '../rejected.js';
import { Chat } from './chat.js';
import { listContainers } from './container-listing.js';
import type { ServedContainer } from './served-containers.js';

/** A chat of the list, or one that fails a check: the others can be read all the same. */
export type ListedChat =
  | { readonly kind: 'opened'; readonly chat: Chat }
  | { readonly kind: 'rejected'; readonly id: ContainerId; readonly reason: RejectionReason };

/** The chats of an account, to read. */
export class Chats {
  readonly #session: Session;
  readonly #key: ChatsKey;
  readonly #marks: HighWaterMarks;

  constructor(session: Session, key: ChatsKey, marks: HighWaterMarks) {
    this.#session = session;
    this.#key = key;
    this.#marks = marks;
  }

  /**
   * All chats in order of creation, known to be all of them. The caller closes them. Throws {@link Rejected} where the server
   * left one out, added one, or served an older list.
   */
  async list(): Promise<readonly ListedChat[]> {
    const listed = [];
    for (const served of await listContainers(this.#session, this.#key, this.#marks)) {
      listed.push(await this.#open(served));
    }
    return listed;
  }

  async #open(served: ServedContainer): Promise<ListedChat> {
    let key: ChatKey | undefined;
    try {
      key = await this.#key.unwrapContainerKey(served.id, served.wrappedKey, served.earlierKeys);
      return { kind: 'opened', chat: await Chat.listed(this.#session, key, this.#marks, served) };
    } catch (error) {
      key?.close();
      if (error instanceof Rejected) return { kind: 'rejected', id: served.id, reason: error.reason };
      throw error;
    }
  }
}
