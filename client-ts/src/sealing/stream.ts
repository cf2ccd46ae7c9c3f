import { type Bytes, concat, generateBytes } from '../bytes.js';
import { Rejected } from '../rejected.js';
import type { Place } from './associated-data.js';
import { type SealingKey, formatVersion, headerLength, saltLength } from './sealing-key.js';
import {
  ChunkCipher,
  PieceBuffer,
  chunkContentLength,
  chunkLength,
  minimumFinalChunkLength,
  minimumStreamLength,
} from './stream-format.js';

/** A `ReadableStream` is one of these, too. */
export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Seals content of any length in constant memory (spec 7). Every call draws a fresh salt: to resume an upload, re-send
 * what was stored instead of calling this again.
 */
export function sealStream(key: SealingKey, place: Place, content: ByteSource): AsyncGenerator<Bytes, void, undefined> {
  return insecureSealStreamWithSalt(key, place, content, generateBytes(saltLength));
}

/** For test vectors. Two contents under one salt give both away. */
export async function* insecureSealStreamWithSalt(
  key: SealingKey,
  place: Place,
  content: ByteSource,
  salt: Bytes,
): AsyncGenerator<Bytes, void, undefined> {
  const cipher = await ChunkCipher.create(key, place, salt, 'encrypt');
  yield concat(new Uint8Array([formatVersion]), key.commitment('stream'), salt);
  const buffer = new PieceBuffer();
  let index = 0;
  for await (const bytes of content) {
    buffer.push(bytes);
    while (buffer.length >= chunkContentLength) yield await cipher.seal(index++, buffer.take(chunkContentLength));
  }
  yield await cipher.sealFinal(index, buffer.take(buffer.length));
}

/**
 * Opens a stream in constant memory and yields only bytes whose tag was verified. Only a generator that ends without an
 * error has given the whole content: until then, treat what came as the start of something that may be cut short.
 */
export async function* openStream(
  key: SealingKey,
  place: Place,
  sealed: ByteSource,
): AsyncGenerator<Bytes, void, undefined> {
  const buffer = new PieceBuffer();
  let cipher: ChunkCipher | undefined;
  let index = 0;
  for await (const bytes of sealed) {
    buffer.push(bytes);
    if (cipher === undefined) {
      if (buffer.length < minimumStreamLength) continue;
      cipher = await ChunkCipher.forHeader(key, place, buffer.take(headerLength));
    }
    // A chunk is not the last one as soon as one byte follows it.
    while (buffer.length > chunkLength) yield await cipher.open(index++, buffer.take(chunkLength));
  }
  if (cipher === undefined) throw new Rejected('malformed');
  if (buffer.length < minimumFinalChunkLength) throw new Rejected('damaged');
  yield await cipher.openFinal(index, buffer.take(buffer.length));
}

/** {@link sealStream} as a `TransformStream`. */
export function sealingTransform(key: SealingKey, place: Place): ReadableWritablePair<Bytes, Uint8Array> {
  return transform((source) => sealStream(key, place, source));
}

/** {@link openStream} as a `TransformStream`: the readable side fails where the generator throws. */
export function openingTransform(key: SealingKey, place: Place): ReadableWritablePair<Bytes, Uint8Array> {
  return transform((source) => openStream(key, place, source));
}

function transform(run: (source: ByteSource) => AsyncGenerator<Bytes>): ReadableWritablePair<Bytes, Uint8Array> {
  const { readable: source, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const generator = run(chunksOf(source));
  const readable = new ReadableStream<Bytes>({
    async pull(controller) {
      const next = await generator.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await generator.return(undefined);
    },
  });
  return { readable, writable };
}

/** Safari's `ReadableStream` cannot be iterated. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  let finished = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      finished = done;
      if (done) return;
      yield value;
    }
  } finally {
    // Whoever writes learns that nobody reads any more.
    if (!finished) await reader.cancel();
  }
}
