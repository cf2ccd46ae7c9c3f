import { type LogEntry, logEntryHash } from '../account/log-entry.js';
import { constantTimeEqual } from '../bytes.js';
import type { HighWaterMarks, LastEntry } from '../containers/high-water-marks.js';
import { noPrevious } from '../containers/sealed-record.js';
import { type AccountId, SessionId, SlotId } from '../ids.js';
import type { Answer } from '../network/answer.js';
import { Refused, Unreachable } from '../network/errors.js';
import type { Session } from '../network/session.js';
import { Rejected } from '../rejected.js';

/**
 * How the account's log looked when this device last looked for what it has done (spec 9.5). What is not `whole` is shown to
 * the person: it `omits` that, is `withheld`, is older or another than this device has seen (`rollback`, `fork`), lacks
 * entries that are too young to be gone (`cut`), is no chain (`broken`), or has more entries than a person makes (`too-long`).
 */
export type LogState = 'whole' | 'omits' | 'withheld' | 'rollback' | 'fork' | 'cut' | 'broken' | 'too-long';

/** What this device does and looks for, as the log calls it. */
export type OwnDeed =
  | 'signed-in-with-recovery-key'
  | 'signed-in-with-passkey'
  | 'paired'
  | 'passkey-added'
  | 'passkey-removed'
  | 'names-changed';

/** Younger entries are never left out; two days less than the server's 400, as clocks differ. */
const kept = 398 * 24 * 60 * 60 * 1000;

/** The account's log, compared with what this device has seen of it and has done itself. */
export class AccountLog {
  readonly #session: Session;
  readonly #account: AccountId;
  readonly #marks: HighWaterMarks;
  readonly #most: number;
  #state: LogState = 'withheld';

  /** Reads no more once it has read `most` entries: a server could go on for ever. */
  constructor(session: Session, account: AccountId, marks: HighWaterMarks, most = 200_000) {
    this.#session = session;
    this.#account = account;
    this.#marks = marks;
    this.#most = most;
  }

  get state(): LogState {
    return this.#state;
  }

  /** The number of the newest entry that was seen: what this device does from now on comes after it. */
  get known(): number {
    return this.#marks.lastEntry?.counter ?? 0;
  }

  /** `before` is what was {@link known} before it was asked for. Whatever is found keeps nobody from going on. */
  async lookFor(deed: OwnDeed, before: number): Promise<void> {
    try {
      this.#state = await this.#compare(deed, before);
    } catch (error) {
      if (error instanceof Rejected) this.#state = 'broken';
      else if (error instanceof Refused || error instanceof Unreachable) this.#state = 'withheld';
      else throw error;
    }
  }

  async #compare(deed: OwnDeed, before: number): Promise<LogState> {
    // From the entry that was seen last on, so that it is compared as well.
    const walk = new Walk(this.#account, this.#marks.lastEntry, Math.max(0, before - 1));
    let isThere = false;
    for (let more = true; more && walk.length <= this.#most;) {
      const page = await this.#session.ask(`/v1/account/log?after=${walk.number}`, { method: 'GET' });
      const entries = page.list('entries').map(readEntry);
      more = page.flag('more');
      walk.isWhole = !more;
      if (more && entries.length === 0) throw new Rejected('malformed');
      for (const entry of entries) {
        await walk.add(entry);
        isThere ||= entry.number > before && entry.kind === deed && this.#isBy(entry, deed);
      }
    }
    const finding = walk.end();
    if (walk.isKnownFromNowOn && walk.last !== undefined) this.#marks.advanceLog(walk.last);
    return finding ?? (isThere ? 'whole' : 'omits');
  }

  #isBy({ session, other }: LogEntry, deed: OwnDeed): boolean {
    return (deed === 'paired' ? other : session) === this.#session.id;
  }
}

/** Entries as they come, and what is wrong with them. */
class Walk {
  readonly #account: AccountId;
  readonly #seen: LastEntry | undefined;
  readonly #after: number;
  #finding: LogState | undefined;
  /** What follows on another history never counts as seen. */
  isKnownFromNowOn = true;
  last: LastEntry | undefined;
  length = 0;
  /** Whether there was no more. */
  isWhole = false;

  constructor(account: AccountId, seen: LastEntry | undefined, after: number) {
    this.#account = account;
    this.#seen = seen;
    this.#after = after;
  }

  get number(): number {
    return this.last?.counter ?? this.#after;
  }

  async add(entry: LogEntry): Promise<void> {
    if (this.last === undefined) this.#begin(entry);
    else this.#goOn(entry, this.last);
    this.last = { counter: entry.number, hash: await logEntryHash(this.#account, entry), time: entry.time };
    this.length++;
    this.#compare(this.last);
    const seen = this.#seen;
    if (seen !== undefined && entry.number > seen.counter && entry.time < seen.time) this.#note('broken');
  }

  end(): LogState | undefined {
    // What was read of one that is too long counts as seen.
    if (!this.isWhole) return this.#finding ?? 'too-long';
    if (this.#seen !== undefined && this.#seen.counter > this.number) this.#note('rollback');
    return this.#finding;
  }

  #begin({ number, previous, time }: LogEntry): void {
    if (number <= this.#after || (number === 1 && !constantTimeEqual(previous, noPrevious))) this.#note('broken');
    if (number !== this.#after + 1 && isYoung(time)) this.#note('cut');
    const seen = this.#seen;
    // Old as it is, nobody can tell any more what came between. Told once: what comes later is compared with this.
    if (seen !== undefined && seen.counter < number - 1) this.#finding ??= 'cut';
    this.#compare({ counter: number - 1, hash: previous });
  }

  #goOn({ number, previous, time }: LogEntry, before: LastEntry): void {
    // Else the next page would be asked for again and again.
    if (number <= before.counter) throw new Rejected('mismatch');
    const follows = number === before.counter + 1 && constantTimeEqual(previous, before.hash);
    if (!follows || time < before.time) this.#note('broken');
  }

  #compare({ counter, hash }: Pick<LastEntry, 'counter' | 'hash'>): void {
    if (this.#seen?.counter === counter && !constantTimeEqual(this.#seen.hash, hash)) this.#note('fork');
  }

  /** That it is cut hides nothing worse. */
  #note(found: LogState): void {
    this.isKnownFromNowOn = false;
    if (this.#finding === undefined || this.#finding === 'cut') this.#finding = found;
  }
}

function isYoung(time: number): boolean {
  return time > Date.now() - kept;
}

function readEntry(answer: Answer): LogEntry {
  const kind = answer.text('kind');
  if (!/^[a-z-]{1,64}$/.test(kind)) throw new Rejected('malformed');
  const session = answer.optional('session', (from, name) => from.id(name, SessionId));
  const other = answer.optional('other', (from, name) => from.id(name, SessionId));
  const slot = answer.optional('slot', (from, name) => from.id(name, SlotId));
  return {
    number: answer.number('number', 1),
    previous: answer.bytes('previous', 32),
    time: answer.number('time'),
    kind,
    ...(session !== undefined && { session }),
    ...(other !== undefined && { other }),
    ...(slot !== undefined && { slot }),
  };
}
