import { type Bytes, concat, u32, u64, utf8 } from '../bytes.js';
import { type AccountId, type ContainerId, type ItemId, type SlotId, idBytes } from '../ids.js';

/** The domains of spec 1.7 that hold containers. */
export type ContainerDomain = 'chats' | 'apps' | 'emails' | 'embeds';
export type Domain = ContainerDomain | 'profile';

/** What a sealed value is, whose, where and in which version (spec 4.1). A part that is left out does not apply. */
export interface Place {
  readonly purpose: string;
  readonly account: AccountId;
  readonly domain?: Domain;
  readonly container?: ContainerId;
  /** A wrapped master key has its slot here (spec 4). */
  readonly item?: ItemId | SlotId;
  readonly field: string;
  readonly version: number;
}

const prefix = utf8('nescio/v1/ad');
const empty = new Uint8Array();

export function associatedData(place: Place): Bytes {
  const parts = [
    utf8(place.purpose),
    idBytes(place.account),
    utf8(place.domain ?? ''),
    place.container === undefined ? empty : idBytes(place.container),
    place.item === undefined ? empty : idBytes(place.item),
    utf8(place.field),
    u64(place.version),
  ];
  return concat(prefix, ...parts.flatMap((part) => [u32(part.length), part]));
}
