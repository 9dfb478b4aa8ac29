import type { Clock } from '../../domain/clock.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const timeLength = 10;
const randomLength = 16;

export interface AlertIdOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Whole number from 0 to 31; default: cryptographically random. */
  readonly random?: () => number;
  /** The greatest id in the store: later ones sort after it even if the clock was set back. */
  readonly after?: string;
}

/**
 * Makes ids in the form of ULIDs (26 characters of Crockford's base 32: 48 bits
 * of wall time, 80 random bits) that sort strictly by creation: within a
 * millisecond, and while the clock stands behind an earlier id, the random part
 * counts up.
 *
 * @throws RangeError when `after` is no such id
 */
export function createAlertIds(options: AlertIdOptions): () => string {
  const { clock, random = cryptoRandom } = options;
  let time = -1;
  let tail: number[] = [];
  if (options.after !== undefined) {
    if (!isAlertId(options.after)) {
      throw new RangeError(`Cannot continue alert ids: "${options.after}" is none`);
    }
    time = [...options.after.slice(0, timeLength)].reduce(
      (sum, character) => sum * 32 + alphabet.indexOf(character),
      0,
    );
    tail = [...options.after.slice(timeLength)].map((character) => alphabet.indexOf(character));
  }
  return () => {
    const now = Math.floor(clock.now());
    if (now > time) {
      time = now;
      tail = Array.from({ length: randomLength }, random);
    } else if (!countUp(tail)) {
      time += 1;
      tail = Array.from({ length: randomLength }, random);
    }
    return encodeTime(time) + tail.map((digit) => alphabet[digit] ?? '0').join('');
  };
}

/** Whether a text has the form of an alert's id. */
export function isAlertId(text: string): boolean {
  return /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text);
}

/** Adds one to the number in base 32. @returns false when it ran over */
function countUp(digits: number[]): boolean {
  for (let at = digits.length - 1; at >= 0; at -= 1) {
    const next = (digits[at] ?? 0) + 1;
    digits[at] = next % 32;
    if (next < 32) return true;
  }
  return false;
}

function encodeTime(milliseconds: number): string {
  let rest = milliseconds;
  let text = '';
  for (let at = 0; at < timeLength; at += 1) {
    text = (alphabet[rest % 32] ?? '0') + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function cryptoRandom(): number {
  const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
  return byte % 32;
}
