import { type Bytes, concat } from '../bytes.js';
import { Rejected } from '../rejected.js';
import type { Place } from './associated-data.js';
import { type SealingKey, headerLength } from './sealing-key.js';
import {
  ChunkCipher,
  chunkContentLength,
  chunkLength,
  maximumChunks,
  minimumFinalChunkLength,
  minimumStreamLength,
} from './stream-format.js';

/** A sealed stream of known length that can be read anywhere: a file, or a server that answers ranges. */
export interface RandomAccessSource {
  readonly length: number;
  /** Gives exactly `length` bytes; fewer or more are taken as damage. */
  readAt(offset: number, length: number): Promise<Bytes>;
}

/** Random access to the content of a stream (spec 7.1), a chunk at a time. */
export class StreamReader {
  /** Authenticated by the final chunk. */
  readonly contentLength: number;
  readonly #source: RandomAccessSource;
  readonly #cipher: ChunkCipher;
  readonly #finalIndex: number;
  readonly #finalContent: Bytes;

  private constructor(source: RandomAccessSource, cipher: ChunkCipher, finalIndex: number, finalContent: Bytes) {
    this.#source = source;
    this.#cipher = cipher;
    this.#finalIndex = finalIndex;
    this.#finalContent = finalContent;
    this.contentLength = finalIndex * chunkContentLength + finalContent.length;
  }

  /** Opens the final chunk first: a stream that was cut fails here, before any content is given. Throws {@link Rejected}. */
  static async open(key: SealingKey, place: Place, source: RandomAccessSource): Promise<StreamReader> {
    if (source.length < minimumStreamLength) throw new Rejected('malformed');
    const cipher = await ChunkCipher.forHeader(key, place, await readExactly(source, 0, headerLength));
    const chunks = Math.ceil((source.length - headerLength) / chunkLength);
    const finalIndex = chunks - 1;
    const finalOffset = headerLength + finalIndex * chunkLength;
    const finalLength = source.length - finalOffset;
    if (finalLength < minimumFinalChunkLength || chunks > maximumChunks) throw new Rejected('damaged');
    const finalChunk = await readExactly(source, finalOffset, finalLength);
    return new StreamReader(source, cipher, finalIndex, await cipher.openFinal(finalIndex, finalChunk));
  }

  /** The content from `offset`, `length` bytes or as many as there are. Throws {@link Rejected}. */
  async read(offset: number, length: number): Promise<Bytes> {
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
      throw new RangeError('offset and length are integers from 0');
    }
    const end = Math.min(offset + length, this.contentLength);
    const pieces: Bytes[] = [];
    let position = offset;
    while (position < end) {
      const index = Math.floor(position / chunkContentLength);
      const start = index * chunkContentLength;
      const content = await this.#chunk(index);
      pieces.push(content.subarray(position - start, end - start));
      position = start + chunkContentLength;
    }
    return concat(...pieces);
  }

  async #chunk(index: number): Promise<Bytes> {
    if (index === this.#finalIndex) return this.#finalContent;
    return this.#cipher.open(index, await readExactly(this.#source, headerLength + index * chunkLength, chunkLength));
  }
}

async function readExactly(source: RandomAccessSource, offset: number, length: number): Promise<Bytes> {
  const bytes = await source.readAt(offset, length);
  if (bytes.length !== length) throw new Rejected('damaged');
  return bytes;
}
