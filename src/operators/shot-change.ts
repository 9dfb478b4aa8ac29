import type { Frame } from '../domain/frame/frame.ts';

/** What a whole picture looks like: brightness of 16 x 9 fields, without its mean, of length 1. */
export type SceneLook = Float32Array;

const columns = 16;
const rows = 9;
/** Below this standard deviation of brightness, 0..255, a picture has no pattern to compare. */
const leastContrast = 4;
/** People who walk leave a likeness above 0.9; a cut to another place mostly one about 0. */
const anotherShot = 0.5;

/** @returns null where the picture is too even to tell */
export async function sceneLook(frame: Pick<Frame, 'picture'>): Promise<SceneLook | null> {
  const { data } = await frame.picture.rgb({ width: columns, height: rows });
  const look = new Float32Array(columns * rows);
  for (let at = 0; at < look.length; at += 1) {
    const [red, green, blue] = [data[3 * at], data[3 * at + 1], data[3 * at + 2]] as number[];
    look[at] = 0.299 * (red as number) + 0.587 * (green as number) + 0.114 * (blue as number);
  }
  const mean = look.reduce((sum, value) => sum + value, 0) / look.length;
  const length = Math.sqrt(look.reduce((sum, value) => sum + (value - mean) ** 2, 0));
  if (length < leastContrast * Math.sqrt(look.length)) return null;
  return look.map((value) => (value - mean) / length);
}

/** Whether two pictures are of different shots: a cut, a camera that was turned. Light alone is none. */
export function isAnotherShot(before: SceneLook | null, now: SceneLook | null): boolean {
  if (before === null || now === null) return false;
  return before.reduce((sum, value, at) => sum + value * (now[at] as number), 0) < anotherShot;
}
