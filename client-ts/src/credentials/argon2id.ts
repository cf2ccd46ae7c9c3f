import setupWasm from 'argon2id/lib/setup.js';
import type { Bytes } from '../bytes.js';
import { plainBase64, simdBase64 } from './argon2id-binaries.js';

/** The cost that a slot states (spec 3.4). */
export interface Argon2Parameters {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

/** RFC 9106, version 0x13, 32 bytes. Blocks the thread: run it in a worker. */
export async function argon2id(password: Bytes, salt: Bytes, parameters: Argon2Parameters): Promise<Bytes> {
  let memory: unknown;
  const load = (base64: string) => (imports: WebAssembly.Imports) => {
    memory = imports['env']?.['memory'];
    const binary = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return WebAssembly.instantiate(binary, imports);
  };
  // An instance of its own for each call: WebAssembly memory never shrinks.
  const compute = await setupWasm(load(simdBase64), load(plainBase64));
  try {
    return Uint8Array.from(
      compute({
        password,
        salt,
        parallelism: parameters.lanes,
        passes: parameters.passes,
        memorySize: parameters.memoryKiB,
        tagLength: 32,
      }),
    );
  } finally {
    // The package zeroes its working blocks but not the large matrix, whose last block gives the result.
    if (memory instanceof WebAssembly.Memory) new Uint8Array(memory.buffer).fill(0);
  }
}
