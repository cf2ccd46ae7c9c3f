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
    if (isObject(value) && keepsRules(text)) return value;
  } catch {
    // The one error below stands for this, too.
  }
  throw new Rejected('malformed');
}

/**
 * `JSON.parse` knows no bounds, does not tell 3.0 from 3, and takes the last of two members of one name, other readers the
 * first; and readers differ on what they make of an unpaired surrogate. Members that are ignored count, too. `json` is
 * known to be JSON, and was UTF-8. Looks at one token at a time: a server's answer can have millions.
 */
function keepsRules(json: string): boolean {
  const open: Set<string>[] = [];
  let before = '';
  for (const [token] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]|-?\d[\d.eE+-]*/g)) {
    if (token === '{' || token === '[') open.push(new Set());
    if (token === '}' || token === ']') open.pop();
    if (open.length > deepest) return false;
    if (token === ':' && !isNewName(JSON.parse(before) as string, open.at(-1))) return false;
    if (token.startsWith('"') ? !isWellFormed(token) : /^[-\d]/.test(token) && !isNumber(token)) return false;
    before = token;
  }
  return true;
}

function isNewName(name: string, names: Set<string> | undefined): boolean {
  const again = names?.has(name) === true;
  names?.add(name);
  return !again && name.length <= longestName;
}

/** Spec 1.1. */
function isNumber(token: string): boolean {
  return /^\d+$/.test(token) && Number.isSafeInteger(Number(token));
}

/** Text that was UTF-8 has a surrogate only where it is escaped. */
function isWellFormed(token: string): boolean {
  return !token.includes('\\u') || !/\p{Surrogate}/u.test(JSON.parse(token) as string);
}

/** What a person calls something. `longest` counts code points. Throws {@link Rejected}. */
export function textOf(value: unknown, longest: number): string {
  if (typeof value !== 'string' || !isText(value, longest)) throw new Rejected('malformed');
  return value;
}

/** Whether a person can call something so. `longest` counts code points. */
export function isText(text: string, longest: number): boolean {
  const { length } = Array.from(text);
  return length >= 1 && length <= longest && !/\p{Surrogate}/u.test(text);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
