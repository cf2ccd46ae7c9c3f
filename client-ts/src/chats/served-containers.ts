import { ContainerId, ItemId } from '../ids.js';
import type { SealedItem, SealedMetadata } from '../containers/manifest.js';
import { type Answer, type Counted, counted, versioned } from '../network/answer.js';
import type { Session } from '../network/session.js';
import { Rejected } from '../rejected.js';
import type { ContainerDomain } from '../sealing/associated-data.js';
import type { Sealed, WrappedKey } from '../sealing/sealed.js';

/** A container as the server serves it (spec 10.5). */
export interface ServedContainer {
  readonly id: ContainerId;
  readonly wrappedKey: WrappedKey;
  readonly earlierKeys: Sealed | undefined;
  readonly metadata: SealedMetadata;
  readonly manifest: Counted;
}

export interface ServedItem extends SealedItem {
  readonly position: number;
  readonly sequence: number;
}

interface ContainerPage {
  readonly list: Counted | undefined;
  readonly containers: readonly ServedContainer[];
  readonly more: boolean;
}

interface ItemPage {
  readonly container: ServedContainer;
  readonly items: readonly ServedItem[];
  readonly more: boolean;
}

/** Items have up to 256 KiB each, and a page ends only where a commit does. */
const longestPage = 16 * 1024 * 1024;

export async function getContainers(session: Session, domain: ContainerDomain, from: number): Promise<ContainerPage> {
  const path = `/v1/domains/${domain}/containers?from=${from}`;
  const answer = await session.ask(path, { method: 'GET', longest: longestPage });
  return {
    list: answer.optional('list', counted),
    containers: answer.list('containers').map((container) => readContainer(container, domain)),
    more: answer.flag('more'),
  };
}

export async function getItems(
  session: Session,
  domain: ContainerDomain,
  container: ContainerId,
  after: number,
): Promise<ItemPage> {
  const path = `/v1/containers/${container}?after=${after}`;
  const answer = await session.ask(path, { method: 'GET', longest: longestPage });
  const served = readContainer(answer.object('container'), domain);
  if (served.id !== container) throw new Rejected('mismatch');
  return { container: served, items: answer.list('items').map(readItem), more: answer.flag('more') };
}

function readContainer(container: Answer, domain: ContainerDomain): ServedContainer {
  if (container.text('domain') !== domain) throw new Rejected('mismatch');
  return {
    id: container.id('id', ContainerId),
    wrappedKey: container.wrappedKey('wrappedKey'),
    earlierKeys: container.optional('earlierKeys', (answer, name) => answer.sealed(name)),
    metadata: versioned(container, 'metadata'),
    manifest: counted(container, 'manifest'),
  };
}

function readItem(item: Answer): ServedItem {
  return {
    id: item.id('id', ItemId),
    position: item.number('position'),
    version: item.number('version', 1),
    sequence: item.number('sequence'),
    sealed: item.sealed('sealed'),
  };
}
