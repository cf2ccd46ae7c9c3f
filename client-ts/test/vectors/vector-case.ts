// Reads the cases of spec/vectors; spec/vectors/README.md says how they are written.
import { readFileSync, readdirSync } from 'node:fs';
import { type Bytes, fromHex } from '../../src/bytes.js';
import { AccountId, ContainerId, ItemId } from '../../src/ids.js';
import type { Domain, Place } from '../../src/sealing/associated-data.js';
import { SealingKey } from '../../src/sealing/sealing-key.js';

const folder = new URL('../../../spec/vectors/', import.meta.url);

export interface VectorFile {
  readonly file: string;
  readonly format: unknown;
  readonly kind: string;
  readonly cases: readonly VectorCase[];
}

export function readVectorFiles(): VectorFile[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.map((file) => {
    const json = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Record<string, unknown>;
    const cases = json['cases'] as Record<string, unknown>[];
    return {
      file,
      format: json['format'],
      kind: String(json['kind']),
      cases: cases.map((fields) => new VectorCase(fields, cases)),
    };
  });
}

/** One case. A field that is asked for and not there fails the test. */
export class VectorCase {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #siblings: readonly Readonly<Record<string, unknown>>[];

  constructor(fields: Readonly<Record<string, unknown>>, siblings: readonly Readonly<Record<string, unknown>>[] = []) {
    this.#fields = fields;
    this.#siblings = siblings;
  }

  get name(): string {
    return this.text('name');
  }

  get error(): string | undefined {
    return this.has('error') ? this.text('error') : undefined;
  }

  has(name: string): boolean {
    return name in this.#fields;
  }

  /** Whether a part does not apply. */
  isNull(name: string): boolean {
    return this.#fields[name] === null;
  }

  text(name: string): string {
    return this.#value(name, (value) => typeof value === 'string');
  }

  number(name: string): number {
    return this.#value(name, (value) => typeof value === 'number');
  }

  bytes(name: string): Bytes {
    return bytesFrom(this.#fields[name]);
  }

  key(name: string): Promise<SealingKey> {
    return SealingKey.import(this.bytes(name));
  }

  /** What a person typed. */
  typed(): string {
    if (!this.has('typedUtf16')) return this.text('typed');
    const units = this.text('typedUtf16').match(/.{4}/g) ?? [];
    return String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16)));
  }

  account(): AccountId {
    return AccountId.parse(this.text('account'));
  }

  list(name: string): readonly unknown[] {
    return this.#value(name, (value): value is readonly unknown[] => Array.isArray(value));
  }

  object(name: string): VectorCase {
    return new VectorCase(this.#value(name, isFields));
  }

  objects(name: string): VectorCase[] {
    return this.list(name).map((fields) => new VectorCase(fields as Record<string, unknown>));
  }

  sibling(name: string): VectorCase {
    const found = this.#siblings.find((fields) => fields['name'] === name);
    if (found === undefined) throw new Error(`no case is named ${name}`);
    return new VectorCase(found);
  }

  place(): Place {
    const parts = this.object('associatedData');
    const optional = <T>(name: string, parse: (text: string) => T) =>
      parts.#fields[name] === null ? undefined : parse(parts.text(name));
    const domain = optional('domain', (text) => text as Domain);
    const container = optional('container', (text) => ContainerId.parse(text));
    const item = optional('item', (text) => ItemId.parse(text));
    return {
      purpose: parts.text('purpose'),
      account: parts.account(),
      ...(domain !== undefined && { domain }),
      ...(container !== undefined && { container }),
      ...(item !== undefined && { item }),
      field: parts.text('field'),
      version: parts.number('version'),
    };
  }

  #value<T>(name: string, fits: (value: unknown) => value is T): T {
    const value = this.#fields[name];
    if (!fits(value)) throw new Error(`the vector has no such ${name}`);
    return value;
  }
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export function bytesFrom(value: unknown): Bytes {
  if (isFields(value)) {
    const repeated = new VectorCase(value);
    return new Uint8Array(repeated.number('count')).fill(Number.parseInt(repeated.text('repeat'), 16));
  }
  const bytes = typeof value === 'string' ? fromHex(value) : undefined;
  if (bytes === undefined) throw new Error('the vector has no such bytes');
  return bytes;
}
