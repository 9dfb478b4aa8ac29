import { configuredLimits } from '../config/limits-config.ts';
import { Budget } from '../domain/budget.ts';
import type { PictureRoom } from '../domain/frame/picture-room.ts';
import { readImageHeader } from '../streams/image-header.ts';
import type { Foundation } from './foundation.ts';

/** Who is before in the queue has as many uploads as are taken at once, seconds each. */
const longestWaitMs = 60_000;
/** Pictures that wait at most, each with its file in memory. */
const mostWaiting = 256;

/**
 * The pixels that decoded pictures of all requests and imports share. Requests are few already
 * where they reach it: who finds no room waits, and is refused with `BUSY` after a minute, or at
 * once where too many wait already.
 */
export function openPictureRoom({
  clock,
  config,
  metrics,
}: Pick<Foundation, 'clock' | 'config' | 'metrics'>): PictureRoom {
  const budget = new Budget({
    name: 'pictures',
    capacity: configuredLimits(config.server.limits).maxPixelsAtOnce,
    maxWaiting: mostWaiting,
    waitMs: longestWaitMs,
    clock,
    onQueue: (waiting) => metrics.system.queue('pictures', waiting),
    onRefused: () => metrics.system.pictureRefused(),
  });
  return async (bytes, work) => {
    // What has no size is refused by the decoder.
    const { width, height } = readImageHeader(bytes) ?? { width: 0, height: 0 };
    using _share = await budget.take(width * height);
    return await work();
  };
}
