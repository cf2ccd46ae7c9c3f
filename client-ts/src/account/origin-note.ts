import { type Bytes, toHex } from '../bytes.js';
import { Rejected } from '../rejected.js';

/** What a server says. Nothing of it is authenticated: it is to be shown as the server's word, and as nothing else. */
export interface FromServer {
  readonly saidByServer: string;
}

const ipv4 = 3;
const ipv6 = 6;
export const originNoteLength = 2 + ipv6;

/** The network from which a session was opened (spec 9.6), such as `203.0.113.0/24`. Throws {@link Rejected}. */
export function decodeOriginNote(note: Bytes): FromServer {
  if (note.length !== originNoteLength) throw new Rejected('malformed');
  if (note[0] !== 1) throw new Rejected('unsupported-version');
  const length = note[1] ?? 0;
  const known = length === 0 || length === ipv4 || length === ipv6;
  if (!known || note.slice(2 + length).some((byte) => byte !== 0)) throw new Rejected('malformed');
  return { saidByServer: textOf(note.slice(2, 2 + length)) };
}

function textOf(prefix: Bytes): string {
  if (prefix.length === 0) return 'unknown';
  if (prefix.length === ipv4) return `${prefix.join('.')}.0/24`;
  const groups = toHex(prefix).match(/.{4}/g) ?? [];
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/48`;
}
