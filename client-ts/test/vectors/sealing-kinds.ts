import { expect } from 'vitest';
import { type Bytes, concat, toHex } from '../../src/bytes.js';
import { SlotId } from '../../src/ids.js';
import { DomainKey } from '../../src/keys/domain-key.js';
import { MasterKey } from '../../src/keys/master-key.js';
import { unwrapKey } from '../../src/keys/wrapped-key.js';
import { WrappingKey } from '../../src/keys/wrapping-key.js';
import { Rejected } from '../../src/rejected.js';
import { type Place, associatedData } from '../../src/sealing/associated-data.js';
import { insecureSealEnvelopeWithSalt, openEnvelope } from '../../src/sealing/envelope.js';
import { pad, paddedLength, unpad } from '../../src/sealing/padding.js';
import { type WrappedKey, asWrappedKey } from '../../src/sealing/sealed.js';
import { SealingKey } from '../../src/sealing/sealing-key.js';
import { insecureSealStreamWithSalt, openStream } from '../../src/sealing/stream.js';
import { StreamReader } from '../../src/sealing/stream-reader.js';
import * as oracle from '../oracle.js';
import { bytesOf, collect } from '../support.js';
import type { VectorCase } from './vector-case.js';
import type { VectorRun } from './vector-run.js';

function placeEncoding(vector: VectorCase): void {
  expect(associatedData(vector.place())).toEqual(vector.bytes('output'));
}

async function envelope(vector: VectorCase): Promise<void> {
  const key = await vector.key('key');
  const content = await openEnvelope(key, vector.place(), vector.bytes('envelope'));
  expect(content).toEqual(vector.bytes('content'));
  const again = await insecureSealEnvelopeWithSalt(key, vector.place(), content, vector.bytes('salt'));
  expect(toHex(again)).toBe(vector.text('envelope'));
}

async function wrap(vector: VectorCase): Promise<void> {
  const under = await vector.key('wrappingKey');
  const place = vector.place();
  const wrapped = asWrappedKey(vector.bytes('wrapped'));
  const unwrapped = await unwrapKey(under, place, wrapped);
  await unwrapByPurpose(under, place, wrapped);
  const key = await vector.key('key');
  expect(unwrapped.commitment('envelope')).toEqual(key.commitment('envelope'));
  const again = await insecureSealEnvelopeWithSalt(under, place, vector.bytes('key'), vector.bytes('salt'));
  expect(toHex(again)).toBe(vector.text('wrapped'));
}

/** The classes of the keys make their places themselves; this shows that they are those of the vectors. */
async function unwrapByPurpose(under: SealingKey, place: Place, wrapped: WrappedKey): Promise<unknown> {
  const { account, domain, container, item } = place;
  if (place.purpose === 'wrapped-master-key' && item !== undefined) {
    return new WrappingKey(under).unwrapMasterKey(account, SlotId.parse(item), wrapped);
  }
  if (place.purpose === 'domain-key' && domain !== undefined) {
    const masterKey = new MasterKey(account, under);
    return domain === 'profile' ? masterKey.unwrapProfileKey(wrapped) : masterKey.unwrapDomainKey(domain, wrapped);
  }
  if (place.purpose === 'container-key' && domain !== undefined && domain !== 'profile' && container !== undefined) {
    return new DomainKey(account, domain, under).unwrapContainerKey(container, wrapped);
  }
  throw new Error(`no key wraps for ${place.purpose}`);
}

function padding(vector: VectorCase): void {
  if (!vector.has('content')) {
    unpad(vector.bytes('padded'));
    return;
  }
  const content = vector.bytes('content');
  const padded = pad(content);
  if (vector.has('padded')) expect(padded).toEqual(vector.bytes('padded'));
  else {
    expect(paddedLength(content.length)).toBe(vector.number('paddedLength'));
    expect(oracle.sha256(padded).toString('hex')).toBe(vector.text('paddedSha256'));
  }
  expect(Buffer.compare(unpad(padded), content)).toBe(0);
}

function sealSound(vector: VectorCase, key: SealingKey): Promise<Bytes> {
  const content = vector.bytes('content');
  return collect(insecureSealStreamWithSalt(key, vector.place(), [content], vector.bytes('salt')));
}

async function pieceOf(vector: VectorCase, piece: VectorCase): Promise<Bytes> {
  if (piece.has('hex')) return piece.bytes('hex');
  const sound = vector.sibling(piece.text('of'));
  const stream = await sealSound(sound, await sound.key('key'));
  return stream.slice(piece.number('from'), piece.number('to'));
}

async function stream(vector: VectorCase): Promise<void> {
  const key = await vector.key('key');
  if (vector.has('pieces')) {
    await openBroken(vector, key);
    return;
  }
  const sealed = await sealSound(vector, key);
  expect(toHex(sealed.slice(0, 57))).toBe(vector.text('header'));
  expect(sealed).toHaveLength(vector.number('length'));
  expect(oracle.sha256(sealed).toString('hex')).toBe(vector.text('sha256'));
  if (vector.has('stream')) expect(toHex(sealed)).toBe(vector.text('stream'));
  const content = vector.bytes('content');
  expect(Buffer.compare(await collect(openStream(key, vector.place(), [sealed])), content)).toBe(0);
  expect(Buffer.compare(await readAll(key, vector.place(), sealed), content)).toBe(0);
}

async function openBroken(vector: VectorCase, key: SealingKey): Promise<void> {
  const sealed = concat(...(await Promise.all(vector.objects('pieces').map((piece) => pieceOf(vector, piece)))));
  await expect(readAll(key, vector.place(), sealed)).rejects.toMatchObject({ reason: vector.error });
  let released = 0;
  try {
    for await (const piece of openStream(key, vector.place(), [sealed])) released += piece.length;
  } catch (error) {
    expect(error).toBeInstanceOf(Rejected);
    expect(released).toBeLessThanOrEqual(vector.number('released'));
    throw error;
  }
}

async function readAll(key: SealingKey, place: Place, sealed: Bytes): Promise<Bytes> {
  const readAt = (offset: number, length: number) => Promise.resolve(bytesOf(sealed.slice(offset, offset + length)));
  const reader = await StreamReader.open(key, place, { length: sealed.length, readAt });
  return reader.read(0, reader.contentLength);
}

export const sealingKinds: Readonly<Record<string, VectorRun>> = {
  'associated-data': placeEncoding,
  envelope,
  wrap,
  padding,
  stream,
};
