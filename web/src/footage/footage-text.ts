import type { FootageJob } from '../../../src/client/nightglass-client.ts';

/** Hours, minutes and seconds of footage. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${two(whole / 3600)}:${two((whole / 60) % 60)}:${two(whole % 60)}`;
}

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
