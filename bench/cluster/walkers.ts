import { castDemo, portraitLooks } from '../../demo/footage/demo-cast.ts';
import type { WantedPerson } from '../../demo/footage/demo-footage.ts';
import type { FacePainter } from '../../demo/footage/face-painter.ts';
import { paintPortrait } from '../../demo/footage/portrait.ts';
import { encodeFootage } from '../../demo/media/encode-footage.ts';
import type { EncodedSource } from '../../demo/media/encoded-source.ts';
import type { RgbImage } from '../../src/domain/image/image.ts';

const size = { width: 480, height: 360 };
const framesPerSecond = 8;

/** People who do not exist and whose faces are unlike each other. */
export async function paintWalkers(
  painter: FacePainter,
  seeds: readonly number[],
): Promise<WantedPerson[]> {
  const { outfit } = castDemo([]).wanted;
  const walkers: WantedPerson[] = [];
  for (const [index, seed] of seeds.entries()) {
    const person = { seed, name: `Walker ${index + 1}`, outfit };
    const enrolment: RgbImage[] = [];
    for (const look of portraitLooks.slice(0, 2)) {
      enrolment.push(await paintPortrait(painter, person, look));
    }
    walkers.push({ seed, name: person.name, enrolment });
  }
  return walkers;
}

/** A loop in which somebody is in view for `inView` of `seconds`, at the place where they stand. */
export function walkerFootage(
  { enrolment: [portrait] }: WantedPerson,
  { seconds = 12, inView = 4, from = 2 } = {},
): Promise<EncodedSource> {
  if (portrait === undefined) throw new RangeError('Cannot show somebody without a portrait');
  return encodeFootage(frames(portrait, seconds, from, from + inView), {
    framesPerSecond,
    keyInterval: framesPerSecond,
  });
}

function* frames(
  portrait: RgbImage,
  seconds: number,
  from: number,
  until: number,
): Generator<RgbImage> {
  for (let index = 0; index < seconds * framesPerSecond; index += 1) {
    const at = index / framesPerSecond;
    const data = new Uint8Array(size.width * size.height * 3).fill(138);
    if (at >= from && at < until) hang(data, portrait, 120 + Math.round((at - from) * 12));
    yield { ...size, data };
  }
}

/** Puts the portrait on the wall, 180 pixels wide. */
function hang(data: Uint8Array, picture: RgbImage, left: number): void {
  const side = 180;
  const tall = Math.round((side * picture.height) / picture.width);
  for (let y = 0; y < tall && 80 + y < size.height; y += 1) {
    for (let x = 0; x < side && left + x < size.width; x += 1) {
      const row = Math.floor((y * picture.height) / tall) * picture.width;
      const from = (row + Math.floor((x * picture.width) / side)) * 3;
      data.set(picture.data.subarray(from, from + 3), ((80 + y) * size.width + left + x) * 3);
    }
  }
}
