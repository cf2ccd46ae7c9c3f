import { constantTimeEqual } from '../bytes.js';
import { type ContainerList, checkContainers } from '../containers/container-list.js';
import { type HighWaterMarks, sightingOf } from '../containers/high-water-marks.js';
import type { DomainKey } from '../keys/domain-key.js';
import type { Counted } from '../network/answer.js';
import { Refused } from '../network/errors.js';
import type { Session } from '../network/session.js';
import { Rejected } from '../rejected.js';
import type { ContainerDomain } from '../sealing/associated-data.js';
import { type ServedContainer, getContainers } from './served-containers.js';

const tries = 10;

/** All containers of a domain in order of creation, known to be all of them (spec 8.5). Throws {@link Rejected}. */
export async function listContainers<D extends ContainerDomain>(
  session: Session,
  key: DomainKey<D>,
  marks: HighWaterMarks,
): Promise<readonly ServedContainer[]> {
  for (let attempt = 1; attempt <= tries; attempt++) {
    const containers = await listOnce(session, key, marks);
    if (containers !== undefined) return containers;
  }
  throw new Refused('unavailable', undefined);
}

/** Undefined where the list changed while its pages came. */
async function listOnce<D extends ContainerDomain>(
  session: Session,
  key: DomainKey<D>,
  marks: HighWaterMarks,
): Promise<readonly ServedContainer[] | undefined> {
  let page = await getContainers(session, key.domain, 0);
  const served = page.list;
  const list = served === undefined ? absent(key, marks) : await open(key, marks, served);
  const containers = [...page.containers];
  while (page.more) {
    page = await getContainers(session, key.domain, containers.length);
    if (page.containers.length === 0) throw new Rejected('malformed');
    if (!isSame(page.list, served)) return undefined;
    containers.push(...page.containers);
    // Without this, pages without end would fill the memory.
    if (containers.length > (list?.containerCount ?? 0)) throw new Rejected('mismatch');
  }
  await checkContainers(
    list,
    containers.map(({ id }) => id),
  );
  return containers;
}

function absent<D extends ContainerDomain>(key: DomainKey<D>, marks: HighWaterMarks): null {
  marks.checkAbsent(`list/${key.domain}`);
  return null;
}

async function open<D extends ContainerDomain>(
  key: DomainKey<D>,
  marks: HighWaterMarks,
  { counter, sealed }: Counted,
): Promise<ContainerList> {
  const list = await key.openContainerList(counter, sealed);
  marks.advance(`list/${key.domain}`, await sightingOf(list, sealed));
  return list;
}

function isSame(a: Counted | undefined, b: Counted | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.counter === b.counter && constantTimeEqual(a.sealed, b.sealed);
}
