import type { Device, DeviceList } from '../account/device-list.js';
import { isText } from '../account/sealed-json.js';
import { toBase64Url } from '../base64url.js';
import { type HighWaterMarks, sightingOf } from '../containers/high-water-marks.js';
import { noPrevious } from '../containers/sealed-record.js';
import { SessionId } from '../ids.js';
import type { ProfileKey } from '../keys/profile-key.js';
import { type Counted, counted } from '../network/answer.js';
import { Refused, Unreachable, isRefused } from '../network/errors.js';
import type { Session } from '../network/session.js';
import { Rejected } from '../rejected.js';
import { envelopeHash } from '../sealing/sealed.js';

/** What a device tells the account's other devices of itself: a name of 1 to 64 characters, and `browser` or the like. */
export interface ThisDevice {
  readonly name: string;
  readonly kind: string;
}

/** Throws a `RangeError` for what no list may hold: to all devices the whole list would be tampered. */
export function checkDevice({ name, kind }: ThisDevice): void {
  if (!isText(name, 64)) throw new RangeError('the name of a device has 1 to 64 characters');
  if (!isText(kind, 32)) throw new RangeError('the kind of a device has 1 to 32 characters');
}

/**
 * How this device stands on the list of devices (spec 9.4). A `tampered` list, or one that hides this session, is shown to the
 * person: the work of the server, or of somebody who has the token of a session. On one that could not be loaded or written,
 * or is full, this device is `unknown` to the others.
 */
export type DeviceListState = 'announced' | 'tampered' | 'unknown';

const tries = 5;
const mostUnlisted = 64;
const longestList = 64 * 1024;

/** This device on the list that only the account's devices read. What is wrong with it keeps nobody from going on. */
export class OwnDevice {
  readonly #session: Session;
  readonly #key: ProfileKey;
  readonly #marks: HighWaterMarks;

  constructor(session: Session, key: ProfileKey, marks: HighWaterMarks) {
    this.#session = session;
    this.#key = key;
    this.#marks = marks;
  }

  /** Puts this device on the list. Over a tampered one nothing is written, so that each device tells of it. */
  announce({ name, kind }: ThisDevice): Promise<DeviceListState> {
    const own: Device = { session: this.#session.id, name, kind, since: Date.now() };
    return this.#change((others) => [...others, own]);
  }

  /** Takes it off the list, before its session ends. */
  async leave(): Promise<void> {
    await this.#change((others) => others);
  }

  async #change(next: (others: readonly Device[]) => readonly Device[]): Promise<DeviceListState> {
    try {
      for (let attempt = 1; attempt <= tries; attempt++) {
        if (await this.#changeOnce(next)) return 'announced';
      }
      return 'unknown';
    } catch (error) {
      if (error instanceof Rejected) return 'tampered';
      if (error instanceof Refused || error instanceof Unreachable) return 'unknown';
      throw error;
    }
  }

  /** Returns whether no other device was faster. */
  async #changeOnce(next: (others: readonly Device[]) => readonly Device[]): Promise<boolean> {
    const { sessions, served } = await this.#load();
    const before = await this.#open(served);
    const others = (before?.devices ?? []).filter(({ session }) => session !== this.#session.id);
    const list = {
      counter: (before?.counter ?? 0) + 1,
      previous: served === undefined ? noPrevious : await envelopeHash(served.sealed),
      devices: next(kept(others, sessions)),
    };
    const sealed = await this.#key.sealDevices(list);
    if (sealed.length > longestList) throw new Refused('too-large', undefined);
    try {
      await this.#session.tell('/v1/devices', {
        method: 'PUT',
        body: { counter: list.counter, sealed: toBase64Url(sealed) },
        repeatedly: true,
      });
    } catch (error) {
      if (isRefused(error, 'devices-conflict')) return false;
      throw error;
    }
    this.#marks.advance('devices', await sightingOf(list, sealed));
    return true;
  }

  async #load(): Promise<{ readonly sessions: ReadonlySet<SessionId>; readonly served: Counted | undefined }> {
    const answer = await this.#session.ask('/v1/sessions', { method: 'GET' });
    const listed = answer.list('sessions').map((session) => session.id('session', SessionId));
    const sessions = new Set(listed);
    // Whoever asks is there, and nobody twice.
    if (!sessions.has(this.#session.id) || sessions.size !== listed.length) throw new Rejected('mismatch');
    return { sessions, served: answer.optional('devices', counted) };
  }

  async #open(served: Counted | undefined): Promise<DeviceList | undefined> {
    if (served === undefined) {
      this.#marks.checkAbsent('devices');
      return undefined;
    }
    const list = await this.#key.openDevices(served.counter, served.sealed);
    this.#marks.advance('devices', await sightingOf(list, served.sealed));
    return list;
  }
}

/** Entries without a session show that one is hidden; of them the newest are enough, as a list has an end. */
function kept(others: readonly Device[], sessions: ReadonlySet<SessionId>): readonly Device[] {
  const unlisted = others.filter(({ session }) => !sessions.has(session)).sort((a, b) => b.since - a.since);
  const old = new Set(unlisted.slice(mostUnlisted));
  return others.filter((device) => !old.has(device));
}
