import { type Bytes, decodeUtf8, utf8 } from '../bytes.js';
import { Rejected } from '../rejected.js';

/** Spec 9.2. */
const deepest = 16;
const longestName = 128;

export function encodeJson(value: object): Bytes {
  return utf8(JSON.stringify(value));
}

/**
 * Throws {@link Rejected}, never a `SyntaxError`: its message would repeat decrypted content. Members that are not known
 * are ignored: a newer client may have written them.
 */
export function decodeJsonObject(content: Bytes): Readonly<Record<string, unknown>> {
  try {
    const text = decodeUtf8(content) ?? '';
    const value: unknown = JSON.parse(text);
    if (isObject(value) && keepsBounds(text) && holdsIntegersOnly(text) && isWellFormed(text)) return value;
  } catch {
    // The one error below stands for this, too.
  }
  throw new Rejected('malformed');
}

/** `JSON.parse` does not tell 3.0 from 3. Members that are ignored count, too (spec 1.1). `json` is known to be JSON. */
function holdsIntegersOnly(json: string): boolean {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g) ?? [];
  return tokens.every((token) => token.startsWith('"') || (/^\d+$/.test(token) && Number.isSafeInteger(Number(token))));
}

/** Readers differ on what they make of an unpaired surrogate. `json` is known to be JSON, and was UTF-8. */
function isWellFormed(json: string): boolean {
  const strings = json.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  return strings.every((text) => !/\p{Surrogate}/u.test(JSON.parse(text) as string));
}

/**
 * `JSON.parse` knows no bounds, and takes the last of two members of one name, other readers the first. `json` is known
 * to be JSON.
 */
function keepsBounds(json: string): boolean {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g) ?? [];
  const open: Set<string>[] = [];
  return tokens.every((token, index) => {
    if (token === '{' || token === '[') open.push(new Set());
    if (token === '}' || token === ']') open.pop();
    if (open.length > deepest) return false;
    if (tokens[index + 1] !== ':' || token === ':') return true;
    const name = JSON.parse(token) as string;
    const names = open.at(-1);
    const again = names?.has(name) === true;
    names?.add(name);
    return !again && name.length <= longestName;
  });
}

/** What a person calls something. `longest` counts code points. Throws {@link Rejected}. */
export function textOf(value: unknown, longest: number): string {
  if (typeof value !== 'string' || /\p{Surrogate}/u.test(value)) throw new Rejected('malformed');
  const { length } = Array.from(value);
  if (length < 1 || length > longest) throw new Rejected('malformed');
  return value;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
