import { endOf, parseScope } from '../account/scope.js';
import type { Slot, SlotParameters } from '../account/slot-directory.js';
import type { Bytes } from '../bytes.js';
import { AccountId, SlotId } from '../ids.js';
import { type Answer, type Counted, counted, versioned } from '../network/answer.js';
import { Rejected } from '../rejected.js';
import type { Sealed, WrappedKey } from '../sealing/sealed.js';

/** An account as the server serves it to a session (spec 10.8); `slots` without what they open. */
export interface ServedAccount {
  readonly account: AccountId;
  readonly slots: readonly SlotParameters[];
  readonly directory: Counted;
  readonly domainKeys: {
    readonly chats: WrappedKey;
    readonly apps: WrappedKey;
    readonly emails: WrappedKey;
    readonly embeds: WrappedKey;
    readonly profile: WrappedKey;
  };
  readonly keyPair: { readonly publicKey: Bytes; readonly privateKey: WrappedKey };
  readonly profile: { readonly version: number; readonly sealed: Sealed };
  /** When a copy of a passkey was refused last, as the server says (spec 10.12). */
  readonly copiesRefused: ReadonlyMap<SlotId, number>;
}

/** The same as a sign-in answers it (spec 10.4), with the slot that signed in. */
export interface ServedAtSignIn extends ServedAccount {
  readonly slots: readonly Slot[];
  readonly slot: Slot;
  readonly isResetCancelled: boolean;
}

export function readAccount(answer: Answer): ServedAccount {
  const keys = answer.object('domainKeys');
  const pair = answer.object('keyPair');
  return {
    account: answer.id('account', AccountId),
    slots: answer.list('slots').map(readSlot),
    directory: counted(answer, 'directory'),
    domainKeys: {
      chats: keys.wrappedKey('chats'),
      apps: keys.wrappedKey('apps'),
      emails: keys.wrappedKey('emails'),
      embeds: keys.wrappedKey('embeds'),
      profile: keys.wrappedKey('profile'),
    },
    keyPair: { publicKey: pair.bytes('publicKey', 32), privateKey: pair.wrappedKey('privateKey') },
    profile: versioned(answer, 'profile'),
    copiesRefused: new Map(answer.list('slots').flatMap(readCopyRefused)),
  };
}

function readCopyRefused(slot: Answer): readonly (readonly [SlotId, number])[] {
  return slot.has('cloneRefusedAt') ? [[slot.id('id', SlotId), slot.number('cloneRefusedAt', 1)]] : [];
}

/** Throws {@link Rejected} unless one slot, and only one, is the one that signed in. */
export function readAccountAtSignIn(answer: Answer): ServedAtSignIn {
  const slots = answer.list('slots').map((slot) => ({ ...readSlot(slot), ...readOpened(slot) }));
  const ids = new Set(slots.map(({ id }) => id));
  const signedIn = answer.id('slot', SlotId);
  const slot = slots.find(({ id }) => id === signedIn);
  if (slot === undefined || ids.size !== slots.length) throw new Rejected('mismatch');
  const isResetCancelled = answer.optional('resetCancelled', (from, name) => from.flag(name)) ?? false;
  return { ...readAccount(answer), slots, slot, isResetCancelled };
}

function readOpened(slot: Answer): { readonly wrappedMasterKey: WrappedKey } | { readonly scopeRecord: Sealed } {
  return slot.has('scopeRecord')
    ? { scopeRecord: slot.sealed('scopeRecord') }
    : { wrappedMasterKey: slot.wrappedKey('wrappedMasterKey') };
}

function readSlot(slot: Answer): SlotParameters {
  const id = slot.id('id', SlotId);
  switch (slot.text('kind')) {
    case 'password':
      return {
        id,
        kind: 'password',
        salt: slot.bytes('salt', 16),
        memoryKiB: slot.number('memoryKiB', 1),
        passes: slot.number('passes', 1),
        lanes: slot.number('lanes', 1),
      };
    case 'recovery':
      return { id, kind: 'recovery' };
    case 'passkey':
      return { id, kind: 'passkey', credentialId: slot.bytes('credentialId') };
    case 'access':
      return {
        id,
        kind: 'access',
        scope: parseScope(slot.text('scope')),
        expiresAt: endOf(slot.optional('expiresAt', (answer, name) => answer.number(name, 1))),
      };
    default:
      throw new Rejected('malformed');
  }
}
