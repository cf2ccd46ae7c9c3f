import { type Bytes, concat, sha256, u32, u64, utf8 } from '../bytes.js';
import { type AccountId, type Id, type SessionId, type SlotId, idBytes } from '../ids.js';

/** One entry of an account's log (spec 9.5). `time` is in milliseconds since 1970; a part that does not apply is absent. */
export interface LogEntry {
  readonly number: number;
  readonly previous: Bytes;
  readonly time: number;
  readonly kind: string;
  readonly session?: SessionId;
  readonly other?: SessionId;
  readonly slot?: SlotId;
}

/** The hash that the next entry holds as its `previous`. */
export function logEntryHash(account: AccountId, entry: LogEntry): Promise<Bytes> {
  const parts = [
    idBytes(account),
    u64(entry.number),
    entry.previous,
    u64(entry.time),
    utf8(entry.kind),
    idOrNothing(entry.session),
    idOrNothing(entry.other),
    idOrNothing(entry.slot),
  ];
  const encoded = parts.flatMap((part) => [u32(part.length), part]);
  return sha256(concat(utf8('nescio/v1/log-entry'), ...encoded));
}

function idOrNothing(id: Id<string> | undefined): Bytes {
  return id === undefined ? new Uint8Array() : idBytes(id);
}
