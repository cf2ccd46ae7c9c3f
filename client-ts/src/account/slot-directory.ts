import { fromBase64Url, toBase64Url } from '../base64url.js';
import { type Bytes, constantTimeEqual } from '../bytes.js';
import type { PasswordParameters } from '../credentials/argon2-parameters.js';
import { checkPrevious } from '../containers/sealed-record.js';
import { SlotId } from '../ids.js';
import { Rejected } from '../rejected.js';
import { type WrappedKey, envelopeHash } from '../sealing/sealed.js';
import { decodeJsonObject, encodeJson, isObject } from './sealed-json.js';

/** A password's slot, without the wrapped key (spec 9.1). */
export interface PasswordSlot extends PasswordParameters {
  readonly id: SlotId;
  readonly kind: 'password';
}

/** A recovery key's (spec 9.1, 3.9). */
export interface RecoverySlot {
  readonly id: SlotId;
  readonly kind: 'recovery';
}

/** A credential that unwraps the master key, without the wrapped key. */
export type SlotParameters = PasswordSlot | RecoverySlot;

/** A slot as the server serves it. */
export type Slot = SlotParameters & { readonly wrappedMasterKey: WrappedKey };

export type DirectoryEntry = SlotParameters & { readonly wrappedMasterKeyHash: Bytes };

/** Which credentials open the account, out of the server's reach (spec 9.2). */
export interface SlotDirectory {
  readonly counter: number;
  readonly previous: Bytes;
  readonly slots: readonly DirectoryEntry[];
}

/** A directory of these slots. `previous` is SHA-256 of the envelope before, zeros for counter 1. */
export async function directoryOf(counter: number, previous: Bytes, slots: readonly Slot[]): Promise<SlotDirectory> {
  return { counter, previous, slots: await Promise.all(slots.map(entryOf)) };
}

/**
 * Throws {@link Rejected} unless the served slots are exactly those listed, in whatever order: a slot that was added,
 * dropped, revived or changed in any field shows here. A directory without slots is that of no account.
 */
export async function checkSlots(directory: SlotDirectory, served: readonly Slot[]): Promise<void> {
  const entries = await Promise.all(served.map(entryOf));
  const servedIds = new Set(entries.map((entry) => entry.id));
  const matches =
    served.length > 0 &&
    servedIds.size === served.length &&
    served.length === directory.slots.length &&
    directory.slots.every((listed) => entries.some((entry) => equalEntries(listed, entry)));
  if (!matches) throw new Rejected('mismatch');
}

export function encodeDirectory(directory: SlotDirectory): Bytes {
  return encodeJson({
    counter: directory.counter,
    previous: toBase64Url(directory.previous),
    slots: directory.slots.map((entry) => ({
      id: entry.id,
      kind: entry.kind,
      ...(entry.kind === 'password' && {
        salt: toBase64Url(entry.salt),
        memoryKiB: entry.memoryKiB,
        passes: entry.passes,
        lanes: entry.lanes,
      }),
      wrappedMasterKeyHash: toBase64Url(entry.wrappedMasterKeyHash),
    })),
  });
}

/** `counter` is the served one; the directory states it, too. Throws {@link Rejected}. */
export function decodeDirectory(counter: number, content: Bytes): SlotDirectory {
  const json = decodeJsonObject(content);
  const slots: unknown = json['slots'];
  if (numberOf(json['counter']) !== counter || !Array.isArray(slots)) throw new Rejected('malformed');
  const previous = bytesOf(json['previous'], 32);
  checkPrevious(counter, previous);
  return { counter, previous, slots: slots.map(decodeEntry) };
}

function decodeEntry(json: unknown): DirectoryEntry {
  if (!isObject(json)) throw new Rejected('malformed');
  const wrappedMasterKeyHash = bytesOf(json['wrappedMasterKeyHash'], 32);
  return { ...decodeParameters(json), wrappedMasterKeyHash };
}

function decodeParameters(json: Readonly<Record<string, unknown>>): SlotParameters {
  const id = SlotId.parse(json['id']);
  const own = [json['salt'], json['memoryKiB'], json['passes'], json['lanes']];
  switch (json['kind']) {
    case 'password':
      return {
        id,
        kind: 'password',
        salt: bytesOf(json['salt'], 16),
        memoryKiB: numberOf(json['memoryKiB']),
        passes: numberOf(json['passes']),
        lanes: numberOf(json['lanes']),
      };
    case 'recovery':
      if (own.some((parameter) => parameter !== undefined && parameter !== null)) throw new Rejected('malformed');
      return { id, kind: 'recovery' };
    default:
      // A kind that this version does not know cannot be compared with what is served.
      throw new Rejected('malformed');
  }
}

async function entryOf(slot: Slot): Promise<DirectoryEntry> {
  const { wrappedMasterKey, ...parameters } = slot;
  return { ...parameters, wrappedMasterKeyHash: await envelopeHash(wrappedMasterKey) };
}

function equalEntries(a: DirectoryEntry, b: DirectoryEntry): boolean {
  return a.id === b.id && equalParameters(a, b) && constantTimeEqual(a.wrappedMasterKeyHash, b.wrappedMasterKeyHash);
}

function equalParameters(a: SlotParameters, b: SlotParameters): boolean {
  if (a.kind === 'password' && b.kind === 'password') {
    return (
      constantTimeEqual(a.salt, b.salt) && a.memoryKiB === b.memoryKiB && a.passes === b.passes && a.lanes === b.lanes
    );
  }
  return a.kind === b.kind;
}

function bytesOf(value: unknown, length: number): Bytes {
  const bytes = typeof value === 'string' ? fromBase64Url(value) : undefined;
  if (bytes?.length !== length) throw new Rejected('malformed');
  return bytes;
}

/** Every number of a directory starts at 1; that it is an integer was checked for all of its JSON. */
function numberOf(value: unknown): number {
  if (typeof value !== 'number' || value < 1) throw new Rejected('malformed');
  return value;
}
