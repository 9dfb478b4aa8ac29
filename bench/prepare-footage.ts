import { join, resolve } from 'node:path';
import { createDemoCameras } from '../demo/create-demo-cameras.ts';
import type { DemoFootage } from '../demo/footage/demo-footage.ts';
import { writeFootage } from '../demo/footage/footage-file.ts';
import { encodeFootage } from '../demo/media/encode-footage.ts';
import { FrameLedger } from '../src/domain/frame/ledger.ts';
import { clipBox, expandBox } from '../src/domain/geometry/box.ts';
import type { RgbImage } from '../src/domain/image/image.ts';
import { createInference } from '../src/inference/inference.ts';
import { openFile } from '../src/streams/recorded/file-source.ts';

const width = 768;
const height = 432;
const framesPerSecond = 10;
const maxSeconds = 20;
/** Of the pictures to enrol that are cut from a recording, pixels. */
const enrolWidth = 360;

export interface FootageOptions {
  readonly manifest: string;
  /** A recording to play instead of the demo's lobby. */
  readonly footage?: string | undefined;
  /** Where rendered footage is kept from run to run. */
  readonly cacheDir: string;
  readonly say: (line: string) => void;
}

/**
 * Writes what the cameras of the bench play, 768x432 at 10 frames a second, to
 * `path`, with pictures of somebody in it to enrol: the demo's lobby, whose
 * people do not exist, or a recording.
 */
export async function prepareFootage(path: string, options: FootageOptions): Promise<void> {
  const { footage, manifest } = options;
  await writeFootage(
    path,
    footage === undefined ? await lobby(options) : await recorded(footage, manifest),
  );
}

async function lobby({ manifest, cacheDir, say }: FootageOptions): Promise<DemoFootage> {
  let told = false;
  const footage = await createDemoCameras({
    facesModelPath: join(resolve(manifest), '..', 'faces.onnx'),
    cacheDir,
    onProgress(share) {
      if (share < 1 && !told) say('Rendering the footage (first run only)');
      told = true;
    },
  });
  return {
    cameras: footage.cameras.filter(({ name }) => name === 'lobby'),
    people: footage.people,
  };
}

async function recorded(path: string, manifest: string): Promise<DemoFootage> {
  await using resources = new AsyncDisposableStack();
  const inference = await createInference({ manifestPath: manifest, models: { embed: null } });
  resources.defer(() => inference.close());
  const detector = inference.detector();
  const found: { image: RgbImage; worth: number }[] = [];

  async function* pictures(): AsyncGenerator<RgbImage> {
    let taken = 0;
    for await (const frame of openFile({ path, cameraId: 'bench', ledger: new FrameLedger() })) {
      using owned = frame;
      if (owned.mediaTime + 1 < (taken * 1000) / framesPerSecond) continue;
      if (taken === maxSeconds * framesPerSecond) return;
      const image = await owned.picture.rgb({ width, height });
      if (taken % 5 === 0) {
        for (const { box, score } of await detector.detect(owned.picture)) {
          const crop = clipBox(expandBox(box, 2.2), owned);
          // Enrolment wants large faces; whom it is like does not matter here.
          const zoom = Math.max(1, enrolWidth / crop.width);
          const size = {
            width: Math.round(crop.width * zoom),
            height: Math.round(crop.height * zoom),
          };
          const face = await owned.picture.rgb({ crop, ...size });
          found.push({ image: face, worth: score * box.width });
        }
      }
      taken += 1;
      yield image;
    }
  }

  const source = await encodeFootage(pictures(), { framesPerSecond });
  const best = found.sort((a, b) => b.worth - a.worth).slice(0, 8);
  if (best.length === 0) throw new Error(`There is no face in ${path}`);
  return {
    cameras: [{ name: 'loop', source }],
    people: [{ seed: 0, name: 'Somebody', enrolment: best.map(({ image }) => image) }],
  };
}
