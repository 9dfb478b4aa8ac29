import type { FootageJob } from '../../../src/client/nightglass-client.ts';

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.split('/').filter(Boolean).at(-1) ?? path;
}

/** How a state looks. */
export const toneOf: Readonly<Record<FootageJob['state'], string>> = {
  asked: 'warn',
  waiting: 'plain',
  running: 'busy',
  paused: 'plain',
  done: 'good',
  stopped: 'plain',
  failed: 'bad',
  refused: 'bad',
};

/** Whether a search may change by itself. */
export function isMoving({ state }: Pick<FootageJob, 'state'>): boolean {
  return state === 'asked' || state === 'waiting' || state === 'running';
}
