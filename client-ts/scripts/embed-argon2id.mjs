// Writes the two WebAssembly binaries of the locked `argon2id` package into a module, so that Node, every bundler and a
// page without a bundler load the same bytes, and nothing is fetched at run time.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const base64 = (name) => readFileSync(require.resolve(`argon2id/dist/${name}.wasm`)).toString('base64');

writeFileSync(
  new URL('../src/credentials/argon2id-binaries.ts', import.meta.url),
  `// Written by scripts/embed-argon2id.mjs from the package argon2id.
export const simdBase64 = '${base64('simd')}';
export const plainBase64 = '${base64('no-simd')}';
`,
);
