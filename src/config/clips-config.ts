import { z } from 'zod';
import { clipBounds } from '../domain/bounds.ts';
import { boundedSize } from './byte-size.ts';
import { boundedDuration } from './duration.ts';

const { memory, quota, span } = clipBounds;

/** The seconds around an alert as video. */
export const clipsConfig = {
  enabled: z.boolean().default(true),
  /** Before and after the capture. */
  before: boundedDuration(...span).prefault('10s'),
  after: boundedDuration(...span).prefault('10s'),
  /** What is held of all cameras together, and of each, in memory alone. */
  memory: boundedSize(...memory).prefault('256MiB'),
  memoryPerCamera: boundedSize(...memory).prefault('48MiB'),
  /** What clips may take of the disk; when it is used up no further ones are kept. */
  quota: boundedSize(...quota).prefault('10GiB'),
};
