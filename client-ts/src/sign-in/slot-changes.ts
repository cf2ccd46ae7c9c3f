import { type DirectoryEntry, type SlotDirectory } from '../account/slot-directory.js';
import { toBase64Url } from '../base64url.js';
import { type HighWaterMarks, sightingOf } from '../containers/high-water-marks.js';
import type { MasterKey } from '../keys/master-key.js';
import { isRefused } from '../network/errors.js';
import type { Session } from '../network/session.js';
import { envelopeHash } from '../sealing/sealed.js';
import { openDirectory } from './account-keys.js';
import { type ServedAccount, readAccount } from './served-account.js';

const tries = 10;

/** A directory as it is sent. */
export interface SentDirectory {
  readonly counter: number;
  readonly sealed: string;
}

/** Changes of the slots, each with the directory that lists them afterwards (spec 9.2, 10.9). */
export class SlotChanges {
  readonly #session: Session;
  readonly #master: MasterKey;
  readonly #marks: HighWaterMarks;

  constructor(session: Session, master: MasterKey, marks: HighWaterMarks) {
    this.#session = session;
    this.#master = master;
    this.#marks = marks;
  }

  /** The stored directory, checked against all that this device has seen. Throws {@link Rejected}. */
  async load(): Promise<{ readonly served: ServedAccount; readonly directory: SlotDirectory }> {
    const served = readAccount(await this.#session.ask('/v1/account', { method: 'GET' }));
    return { served, directory: await openDirectory(this.#master, served, this.#marks) };
  }

  /**
   * Sends a change with the directory that follows on the stored one. Where another device was faster, it is made to what
   * that one has left.
   *
   * `edit` returns undefined where there is nothing to change (any more). Throws {@link Refused} and {@link Rejected}.
   */
  async change(
    edit: (slots: readonly DirectoryEntry[]) => readonly DirectoryEntry[] | undefined,
    send: (directory: SentDirectory) => Promise<void>,
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const { served, directory } = await this.load();
      const slots = edit(directory.slots);
      if (slots === undefined) return;
      const previous = await envelopeHash(served.directory.sealed);
      const next = { counter: directory.counter + 1, previous, slots };
      const sealed = await this.#master.sealDirectory(next);
      try {
        await send({ counter: next.counter, sealed: toBase64Url(sealed) });
        this.#marks.advance('directory', await sightingOf(next, sealed));
        return;
      } catch (error) {
        if (!isRefused(error, 'directory-conflict') || attempt === tries) throw error;
      }
    }
  }
}
