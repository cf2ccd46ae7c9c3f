import { type Bytes, concat, constantTimeEqual, u64 } from '../bytes.js';
import { type ContainerId, idBytes } from '../ids.js';
import { Rejected } from '../rejected.js';
import { merkleRoot } from './merkle.js';
import { RecordReader, checkPrevious, liveKind, noPrevious, recordVersion } from './sealed-record.js';

/** The containers of a domain, sealed, so that a missing one shows (spec 8.4). */
export interface ContainerList {
  readonly counter: number;
  readonly containerCount: number;
  readonly previous: Bytes;
  readonly root: Bytes;
}

const listLength = 81;

/** `containers` are all of the domain's, in order of creation; `previous` is SHA-256 of the list's envelope before. */
export async function containerListOf(
  counter: number,
  previous: Bytes,
  containers: readonly ContainerId[],
): Promise<ContainerList> {
  const entries = containers.map((container) => concat(idBytes(container), liveKind));
  return { counter, containerCount: containers.length, previous, root: await merkleRoot(entries) };
}

/**
 * Throws {@link Rejected} unless the served containers are exactly those of the list, in order (spec 8.5). Before the
 * first container there is no list.
 */
export async function checkContainers(list: ContainerList | null, served: readonly ContainerId[]): Promise<void> {
  const expected = await containerListOf(0, noPrevious, served);
  const matches =
    list === null
      ? served.length === 0
      : expected.containerCount === list.containerCount &&
        constantTimeEqual(expected.root, list.root) &&
        new Set(served).size === served.length;
  if (!matches) throw new Rejected('mismatch');
}

export function encodeContainerList(list: ContainerList): Bytes {
  return concat(new Uint8Array([recordVersion]), u64(list.counter), u64(list.containerCount), list.previous, list.root);
}

/** `counter` is the served one; the list states it, too. Throws {@link Rejected}. */
export function decodeContainerList(counter: number, content: Bytes): ContainerList {
  const reader = new RecordReader(content, listLength);
  const list = {
    counter: reader.counter(),
    containerCount: reader.count(),
    previous: reader.hash(),
    root: reader.hash(),
  };
  if (list.counter !== counter) throw new Rejected('malformed');
  checkPrevious(counter, list.previous);
  return list;
}
