import { decodeJsonObject, encodeJson } from '../account/sealed-json.js';
import type { Bytes } from '../bytes.js';
import { Rejected } from '../rejected.js';

/** Spec 8.1. */
export interface ChatMetadata {
  readonly title: string;
}

export interface ChatMessage {
  readonly text: string;
  /** Milliseconds since 1970, by the sender's clock. */
  readonly sentAt: number;
}

/** Throws a `RangeError` for a title that no device would read: one with an unpaired surrogate. */
export function encodeChatMetadata({ title }: ChatMetadata): Bytes {
  checkWellFormed(title);
  return encodeJson({ title });
}

/** Throws a `RangeError` for a message that no device would read. */
export function encodeChatMessage({ text, sentAt }: ChatMessage): Bytes {
  checkWellFormed(text);
  if (!Number.isSafeInteger(sentAt) || sentAt < 0) throw new RangeError('not an integer from 0 to 2^53 − 1');
  return encodeJson({ kind: 'message', text, sentAt });
}

/** Returns undefined for metadata that this version does not understand. The server is not to blame for it. */
export function decodeChatMetadata(content: Bytes): ChatMetadata | undefined {
  const title = membersOf(content)?.['title'];
  return typeof title === 'string' ? { title } : undefined;
}

/** Returns undefined for an item that this version does not understand. */
export function decodeChatMessage(content: Bytes): ChatMessage | undefined {
  const { kind, text, sentAt } = membersOf(content) ?? {};
  return kind === 'message' && typeof text === 'string' && typeof sentAt === 'number' ? { text, sentAt } : undefined;
}

function membersOf(content: Bytes): Readonly<Record<string, unknown>> | undefined {
  try {
    return decodeJsonObject(content);
  } catch (error) {
    if (error instanceof Rejected) return undefined;
    throw error;
  }
}

function checkWellFormed(text: string): void {
  if (/\p{Surrogate}/u.test(text)) throw new RangeError('holds an unpaired surrogate');
}
