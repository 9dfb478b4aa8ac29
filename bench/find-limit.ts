/** What was found at a number of cameras. */
export interface Step<T> {
  readonly cameras: number;
  readonly results: readonly T[];
  readonly held: boolean;
}

export interface LimitSearch<T> {
  /** Numbers to try, rising. */
  readonly ladder: readonly number[];
  readonly measure: (cameras: number) => Promise<T>;
  readonly holds: (result: T) => boolean;
  /** How often the border is measured; most decide. */
  readonly runs: number;
  /** Whether to look for the exact number between the last that held and the first that did not. */
  readonly exact: boolean;
}

/**
 * The most cameras that are held: up the ladder to the first number that is not,
 * then by halves. The numbers at the border are measured several times.
 * @returns every number tried, rising
 */
export async function findLimit<T>(search: LimitSearch<T>): Promise<Step<T>[]> {
  const { ladder, measure, holds, runs, exact } = search;
  const tried = new Map<number, T[]>();
  const isHeld = (cameras: number): boolean => {
    const results = tried.get(cameras) ?? [];
    return results.filter(holds).length * 2 > results.length;
  };
  const tryOnce = async (cameras: number): Promise<void> => {
    const results = tried.get(cameras) ?? [];
    results.push(await measure(cameras));
    tried.set(cameras, results);
  };
  /** A single bad run may be somebody else's work on this machine: then most of several decide. */
  const tryOut = async (cameras: number): Promise<boolean> => {
    await tryOnce(cameras);
    while (!isHeld(cameras) && (tried.get(cameras)?.length ?? 0) < runs) await tryOnce(cameras);
    return isHeld(cameras);
  };
  let good = 0;
  let bad = Number.POSITIVE_INFINITY;
  for (const cameras of ladder) {
    if (!(await tryOut(cameras))) {
      bad = cameras;
      break;
    }
    good = cameras;
  }
  while (exact && bad - good > 1 && Number.isFinite(bad)) {
    const middle = (good + bad) >> 1;
    if (await tryOut(middle)) good = middle;
    else bad = middle;
  }
  while (good > 0 && (tried.get(good)?.length ?? 0) < runs) await tryOnce(good);
  return [...tried]
    .map(([cameras, results]) => ({ cameras, results, held: isHeld(cameras) }))
    .sort((a, b) => a.cameras - b.cameras);
}

/** The most cameras held, with fewer all held as well; 0 when none. */
export function mostHeld(steps: readonly Step<unknown>[]): number {
  const firstBad = steps.findIndex(({ held }) => !held);
  return steps[firstBad < 0 ? steps.length - 1 : firstBad - 1]?.cameras ?? 0;
}
