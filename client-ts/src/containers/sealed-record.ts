import { type Bytes, constantTimeEqual, readU64 } from '../bytes.js';
import { Rejected } from '../rejected.js';

/** Reads the fields of a manifest or a container list in order. Throws {@link Rejected}. */
export class RecordReader {
  readonly #content: Bytes;
  #offset = 1;

  constructor(content: Bytes, length: number) {
    if (content.length > 0 && content[0] !== recordVersion) throw new Rejected('unsupported-version');
    if (content.length !== length) throw new Rejected('malformed');
    this.#content = content;
  }

  /** A number of things, which may be none. */
  count(): number {
    return this.#number(0);
  }

  /** A counter or a version, which start at 1. */
  counter(): number {
    return this.#number(1);
  }

  #number(least: number): number {
    const value = readU64(this.#content, this.#offset);
    if (value === undefined || value < least) throw new Rejected('malformed');
    this.#offset += 8;
    return value;
  }

  hash(): Bytes {
    this.#offset += 32;
    return this.#content.slice(this.#offset - 32, this.#offset);
  }
}

export const recordVersion = 0x01;

/** What the first manifest, list or directory names as the envelope before it (spec 8.3). */
export const noPrevious = new Uint8Array(32);

/** Throws {@link Rejected} when what is the first names another predecessor than none. */
export function checkPrevious(counter: number, previous: Bytes): void {
  if (counter === 1 && !constantTimeEqual(previous, noPrevious)) throw new Rejected('malformed');
}

/** An entry of what is there; other kinds are reserved (spec 8.3). */
export const liveKind = new Uint8Array([0]);
