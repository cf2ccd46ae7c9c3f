import { assignedOnly } from './assigned-code-points.js';

// What UTS #46 disallows in Unicode 15.1 and allows later.
const allowedLater =
  /[\u04c0\u10a0-\u10c5\u115f\u1160\u17b4\u17b5\u1806\u180e\u2061-\u2063\u206a-\u206f\u2132\u2183\u3164\uffa0\u{1d173}-\u{1d17a}\u{2f868}\u{2f874}\u{2f91f}\u{2f95f}\u{2f9bf}]/u;

/** Whether Unicode 15.1 knows all of this text, and with it every later version (spec 3.8). */
export function isKnown(text: string): boolean {
  return assignedOnly.test(text);
}

/** Whether every version since 15.1 has the same rules of UTS #46 for all of this text (spec 3.8). */
export function isKnownInDomain(text: string): boolean {
  return isKnown(text) && !allowedLater.test(text);
}
