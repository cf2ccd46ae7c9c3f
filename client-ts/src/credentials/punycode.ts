const base = 36;
const lowest = 1;
const highest = 26;
const skew = 38;
const damp = 700;
const initialBias = 72;
const initialCodePoint = 0x80;

/** RFC 3492 section 6.2, for what follows `xn--` in a label. Returns undefined for what encodes nothing. */
export function decodePunycode(encoded: string): string | undefined {
  const delimiter = encoded.lastIndexOf('-');
  const decoded = Array.from(encoded.slice(0, Math.max(delimiter, 0)), (char) => char.charCodeAt(0));
  const digits = Array.from(encoded.slice(delimiter + 1), (char) => Number.parseInt(char, base));
  let codePoint = initialCodePoint;
  let bias = initialBias;
  let position = 0;
  // A–Z before 0–9, where parseInt has it the other way round.
  const values = digits.map((digit) => (digit < 10 ? digit + 26 : digit - 10));
  for (let next = 0; next < values.length; position++) {
    const before = position;
    let weight = 1;
    for (let k = base; ; k += base) {
      const value = values[next++];
      if (value === undefined || Number.isNaN(value)) return undefined;
      position += value * weight;
      const threshold = Math.min(Math.max(k - bias, lowest), highest);
      if (value < threshold) break;
      weight *= base - threshold;
    }
    const length = decoded.length + 1;
    bias = adapt(position - before, length, before === 0);
    codePoint += Math.floor(position / length);
    position %= length;
    if (codePoint > 0x10ffff) return undefined;
    decoded.splice(position, 0, codePoint);
  }
  return String.fromCodePoint(...decoded);
}

function adapt(delta: number, length: number, first: boolean): number {
  let rest = Math.floor(delta / (first ? damp : 2));
  rest += Math.floor(rest / length);
  let bias = 0;
  for (; rest > ((base - lowest) * highest) / 2; bias += base) rest = Math.floor(rest / (base - lowest));
  return bias + Math.floor(((base - lowest + 1) * rest) / (rest + skew));
}
