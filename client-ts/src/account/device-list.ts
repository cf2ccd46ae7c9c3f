import { fromBase64Url, toBase64Url } from '../base64url.js';
import type { Bytes } from '../bytes.js';
import { checkPrevious } from '../containers/sealed-record.js';
import { SessionId } from '../ids.js';
import { Rejected } from '../rejected.js';
import { decodeJsonObject, encodeJson, isObject, textOf } from './sealed-json.js';

/** The newest entry of the account's log that a device has checked (spec 9.5). `time` is in milliseconds since 1970. */
export interface LogHead {
  readonly number: number;
  readonly hash: Bytes;
  readonly time: number;
}

/**
 * What a device says of itself (spec 9.4). `since` is in milliseconds since 1970. `log` is absent where it has not said
 * what it has seen of the log.
 */
export interface Device {
  readonly session: SessionId;
  readonly name: string;
  readonly kind: string;
  readonly since: number;
  readonly log?: LogHead;
}

/** Which device uses which session, out of the server's reach (spec 9.4). */
export interface DeviceList {
  readonly counter: number;
  readonly previous: Bytes;
  readonly devices: readonly Device[];
}

export function encodeDeviceList(list: DeviceList): Bytes {
  return encodeJson({
    counter: list.counter,
    previous: toBase64Url(list.previous),
    devices: list.devices.map(({ session, name, kind, since, log }) => ({
      session,
      name,
      kind,
      since,
      ...(log !== undefined && { log: { number: log.number, hash: toBase64Url(log.hash), time: log.time } }),
    })),
  });
}

/** `counter` is the served one; the list states it, too. Throws {@link Rejected}. */
export function decodeDeviceList(counter: number, content: Bytes): DeviceList {
  const json = decodeJsonObject(content);
  const previous = typeof json['previous'] === 'string' ? fromBase64Url(json['previous']) : undefined;
  const list: unknown = json['devices'];
  if (counter < 1 || json['counter'] !== counter || previous?.length !== 32 || !Array.isArray(list)) {
    throw new Rejected('malformed');
  }
  checkPrevious(counter, previous);
  const devices = list.map(decodeDevice);
  if (new Set(devices.map(({ session }) => session)).size !== devices.length) throw new Rejected('malformed');
  return { counter, previous, devices };
}

function decodeDevice(json: unknown): Device {
  if (!isObject(json)) throw new Rejected('malformed');
  const since = json['since'];
  // That it is an integer and not negative was checked for all of the JSON.
  if (typeof since !== 'number') throw new Rejected('malformed');
  const session = SessionId.parse(json['session']);
  const log = json['log'] ?? undefined;
  return {
    session,
    name: textOf(json['name'], 64),
    kind: textOf(json['kind'], 32),
    since,
    ...(log !== undefined && { log: decodeLogHead(log) }),
  };
}

function decodeLogHead(json: unknown): LogHead {
  if (!isObject(json)) throw new Rejected('malformed');
  const { number, time } = json;
  const hash = typeof json['hash'] === 'string' ? fromBase64Url(json['hash']) : undefined;
  if (typeof number !== 'number' || number < 1 || typeof time !== 'number' || hash?.length !== 32) {
    throw new Rejected('malformed');
  }
  return { number, hash, time };
}
