import type { RgbImage } from '../../src/domain/image/image.ts';
import { CameraSensor } from './camera-sensor.ts';
import { createCanvas } from './canvas.ts';
import type { DemoPerson } from './demo-cast.ts';
import type { FacePainter } from './face-painter.ts';
import { eyeDistance, eyeRow, type Figure } from './figure.ts';
import { HeadSampler } from './head-sampler.ts';
import { appearanceLatent } from './latents.ts';
import { paintPerson } from './paint-person.ts';
import { ramp } from './ray-cast.ts';

const width = 288;
const height = 320;
/** Pixels between the eyes: enough to enrol. */
const interEye = 46;

/**
 * A picture of a demo person as for enrolment: frontal, well lit, sharp, 46
 * pixels between the eyes.
 * @param look seed of the appearance; calmer looks than in the street
 */
export async function paintPortrait(
  painter: FacePainter,
  person: DemoPerson,
  look: number,
): Promise<RgbImage> {
  const canvas = createCanvas(width, height);
  for (let at = 0; at < width * height; at += 1) {
    const y = Math.floor(at / width) / height;
    const x = ((at % width) - width / 2) / width;
    const tone = 168 + 34 * ramp(0.75, 0.05, Math.hypot(x, y - 0.45)) - 20 * y;
    canvas.rgb.set([tone * 0.95, tone * 0.985, tone], at * 3);
  }
  const face = await painter.paint(person.seed, appearanceLatent(look, 0.55));
  const scale = interEye / eyeDistance;
  const figure: Figure = {
    x: width / 2,
    ground: 0,
    scale,
    depth: 1,
    outfit: person.outfit,
    head: new HeadSampler(face),
    roll: 0,
    stride: 0,
    walking: 0,
    light: [1, 1, 1],
  };
  paintPerson(canvas, { ...figure, ground: height * 0.4 - eyeRow(figure) });
  const studio = {
    gain: 1,
    saturation: 1,
    tint: [1, 1, 1],
    blurs: 0,
    shot: 0.004,
    read: 0.6,
    pattern: 0,
    vignette: 0,
    black: 0,
  } as const;
  return new CameraSensor(studio, width, height, look).expose(canvas, 1);
}
