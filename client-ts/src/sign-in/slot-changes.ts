import { type DirectoryEntry, type SlotDirectory } from '../account/slot-directory.js';
import { toBase64Url } from '../base64url.js';
import { constantTimeEqual } from '../bytes.js';
import { type HighWaterMarks, type Sighting, sightingOf } from '../containers/high-water-marks.js';
import type { MasterKey } from '../keys/master-key.js';
import type { AccountLog, OwnDeed } from '../log/account-log.js';
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

/** A change that was sent; until its answer is there, the directory tells whether it was made. */
interface Sent {
  readonly deed: OwnDeed;
  readonly directory: Sighting;
  /** The number of an entry of the log that is older. */
  readonly logged: number;
}

/** Changes of the slots, each with the directory that lists them afterwards (spec 9.2, 10.9). */
export class SlotChanges {
  readonly #session: Session;
  readonly #master: MasterKey;
  readonly #marks: HighWaterMarks;
  readonly #log: AccountLog;
  #unanswered: Sent | undefined;

  /** Looks in `log` for each change that was made. */
  constructor(session: Session, master: MasterKey, marks: HighWaterMarks, log: AccountLog) {
    this.#session = session;
    this.#master = master;
    this.#marks = marks;
    this.#log = log;
  }

  /** The stored directory, checked against all that this device has seen. Throws {@link Rejected}. */
  async load(): Promise<{ readonly served: ServedAccount; readonly directory: SlotDirectory }> {
    const served = readAccount(await this.#session.ask('/v1/account', { method: 'GET' }));
    const directory = await openDirectory(this.#master, served, this.#marks);
    await this.#lookForUnanswered(await sightingOf(directory, served.directory.sealed));
    return { served, directory };
  }

  /**
   * Sends a change with the directory that follows on the stored one. Where another device was faster, it is made to what
   * that one has left.
   *
   * `edit` returns undefined where there is nothing to change (any more). Throws {@link Refused} and {@link Rejected}.
   */
  async change(
    deed: OwnDeed,
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
      const sent = { deed, directory: await sightingOf(next, sealed), logged: this.#log.known };
      this.#unanswered = sent;
      try {
        await send({ counter: next.counter, sealed: toBase64Url(sealed) });
        this.#marks.advance('directory', sent.directory);
        if (this.#unanswered === sent) this.#unanswered = undefined;
        await this.#log.lookFor(deed, sent.logged);
        return;
      } catch (error) {
        if (!isRefused(error, 'directory-conflict') || attempt === tries) throw error;
      }
    }
  }
  /** A server must not hide a change from the log by answering that it has refused it, or not at all (spec 9.5). */
  async #lookForUnanswered(stored: Sighting): Promise<void> {
    const sent = this.#unanswered;
    if (sent === undefined || stored.counter < sent.directory.counter) return;
    this.#unanswered = undefined;
    const isMade = [stored.hash, stored.previous].some((hash) => constantTimeEqual(hash, sent.directory.hash));
    if (isMade) await this.#log.lookFor(sent.deed, sent.logged);
  }
}
