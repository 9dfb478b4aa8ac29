import type { Config } from './schema.ts';

/** What is valid and yet cannot work, or only in part; `key` is where it stands in the file. */
export interface IdleSetting {
  readonly key: string;
  readonly message: string;
}

/**
 * Settings under which cameras, tracks or lists come to nothing.
 * @param now wall milliseconds
 * @param added cameras of the database
 */
export function idleSettings(
  config: Config,
  now: number,
  added: readonly { readonly id: string; readonly paused: boolean }[] = [],
): IdleSetting[] {
  const found: IdleSetting[] = [];
  const running = new Set([
    ...config.cameras.flatMap(({ id, enabled }) => (enabled ? [id] : [])),
    ...added.flatMap(({ id, paused }) => (paused ? [] : [id])),
  ]);
  if (running.size === 0) {
    const none = config.cameras.length + added.length === 0;
    const message = none
      ? 'no camera is configured: nothing is analysed; an administrator adds one on the page Cameras'
      : 'no camera is enabled: nothing is analysed';
    found.push({ key: 'cameras', message });
  }
  const between = 1000 / config.detection.rate;
  if (config.tracking.maxOcclusion < between) {
    found.push({
      key: 'tracking.maxOcclusion',
      message: `is shorter than the ${Math.round(between)} ms between two analysed frames (detection.rate): every face is a new track, and doubtful ones are never one`,
    });
  }
  config.watchlists.forEach(({ id, cameras, expires }, index) => {
    if (expires !== undefined && Date.parse(`${expires}T00:00:00Z`) + 86_400_000 <= now) {
      found.push({
        key: `watchlists[${index}].expires`,
        message: `the watchlist ${id} expired on ${expires}: it matches nobody and is deleted`,
      });
    } else if (!cameras.includes('*') && !cameras.some((camera) => running.has(camera))) {
      found.push({
        key: `watchlists[${index}].cameras`,
        message: `the watchlist ${id} names no camera that is enabled: it matches nobody`,
      });
    }
  });
  return found;
}
