import type { Bytes } from '../bytes.js';
import { fromBase64Url, toBase64Url } from '../base64url.js';
import { Rejected } from '../rejected.js';
import type { ContainerDomain } from '../sealing/associated-data.js';
import { decodeJsonObject, encodeJson, isObject } from './sealed-json.js';

/** What may be done in a domain; to write includes to read. */
export type Right = 'read' | 'write';

/** What an access key opens (spec 3.12): the whole account, or named domains. It has one spelling. */
export interface Scope {
  readonly text: string;
  /** Undefined for the whole account. */
  readonly domains: ReadonlyMap<ContainerDomain, Right> | undefined;
}

const domainOrder: readonly ContainerDomain[] = ['chats', 'apps', 'emails', 'embeds'];

export function parseScope(text: unknown): Scope {
  if (text === 'all') return { text, domains: undefined };
  if (typeof text !== 'string') throw new Rejected('malformed');
  const domains = new Map<ContainerDomain, Right>();
  let next = 0;
  for (const part of text.split(',')) {
    const [name, right, ...more] = part.split(':');
    const at = domainOrder.findIndex((domain) => domain === name);
    const domain = domainOrder[at];
    // In the order of the domains, so each once.
    if (domain === undefined || at < next || more.length > 0) throw new Rejected('malformed');
    if (right !== 'read' && right !== 'write') throw new Rejected('malformed');
    domains.set(domain, right);
    next = at + 1;
  }
  return { text, domains };
}

/** What a scoped access key opens in place of the master key (spec 3.12). `keys` has those of the scope's domains. */
export interface ScopeRecord {
  readonly scope: Scope;
  /** Undefined where the access key does not end by itself. */
  readonly expiresAt: number | undefined;
  readonly keys: ReadonlyMap<ContainerDomain, Bytes>;
}

export function encodeScopeRecord(record: ScopeRecord): Bytes {
  return encodeJson({
    scope: record.scope.text,
    ...(record.expiresAt !== undefined && { expiresAt: record.expiresAt }),
    keys: Object.fromEntries(Array.from(record.keys, ([domain, key]) => [domain, toBase64Url(key)])),
  });
}

/** Throws {@link Rejected}. */
export function decodeScopeRecord(content: Bytes): ScopeRecord {
  const json = decodeJsonObject(content);
  const scope = parseScope(json['scope']);
  const given = json['keys'];
  if (scope.domains === undefined || !isObject(given)) throw new Rejected('malformed');
  if (Object.keys(given).length !== scope.domains.size) throw new Rejected('malformed');
  const keys = new Map(Array.from(scope.domains.keys(), (domain) => [domain, keyOf(given[domain])]));
  return { scope, expiresAt: endOf(json['expiresAt']), keys };
}

function keyOf(value: unknown): Bytes {
  const key = typeof value === 'string' ? fromBase64Url(value) : undefined;
  if (key?.length !== 32) throw new Rejected('malformed');
  return key;
}

/** When an access key ends. That it is an integer was checked for all of the JSON. Throws {@link Rejected}. */
export function endOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || value < 1) throw new Rejected('malformed');
  return value;
}
