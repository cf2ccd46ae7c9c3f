// Writes the code points that Unicode 15.1 knows into a module, so that nothing is fetched at run time.
import { readFileSync, writeFileSync } from 'node:fs';

const table = new URL('../../spec/unicode/assigned-15.1.json', import.meta.url);
const { ranges } = JSON.parse(readFileSync(table, 'utf8'));
const escaped = (codePoint) => `\\u{${codePoint.toString(16)}}`;

writeFileSync(
  new URL('../src/credentials/assigned-code-points.ts', import.meta.url),
  `// Written by scripts/embed-unicode.mjs from spec/unicode/assigned-15.1.json.
export const assignedOnly = /^[${ranges.map(([first, last]) => `${escaped(first)}-${escaped(last)}`).join('')}]*$/u;
`,
);
