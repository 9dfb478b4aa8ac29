/** 0 at `worst` and beyond, 100 at `best` and beyond, straight between; `worst` may be the larger. */
export function linearScore(raw: number, worst: number, best: number): number {
  return 100 * Math.min(1, Math.max(0, (raw - worst) / (best - worst)));
}
