import { castDemo, portraitLooks } from '../demo/footage/demo-cast.ts';
import type { WantedPerson } from '../demo/footage/demo-footage.ts';
import type { FacePainter } from '../demo/footage/face-painter.ts';
import { paintPortrait } from '../demo/footage/portrait.ts';
import type { RgbImage } from '../src/domain/image/image.ts';

/** Faces in view at any moment. */
export const crowdFaces = 10;
export const crowdSize = { width: 768, height: 432 };
const rows = 2;
/** People of the crowd: twice as many as are in view, so that each is away for a while. */
const people = 2 * crowdFaces;

export interface CrowdOptions {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly seconds: number;
}

/** People who do not exist, with two pictures to enrol each; the first is the one shown. */
export async function paintCrowd(painter: FacePainter): Promise<WantedPerson[]> {
  const { outfit } = castDemo([]).wanted;
  const crowd: WantedPerson[] = [];
  for (let index = 0; index < people; index += 1) {
    const person = { seed: 201 + index, name: `Person ${index + 1}`, outfit };
    const enrolment: RgbImage[] = [];
    for (const look of portraitLooks.slice(0, 2)) {
      enrolment.push(await paintPortrait(painter, person, look));
    }
    crowd.push({ seed: person.seed, name: person.name, enrolment });
  }
  return crowd;
}

/**
 * Portraits that move through the picture in two rows, so that ten are always in
 * view and new ones come all the time. Both rows go the same way: where one leaves, none comes.
 */
export function* crowdPictures(
  portraits: readonly RgbImage[],
  options: CrowdOptions,
): Generator<RgbImage> {
  const { width, height, framesPerSecond, seconds } = options;
  const spacing = (width * rows) / crowdFaces;
  const tileHeight = Math.floor(height / rows);
  const tiles = portraits.map((portrait) => shrink(portrait, tileHeight));
  if (tiles.length === 0) throw new RangeError('Cannot draw a crowd: there is no portrait');
  // A whole number of places a loop, so that it closes.
  const speed = (spacing * Math.round((seconds * width) / 8 / spacing)) / seconds;
  for (let at = 0; at < seconds * framesPerSecond; at += 1) {
    const picture = { width, height, data: new Uint8Array(width * height * 3).fill(120) };
    const moved = (at / framesPerSecond) * speed;
    for (let row = 0; row < rows; row += 1) {
      const first = Math.floor(moved / spacing);
      for (let place = -1; place <= crowdFaces / rows; place += 1) {
        const number = first - place + row * 2;
        const tile = tiles[((number % tiles.length) + tiles.length) % tiles.length] as RgbImage;
        const along = moved - first * spacing + place * spacing + (spacing - tile.width) / 2;
        paste(tile, picture, Math.round(along), row * tileHeight);
      }
    }
    yield picture;
  }
}

/** Area average to a height; widths follow. */
function shrink(image: RgbImage, height: number): RgbImage {
  const factor = image.height / height;
  const width = Math.floor(image.width / factor);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const sums = [0, 0, 0];
      let count = 0;
      for (let v = Math.floor(y * factor); v < Math.floor((y + 1) * factor); v += 1) {
        for (let u = Math.floor(x * factor); u < Math.floor((x + 1) * factor); u += 1) {
          for (let c = 0; c < 3; c += 1) {
            sums[c] = (sums[c] as number) + (image.data[(v * image.width + u) * 3 + c] as number);
          }
          count += 1;
        }
      }
      for (let c = 0; c < 3; c += 1) data[(y * width + x) * 3 + c] = (sums[c] as number) / count;
    }
  }
  return { width, height, data };
}

function paste(
  tile: RgbImage,
  onto: { width: number; data: Uint8Array },
  left: number,
  top: number,
) {
  const from = Math.max(0, -left);
  const to = Math.min(tile.width, onto.width - left);
  if (to <= from) return;
  for (let y = 0; y < tile.height; y += 1) {
    const source = tile.data.subarray((y * tile.width + from) * 3, (y * tile.width + to) * 3);
    onto.data.set(source, ((top + y) * onto.width + left + from) * 3);
  }
}
