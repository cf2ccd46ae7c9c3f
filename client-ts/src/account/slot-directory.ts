import { fromBase64Url, toBase64Url } from '../base64url.js';
import { type Bytes, constantTimeEqual } from '../bytes.js';
import type { PasswordParameters } from '../credentials/argon2-parameters.js';
import { checkPrevious } from '../containers/sealed-record.js';
import { SlotId } from '../ids.js';
import { Rejected } from '../rejected.js';
import { type Sealed, type WrappedKey, envelopeHash } from '../sealing/sealed.js';
import { type Scope, endOf, parseScope } from './scope.js';
import { decodeJsonObject, encodeJson, isObject, textOf } from './sealed-json.js';

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

/** A passkey's (spec 9.1, 3.11). */
export interface PasskeySlot {
  readonly id: SlotId;
  readonly kind: 'passkey';
  readonly credentialId: Bytes;
}

/** What the person calls it is for clients only: the server does not serve it. */
export type NamedPasskeySlot = PasskeySlot & { readonly name: string };

/** An access key's (spec 9.1, 3.12). */
export interface AccessSlot {
  readonly id: SlotId;
  readonly kind: 'access';
  readonly scope: Scope;
  /** Undefined where it does not end by itself. */
  readonly expiresAt: number | undefined;
}

/** As for a passkey, the name is for clients only. */
export type NamedAccessSlot = AccessSlot & { readonly name: string };

/** A credential that opens the account or a part of it, without what it opens. */
export type SlotParameters = PasswordSlot | RecoverySlot | PasskeySlot | AccessSlot;

type ListedParameters = PasswordSlot | RecoverySlot | NamedPasskeySlot | NamedAccessSlot;

/** What the slot's credential opens; of a scoped access key it is the scope record. */
type Opened = { readonly wrappedMasterKey: WrappedKey } | { readonly scopeRecord: Sealed };

interface AnyOpened {
  readonly wrappedMasterKey?: WrappedKey;
  readonly scopeRecord?: Sealed;
}

/** A slot as a directory lists it, with what it opens. */
export type ListedSlot = ListedParameters & Opened;

/** A slot as the server serves it. */
export type Slot = SlotParameters & Opened;

export type DirectoryEntry = ListedParameters & { readonly wrappedMasterKeyHash: Bytes };

/** Which credentials open the account, out of the server's reach (spec 9.2). */
export interface SlotDirectory {
  readonly counter: number;
  readonly previous: Bytes;
  readonly slots: readonly DirectoryEntry[];
}

/** A directory of these slots. `previous` is SHA-256 of the envelope before, zeros for counter 1. */
export async function directoryOf(
  counter: number,
  previous: Bytes,
  slots: readonly ListedSlot[],
): Promise<SlotDirectory> {
  return { counter, previous, slots: await Promise.all(slots.map((slot) => entryOf<ListedParameters>(slot))) };
}

/**
 * Throws {@link Rejected} unless the served slots are exactly those listed, in whatever order: a slot that was added,
 * dropped, revived or changed in any field shows here. A directory without slots is that of no account.
 */
export async function checkSlots(directory: SlotDirectory, served: readonly Slot[]): Promise<void> {
  const entries = await Promise.all(served.map((slot) => entryOf<SlotParameters>(slot)));
  const servedIds = new Set(entries.map((entry) => entry.id));
  const matches =
    served.length > 0 &&
    servedIds.size === served.length &&
    served.length === directory.slots.length &&
    directory.slots.every((listed) => entries.some((entry) => equalEntries(listed, entry)));
  if (!matches) throw new Rejected('mismatch');
}

