import type { RgbImage } from '../../src/domain/image/image.ts';
import { encodeFootage } from '../media/encode-footage.ts';
import type { EncodedSource } from '../media/encoded-source.ts';
import { castDemo, lobbyPassers, portraitLooks, yardPassers } from './demo-cast.ts';
import type { FacePainter } from './face-painter.ts';
import { lobbyScene } from './lobby-scene.ts';
import { paintPortrait } from './portrait.ts';
import { renderScene } from './render-scene.ts';
import { yardScene } from './yard-scene.ts';

/** Raised with every change of what is rendered: cached footage of another version is not used. */
export const rendererVersion = 5;

export interface DemoCamera {
  /** `lobby` or `side-entrance`. */
  readonly name: string;
  readonly source: EncodedSource;
}

/** Somebody to put on the demo's watchlist; does not exist. */
export interface WantedPerson {
  readonly seed: number;
  readonly name: string;
  /** Pictures to enrol: frontal, of good quality, each with another look. */
  readonly enrolment: readonly RgbImage[];
}

export interface DemoFootage {
  readonly cameras: readonly DemoCamera[];
  readonly people: readonly WantedPerson[];
}

/** What is rendered apart from the rest, so that two cores can share the work. */
export const demoParts = ['lobby', 'side-entrance'] as const;
export type DemoPart = (typeof demoParts)[number];

/**
 * Renders and encodes a part of the demo's footage; the lobby comes with the
 * pictures to enrol. Takes seconds of computing in the calling thread: use a worker.
 * @param seeds of faces that differ well; the first is the wanted person's
 * @param onProgress share done, 0..1
 */
export async function renderDemoPart(
  part: DemoPart,
  painter: FacePainter,
  seeds: readonly number[],
  onProgress: (share: number) => void = () => undefined,
): Promise<DemoFootage> {
  const cast = castDemo(seeds);
  const scene = part === 'lobby' ? lobbyScene(lobbyPassers(cast)) : yardScene(yardPassers(cast));
  const pictures = renderScene(scene, painter, (done, total) => onProgress(done / total));
  const { name, framesPerSecond, quality } = scene;
  const source = await encodeFootage(pictures, { framesPerSecond, quality });
  const enrolment: RgbImage[] = [];
  if (part === 'lobby') {
    for (const look of portraitLooks)
      enrolment.push(await paintPortrait(painter, cast.wanted, look));
  }
  const { wanted } = cast;
  const people = part === 'lobby' ? [{ seed: wanted.seed, name: wanted.name, enrolment }] : [];
  return { cameras: [{ name, source }], people };
}
