import { dirname } from 'node:path';
import { NightglassClient } from '../src/client/nightglass-client.ts';
import type { Product } from './product.ts';

/** A search of recorded footage that the product does while it is measured. */
export interface FootageJob {
  /** Seconds of footage that it has searched. @throws Error where it is over, or failed */
  searched(): Promise<number>;
}

/** How long the search may take to read its file. */
const readingLimit = 60_000;

/** Where a recording must lie, as the configuration names it. */
export function rootOf(recording: string): string {
  return dirname(recording);
}

/** Asks for a search of a recording, and waits until it searches. */
export async function startFootageJob(
  { address, token }: Product,
  recording: string,
  list: string,
): Promise<FootageJob> {
  const client = new NightglassClient({ address, token });
  const { id } = await client.searchFootage({
    ...{ paths: [recording], lists: [list], reason: 'measuring' },
  });
  const job: FootageJob = {
    async searched() {
      const { failure, progress, state } = await client.footageJob(id);
      if (state !== 'running' || progress?.phase !== 'searching') {
        throw new Error(`The search is ${state}, ${failure?.message ?? 'too short a recording'}`);
      }
      return progress.seconds;
    },
  };
  for (const end = performance.now() + readingLimit; ; ) {
    const { progress, state } = await client.footageJob(id);
    if (state === 'running' && progress?.phase === 'searching' && progress.seconds > 0) return job;
    if (performance.now() > end) throw new Error(`The search does not begin: it is ${state}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
