import { decodeJsonObject, isObject } from '../account/sealed-json.js';
import { fromBase64Url } from '../base64url.js';
import type { Bytes } from '../bytes.js';
import { Rejected } from '../rejected.js';
import { type Sealed, type WrappedKey, asSealed, asWrappedKey } from '../sealing/sealed.js';

/**
 * What a server answered, member by member. Whatever is not as asked for throws {@link Rejected}; members that nobody asks
 * for are ignored (spec 10).
 */
export class Answer {
  readonly #members: Readonly<Record<string, unknown>>;

  private constructor(members: Readonly<Record<string, unknown>>) {
    this.#members = members;
  }

  static parse(body: Bytes): Answer {
    return new Answer(decodeJsonObject(body));
  }

  static #of(value: unknown): Answer {
    if (!isObject(value)) throw new Rejected('malformed');
    return new Answer(value);
  }

  text(name: string): string {
    const value = this.#members[name];
    if (typeof value !== 'string') throw new Rejected('malformed');
    return value;
  }

  /** An integer from `least` to 2^53 − 1: that it is one was checked for all of the JSON. */
  number(name: string, least = 0): number {
    const value = this.#members[name];
    if (typeof value !== 'number' || value < least) throw new Rejected('malformed');
    return value;
  }

  flag(name: string): boolean {
    const value = this.#members[name];
    if (typeof value !== 'boolean') throw new Rejected('malformed');
    return value;
  }

  /** `parse` is that of a kind of id. */
  id<I>(name: string, kind: { readonly parse: (text: unknown) => I }): I {
    return kind.parse(this.#members[name]);
  }

  bytes(name: string, length?: number): Bytes {
    const bytes = fromBase64Url(this.text(name));
    if (bytes === undefined || (length !== undefined && bytes.length !== length)) throw new Rejected('malformed');
    return bytes;
  }

  sealed(name: string): Sealed {
    return asSealed(this.bytes(name));
  }

  wrappedKey(name: string): WrappedKey {
    return asWrappedKey(this.bytes(name));
  }

  has(name: string): boolean {
    const value = this.#members[name];
    return value !== undefined && value !== null;
  }

  object(name: string): Answer {
    return Answer.#of(this.#members[name]);
  }

  list(name: string): readonly Answer[] {
    const value: unknown = this.#members[name];
    if (!Array.isArray(value)) throw new Rejected('malformed');
    return value.map((element: unknown) => Answer.#of(element));
  }

  /** What `read` makes of the member, or undefined where there is none. */
  optional<T>(name: string, read: (answer: Answer, name: string) => T): T | undefined {
    return this.has(name) ? read(this, name) : undefined;
  }
}

/** A sealed value with the number that stands in its associated data. */
export interface Counted {
  readonly counter: number;
  readonly sealed: Sealed;
}

export function counted(answer: Answer, name: string): Counted {
  const value = answer.object(name);
  return { counter: value.number('counter', 1), sealed: value.sealed('sealed') };
}

export function versioned(answer: Answer, name: string): { readonly version: number; readonly sealed: Sealed } {
  const value = answer.object(name);
  return { version: value.number('version', 1), sealed: value.sealed('sealed') };
}
