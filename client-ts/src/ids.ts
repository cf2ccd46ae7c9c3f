import { type Bytes, fromHex, generateBytes, toHex } from './bytes.js';
import { Rejected } from './rejected.js';

declare const kind: unique symbol;

/** 16 random bytes as 32 lower-case hexadecimal digits (spec 1.3). An id of one kind never fits where another is asked for. */
export type Id<Kind extends string> = string & { readonly [kind]: Kind };

export type AccountId = Id<'account'>;
export type SlotId = Id<'slot'>;
export type ContainerId = Id<'container'>;
export type ItemId = Id<'item'>;
export type SessionId = Id<'session'>;
export type PairingId = Id<'pairing'>;

export const AccountId = idOf<'account'>();
export const SlotId = idOf<'slot'>();
export const ContainerId = idOf<'container'>();
export const ItemId = idOf<'item'>();
export const SessionId = idOf<'session'>();
export const PairingId = idOf<'pairing'>();

interface IdKind<Kind extends string> {
  generate(): Id<Kind>;
  /** Throws {@link Rejected} for every spelling but the one of spec 1.3. */
  parse(text: unknown): Id<Kind>;
}

function idOf<Kind extends string>(): IdKind<Kind> {
  return {
    generate() {
      return toHex(generateBytes(16)) as Id<Kind>;
    },
    parse(text) {
      if (typeof text !== 'string' || !/^[0-9a-f]{32}$/.test(text)) throw new Rejected('malformed');
      return text as Id<Kind>;
    },
  };
}

export function idBytes(id: Id<string>): Bytes {
  return fromHex(id) ?? new Uint8Array();
}
