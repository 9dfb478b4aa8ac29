import { limits } from './limits.ts';

/** What keeps a face from being recognised, beside its size. */
export const causes = [
  'dark',
  'glare',
  'noise',
  'motion',
  'focus',
  'compression',
  'pitch',
  'yaw',
  'frames',
] as const;
export type Cause = (typeof causes)[number];

/** What is known of the best picture of one track; null where it could not be measured. */
export interface TrackMeasures {
  readonly interEyeDistance: number;
  readonly recognisability: number | null;
  readonly sharpness: number | null;
  readonly directionalBlur: number | null;
  readonly brightness: number | null;
  readonly dark: number | null;
  readonly bright: number | null;
  readonly noise: number | null;
  readonly blockiness: number | null;
  readonly yaw: number;
  readonly pitch: number;
  readonly frames: number;
  readonly keyframes: number;
}

/** What is known of the stream around it; null where nobody says. */
export interface StreamMeasures {
  readonly frameRate: number | null;
  readonly bitsPerPixel: number | null;
}

/**
 * The causes at work in one track. Blur has one: motion where it has a direction, else too few
 * bits, else focus.
 */
export function causesOf(track: TrackMeasures, stream: StreamMeasures): Cause[] {
  const found: Cause[] = [];
  const over = (value: number | null, limit: number) => value !== null && value > limit;
  const under = (value: number | null, limit: number) => value !== null && value < limit;
  if (under(track.brightness, limits.dark) || over(track.dark, 0.6)) found.push('dark');
  if (over(track.bright, limits.clipped)) found.push('glare');
  if (over(track.noise, limits.noise)) found.push('noise');
  const starved = under(stream.bitsPerPixel, limits.bitsPerPixel);
  if (over(track.directionalBlur, limits.directional)) found.push('motion');
  else if (over(track.blockiness, limits.blocks)) found.push('compression');
  else if (under(track.sharpness, limits.blurred)) found.push(starved ? 'compression' : 'focus');
  if (Math.abs(track.pitch) > limits.pitch) found.push('pitch');
  if (Math.abs(track.yaw) > limits.yaw) found.push('yaw');
  if (under(stream.frameRate, limits.frameRate) && track.frames < limits.framesPerTrack) {
    found.push('frames');
  }
  return found;
}
