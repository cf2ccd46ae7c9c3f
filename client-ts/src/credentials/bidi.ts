// Regular expressions know no Bidi_Class, so these are the classes as far as a label can hold them. R stands for R and AL.
const mark = /[\p{Mn}\p{Me}]/u;
const arabicNumber = /[\u0660-\u0669\u066b\u066c\u{10d30}-\u{10d39}\u{10d40}-\u{10d49}\u{10e60}-\u{10e7e}]/u;
const europeanNumber = /[0-9\u06f0-\u06f9\u{102e1}-\u{102fb}]/u;
const neutralInRightToLeft =
  /[\u0606\u0607\u0609\u060a\u060c\u060e\u060f\u066a\u06de\u06e9\u07f6-\u07f9\ufbc3-\ufbd2\ufd3e-\ufd4f\ufd90\ufd91\ufdc8-\ufdcf\ufdfd-\ufdff\u{1091f}\u{10b39}-\u{10b3f}\u{10d6e}\u{10ed0}-\u{10ed8}\u{1eef0}\u{1eef1}]/u;
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const leftToRight = /[\p{L}\p{Mc}\p{Nd}\p{Nl}]/u;

type BidiClass = 'M' | 'A' | 'E' | 'R' | 'L' | 'N';

function classOf(char: string): BidiClass {
  if (mark.test(char)) return 'M';
  if (arabicNumber.test(char)) return 'A';
  if (europeanNumber.test(char)) return 'E';
  if (rightToLeft.test(char)) return neutralInRightToLeft.test(char) ? 'N' : 'R';
  return leftToRight.test(char) ? 'L' : 'N';
}

/**
 * The Bidi rule of RFC 5893 section 2, for all labels as soon as one is written from right to left. URL parsers differ:
 * those of Node leave parts of the rule out.
 */
export function keepsBidiRule(labels: readonly string[]): boolean {
  const classes = labels.map((label) => Array.from(label, classOf).join(''));
  if (!classes.some((label) => /[RA]/.test(label))) return true;
  return classes.every(
    (label) =>
      /^L(?:[LENM]*[LE])?M*$/.test(label) ||
      (/^R(?:[RAENM]*[RAE])?M*$/.test(label) && !(label.includes('A') && label.includes('E'))),
  );
}
