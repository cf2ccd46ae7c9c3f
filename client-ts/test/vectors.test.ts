import { describe, expect, test } from 'vitest';
import { credentialKinds } from './vectors/credential-kinds.js';
import { recordKinds } from './vectors/record-kinds.js';
import { sealingKinds } from './vectors/sealing-kinds.js';
import { readVectorFiles } from './vectors/vector-case.js';
import { type VectorRun, errorOf } from './vectors/vector-run.js';

const runs: Readonly<Record<string, VectorRun>> = { ...credentialKinds, ...sealingKinds, ...recordKinds };
const files = readVectorFiles();

test('there is one file for each kind, in a known format, and each holds cases', () => {
  expect(files.map(({ kind }) => kind).toSorted()).toEqual(Object.keys(runs).toSorted());
  for (const { file, format, kind, cases } of files) {
    expect(format, file).toBe('nescio-vectors/1');
    expect(file).toBe(`${kind}.json`);
    expect(cases.length, file).toBeGreaterThan(0);
  }
});

for (const { kind, cases } of files) {
  describe(kind, () => {
    for (const vector of cases) {
      test(vector.name, async () => {
        const run = runs[kind];
        if (run === undefined) throw new Error(`nothing runs vectors of the kind ${kind}`);
        expect(await errorOf(run, vector)).toBe(vector.error);
      });
    }
  });
}
