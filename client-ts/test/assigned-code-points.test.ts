import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assignedOnly } from '../src/credentials/assigned-code-points.js';

test('the code points of Unicode 15.1 are those of the spec', () => {
  const table = readFileSync(new URL('../../spec/unicode/assigned-15.1.json', import.meta.url), 'utf8');
  const { ranges } = JSON.parse(table) as { ranges: readonly (readonly [number, number])[] };
  const listed = new Set(
    ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index)),
  );
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
    const text = String.fromCodePoint(codePoint);
    if (assignedOnly.test(text) !== listed.has(codePoint)) expect.fail(codePoint.toString(16));
  }
});
