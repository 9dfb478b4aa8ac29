/** Attempts per input: a finding need not be the smallest, only small. */
const maxAttempts = 400;

/**
 * Cuts pieces out of an input as long as it still fails (delta debugging:
 * Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002).
 */
export async function minimise(
  input: Uint8Array,
  fails: (smaller: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  let best = input;
  let attempts = 0;
  for (let piece = best.length >> 1; piece >= 1 && attempts < maxAttempts; piece >>= 1) {
    for (let at = 0; at + piece <= best.length && attempts < maxAttempts; attempts += 1) {
      const smaller = Buffer.concat([best.subarray(0, at), best.subarray(at + piece)]);
      if (smaller.length > 0 && (await fails(smaller))) best = smaller;
      else at += piece;
    }
  }
  return best;
}
