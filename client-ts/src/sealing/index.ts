export type { ContainerDomain, Domain, Place } from './associated-data.js';
export { openEnvelope, sealEnvelope } from './envelope.js';
export { SealingKey } from './sealing-key.js';
export { type ByteSource, openStream, openingTransform, sealStream, sealingTransform } from './stream.js';
export { type RandomAccessSource, StreamReader } from './stream-reader.js';
