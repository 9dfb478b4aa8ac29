import type { RgbImage } from '../../src/domain/image/image.ts';
import { CameraSensor } from './camera-sensor.ts';
import { createCanvas } from './canvas.ts';
import type { FacePainter, PaintedFace } from './face-painter.ts';
import type { Figure } from './figure.ts';
import { HeadSampler } from './head-sampler.ts';
import { appearanceLatent, betweenLooks } from './latents.ts';
import { paintPerson } from './paint-person.ts';
import type { Passer, Scene } from './scene.ts';
import { placeAt } from './walk-path.ts';

/** Faces are painted this often and blended in between, a second. */
const facesPerSecond = 5;
/** A look is this share of a full draw: people stay themselves. */
const lookStrength = 0.55;

/**
 * Renders a scene's loop, a picture at a time, as its camera delivers it.
 * Deterministic. Blocks the thread for some 20 ms a picture, and the painter's time.
 */
export async function* renderScene(
  scene: Scene,
  painter: FacePainter,
  onFrame: (done: number, total: number) => void = () => undefined,
): AsyncGenerator<RgbImage> {
  const { view, framesPerSecond } = scene;
  const background = scene.paintBackground();
  const canvas = createCanvas(view.width, view.height);
  canvas.depth.set(background.depth);
  const sensor = new CameraSensor(scene.look, view.width, view.height, 77);
  const casts = scene.passers.map((passer) => new Cast(passer, painter));
  const total = Math.round(scene.seconds * framesPerSecond);
  for (let index = 0; index < total; index += 1) {
    const time = index / framesPerSecond;
    canvas.rgb.set(background.rgb);
    const figures: Figure[] = [];
    for (const cast of casts) {
      const figure = await cast.figureAt(scene, time);
      if (figure !== undefined) figures.push(figure);
    }
    figures.sort((a, b) => b.depth - a.depth);
    for (const figure of figures) paintPerson(canvas, figure);
    yield sensor.expose(canvas, scene.brightnessAt(time));
    onFrame(index + 1, total);
  }
}

/** One passer with the faces painted so far. */
class Cast {
  readonly #passer: Passer;
  readonly #painter: FacePainter;
  readonly #looks: readonly Float32Array[];
  readonly #faces = new Map<number, PaintedFace>();

  constructor(passer: Passer, painter: FacePainter) {
    this.#passer = passer;
    this.#painter = painter;
    this.#looks = passer.looks.map((seed) => appearanceLatent(seed, lookStrength));
  }

  async figureAt(scene: Scene, time: number): Promise<Figure | undefined> {
    const { path, outfit } = this.#passer;
    const place = placeAt(path, time);
    if (place === undefined || place.z < 0.5) return undefined;
    const { view } = scene;
    const scale = view.focalLength / place.z;
    const started = path[0]?.time ?? 0;
    const stride = (time - started) * 2 * Math.PI * 0.95;
    const walking = Math.min(1, place.speed / 0.7);
    return {
      x: view.width / 2 + place.x * scale,
      ground: view.horizon + view.cameraHeight * scale,
      scale,
      depth: place.z,
      outfit,
      head: new HeadSampler(await this.#faceAt(time)),
      roll: 0.045 * Math.sin(stride * 0.5) + 0.03 * Math.sin(time * 1.7 + outfit.height * 40),
      stride,
      walking,
      light: scene.lightAt(place.x, place.z),
    };
  }

  /** Two painted faces blended, by time. */
  async #faceAt(time: number): Promise<PaintedFace> {
    const step = Math.floor(time * facesPerSecond);
    const share = time * facesPerSecond - step;
    const first = await this.#painted(step);
    if (share < 0.01) return first;
    const second = await this.#painted(step + 1);
    const blend = (a: Float32Array, b: Float32Array): Float32Array =>
      a.map((value, at) => value + ((b[at] ?? 0) - value) * share);
    return { rgb: blend(first.rgb, second.rgb), alpha: first.alpha };
  }

  async #painted(step: number): Promise<PaintedFace> {
    let face = this.#faces.get(step);
    if (face === undefined) {
      face = await this.#painter.paint(
        this.#passer.identitySeed,
        this.#lookAt(step / facesPerSecond),
      );
      this.#faces.set(step, face);
      this.#faces.delete(step - 3);
    }
    return face;
  }

  /** Goes from look to look along the path, slower at each. */
  #lookAt(time: number): Float32Array {
    const { path } = this.#passer;
    const from = path[0]?.time ?? 0;
    const to = path.at(-1)?.time ?? from + 1;
    const last = this.#looks.length - 1;
    const position = Math.min(Math.max((time - from) / (to - from), 0), 1) * last;
    const index = Math.min(Math.floor(position), Math.max(0, last - 1));
    const a = this.#looks[index] ?? new Float32Array(16);
    const b = this.#looks[index + 1] ?? a;
    const t = position - index;
    return betweenLooks(a, b, t * t * (3 - 2 * t));
  }
}
