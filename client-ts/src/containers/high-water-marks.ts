import { type Bytes, constantTimeEqual } from '../bytes.js';
import type { ContainerId } from '../ids.js';
import { Rejected } from '../rejected.js';
import type { ContainerDomain } from '../sealing/associated-data.js';
import { type Sealed, envelopeHash } from '../sealing/sealed.js';

/** What carries a counter: the slot directory, the device list, the log, the list of a domain, the manifest of a container. */
export type Subject = 'directory' | 'devices' | 'log' | `list/${ContainerDomain}` | `manifest/${ContainerId}`;

/** The highest counter seen and SHA-256 of the envelope that had it; of the log, its last entry. Nothing is secret. */
export interface Mark {
  readonly counter: number;
  readonly hash: Bytes;
  /** Of the log's last entry alone. */
  readonly time?: number;
}

/** Number, hash and time of the last entry of the log that was seen (spec 9.5). */
export interface LastEntry extends Mark {
  readonly time: number;
}

/** A mark together with the hash that its plaintext names as the one before. */
export interface Sighting extends Mark {
  readonly previous: Bytes;
}

/** What an opened directory, list or manifest shows. */
export async function sightingOf(
  opened: { readonly counter: number; readonly previous: Bytes },
  sealed: Sealed,
): Promise<Sighting> {
  return { counter: opened.counter, hash: await envelopeHash(sealed), previous: opened.previous };
}

/** What a device remembers of one account, so that a server cannot take it back or aside unnoticed (spec 8.5, 9.2). */
export class HighWaterMarks {
  readonly #marks: Map<Subject, Mark>;

  constructor(remembered: Iterable<readonly [Subject, Mark]> = []) {
    this.#marks = new Map(remembered);
  }

  /** Throws {@link Rejected} with the reason `rollback` or `fork`. */
  check(subject: Subject, seen: Sighting): void {
    const mark = this.#marks.get(subject);
    if (mark === undefined) return;
    if (seen.counter < mark.counter) throw new Rejected('rollback');
    if (seen.counter === mark.counter && !constantTimeEqual(seen.hash, mark.hash)) throw new Rejected('fork');
    if (seen.counter === mark.counter + 1 && !constantTimeEqual(seen.previous, mark.hash)) throw new Rejected('fork');
  }

  /** For a list that is not served, as if the domain never had a container. */
  checkAbsent(subject: Subject): void {
    if (this.#marks.has(subject)) throw new Rejected('rollback');
  }

  /** Checks, then remembers. Call it as soon as the envelope opens, whatever is checked afterwards (spec 8.5). */
  advance(subject: Subject, seen: Sighting): void {
    this.check(subject, seen);
    this.#marks.set(subject, { counter: seen.counter, hash: seen.hash.slice() });
  }

  /** Takes over what another device of the account has seen (spec 3.10). Throws as {@link check}. */
  adopt(subject: Subject, seen: Mark): void {
    const mark = this.#marks.get(subject);
    if (mark !== undefined && seen.counter < mark.counter) throw new Rejected('rollback');
    if (mark?.counter === seen.counter && !constantTimeEqual(seen.hash, mark.hash)) throw new Rejected('fork');
    this.#marks.set(subject, { counter: seen.counter, hash: seen.hash.slice() });
  }

  get lastEntry(): LastEntry | undefined {
    const mark = this.#marks.get('log');
    return mark?.time === undefined ? undefined : { ...mark, time: mark.time };
  }

  /** The log itself was compared with the last entry (spec 9.5). */
  advanceLog(last: LastEntry): void {
    if (last.counter > (this.lastEntry?.counter ?? 0)) this.#marks.set('log', last);
  }

  /** What to store for the next start. */
  entries(): readonly (readonly [Subject, Mark])[] {
    return [...this.#marks];
  }
}