/** The same where the server serves the slots without what they open, as it does to a session (spec 10.8). */
export function checkSlotParameters(directory: SlotDirectory, served: readonly SlotParameters[]): void {
  const matches =
    served.length > 0 &&
    new Set(served.map(({ id }) => id)).size === served.length &&
    served.length === directory.slots.length &&
    directory.slots.every((listed) => served.some((slot) => listed.id === slot.id && equalParameters(listed, slot)));
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
      ...(entry.kind === 'passkey' && { credentialId: toBase64Url(entry.credentialId), name: entry.name }),
      ...(entry.kind === 'access' && {
        scope: entry.scope.text,
        ...(entry.expiresAt !== undefined && { expiresAt: entry.expiresAt }),
        name: entry.name,
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
  const entries = slots.map(decodeEntry);
  if (new Set(entries.map(({ id }) => id)).size !== entries.length) throw new Rejected('malformed');
  return { counter, previous, slots: entries };
}

function decodeEntry(json: unknown): DirectoryEntry {
  if (!isObject(json)) throw new Rejected('malformed');
  const wrappedMasterKeyHash = bytesOf(json['wrappedMasterKeyHash'], 32);
  return { ...decodeParameters(json), wrappedMasterKeyHash };
}

function decodeParameters(json: Readonly<Record<string, unknown>>): ListedParameters {
  const id = SlotId.parse(json['id']);
  const ofPasswords = [json['salt'], json['memoryKiB'], json['passes'], json['lanes']];
  const ofPasskeys = [json['credentialId']];
  const ofAccessKeys = [json['scope'], json['expiresAt']];
  switch (json['kind']) {
    case 'password':
      requireAbsent([...ofPasskeys, ...ofAccessKeys, json['name']]);
      return {
        id,
        kind: 'password',
        salt: bytesOf(json['salt'], 16),
        memoryKiB: numberOf(json['memoryKiB']),
        passes: numberOf(json['passes']),
        lanes: numberOf(json['lanes']),
      };
    case 'recovery':
      requireAbsent([...ofPasswords, ...ofPasskeys, ...ofAccessKeys, json['name']]);
      return { id, kind: 'recovery' };
    case 'passkey':
      requireAbsent([...ofPasswords, ...ofAccessKeys]);
      return {
        id,
        kind: 'passkey',
        credentialId: credentialIdOf(json['credentialId']),
        name: textOf(json['name'], 64),
      };
    case 'access':
      requireAbsent([...ofPasswords, ...ofPasskeys]);
      return {
        id,
        kind: 'access',
        scope: parseScope(json['scope']),
        expiresAt: endOf(json['expiresAt']),
        name: textOf(json['name'], 64),
      };
    default:
      // A kind that this version does not know cannot be compared with what is served.
      throw new Rejected('malformed');
  }
}

function requireAbsent(parameters: readonly unknown[]): void {
  if (parameters.some((parameter) => parameter !== undefined && parameter !== null)) throw new Rejected('malformed');
}

async function entryOf<P extends SlotParameters>(
  slot: P & Opened,
): Promise<P & { readonly wrappedMasterKeyHash: Bytes }> {
  const { wrappedMasterKey, scopeRecord, ...parameters } = slot as P & AnyOpened;
  const envelope = scopeRecord ?? wrappedMasterKey;
  if (envelope === undefined) throw new Rejected('malformed');
  return { ...(parameters as unknown as P), wrappedMasterKeyHash: await envelopeHash(envelope) };
}

type Entry = SlotParameters & { readonly wrappedMasterKeyHash: Bytes };

function equalEntries(a: Entry, b: Entry): boolean {
  return a.id === b.id && equalParameters(a, b) && constantTimeEqual(a.wrappedMasterKeyHash, b.wrappedMasterKeyHash);
}

function equalParameters(a: SlotParameters, b: SlotParameters): boolean {
  if (a.kind === 'password' && b.kind === 'password') {
    return (
      constantTimeEqual(a.salt, b.salt) && a.memoryKiB === b.memoryKiB && a.passes === b.passes && a.lanes === b.lanes
    );
  }
  if (a.kind === 'passkey' && b.kind === 'passkey') return constantTimeEqual(a.credentialId, b.credentialId);
  if (a.kind === 'access' && b.kind === 'access') {
    return a.scope.text === b.scope.text && a.expiresAt === b.expiresAt;
  }
  return a.kind === b.kind;
}

function bytesOf(value: unknown, length: number): Bytes {
  const bytes = typeof value === 'string' ? fromBase64Url(value) : undefined;
  if (bytes?.length !== length) throw new Rejected('malformed');
  return bytes;
}

function credentialIdOf(value: unknown): Bytes {
  const bytes = typeof value === 'string' ? fromBase64Url(value) : undefined;
  if (bytes === undefined || bytes.length < 16 || bytes.length > 1023) throw new Rejected('malformed');
  return bytes;
}

/** Every number of a directory starts at 1; that it is an integer was checked for all of its JSON. */
function numberOf(value: unknown): number {
  if (typeof value !== 'number' || value < 1) throw new Rejected('malformed');
  return value;
}
