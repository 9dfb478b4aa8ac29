import { NoiseMeasurement } from '../domain/camera-noise/noise-measurement.ts';
import type { Picture } from '../domain/frame/picture.ts';
import type { LumaImage } from '../domain/image/image.ts';
import type { ProfiledPictures } from './profile-pictures.ts';

export interface MeasureNoiseOptions {
  readonly seconds: number;
  /** 0 to 1 */
  readonly onProgress: (share: number) => void;
}

/** Gathers all pictures on this thread. @throws NightglassError what the pictures fail with */
export async function measureNoise(
  { pictures }: ProfiledPictures,
  { onProgress, seconds }: MeasureNoiseOptions,
): Promise<NoiseMeasurement> {
  const measurement = new NoiseMeasurement();
  for await (const { picture, mediaTime } of pictures) {
    const { luma, colour } = await readPicture(picture);
    measurement.add(luma, colour);
    onProgress(Math.min(1, mediaTime / 1_000 / seconds));
  }
  return measurement;
}

/** What a measurement takes of a picture. */
export async function readPicture(
  picture: Picture,
): Promise<{ readonly luma: LumaImage; readonly colour: number }> {
  const { width, height } = picture;
  return { luma: await picture.luma({ width, height }), colour: await colourOf(picture) };
}

/** A picture of so many pixels is enough for its colour. */
const colourSize = { width: 64, height: 36 };

/** Mean difference between the largest and the smallest channel. */
async function colourOf(picture: Picture): Promise<number> {
  const { data } = await picture.rgb(colourSize);
  let sum = 0;
  for (let at = 0; at < data.length; at += 3) {
    const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
    sum += Math.max(red, green, blue) - Math.min(red, green, blue);
  }
  return sum / (data.length / 3);
}
