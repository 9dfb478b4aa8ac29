import { createHash } from 'node:crypto';
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { corridorScene } from '../demo/footage/corridor-scene.ts';
import { castDemo, corridorPassers } from '../demo/footage/demo-cast.ts';
import type { DemoFootage, WantedPerson } from '../demo/footage/demo-footage.ts';
import { readFootage, writeFootage } from '../demo/footage/footage-file.ts';
import { GeneratedFacePainter } from '../demo/footage/generated-face-painter.ts';
import { renderScene } from '../demo/footage/render-scene.ts';
import { encodeFootage } from '../demo/media/encode-footage.ts';
import type { EncodedSource } from '../demo/media/encoded-source.ts';
import { FrameLedger } from '../src/domain/frame/ledger.ts';
import type { RgbImage } from '../src/domain/image/image.ts';
import { matroskaHead, matroskaPicture } from '../src/streams/preview/matroska-writer.ts';
import { openFile } from '../src/streams/recorded/file-source.ts';
import type { FootageKind } from './bench.ts';
import { crowdPictures, crowdSize, paintCrowd } from './crowd-pictures.ts';
import { atEnd } from './ending.ts';
import { type FootageOptions, prepareFootage } from './prepare-footage.ts';

/** Raised when made-up kinds change. */
const version = 3;
const fullHd = { width: 1920, height: 1080 };

/** Footage for the cameras, each kind made once; made-up kinds are kept from run to run. */
export class FootageStore implements AsyncDisposable {
  readonly #options: FootageOptions;
  readonly #folder: string;
  readonly #made = new Map<FootageKind, Promise<string>>();
  readonly #usual: string;
  readonly #forget: () => void;

  /** @param folder where footage lies, the made-up kinds for the next run */
  constructor(folder: string, options: FootageOptions) {
    this.#options = options;
    this.#folder = folder;
    this.#usual = join(folder, `${process.pid}.footage`);
    this.#forget = atEnd(() => this.#remove());
  }

  /** Path of the footage. */
  get(kind: FootageKind): Promise<string> {
    let path = this.#made.get(kind);
    if (path === undefined) {
      path = this.#make(kind);
      this.#made.set(kind, path);
    }
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#forget();
    await this.#remove();
  }

  #remove(): Promise<void> {
    return rm(this.#usual, { force: true });
  }

  async #make(kind: FootageKind): Promise<string> {
    if (kind === 'usual') {
      await prepareFootage(this.#usual, this.#options);
      return this.#usual;
    }
    // The same place in the size of a common camera.
    const usual = await this.get(kind === 'nobody-full-hd' ? 'nobody' : 'usual');
    const digest = createHash('sha256')
      .update(await readFile(usual))
      .digest('hex');
    const path = join(this.#folder, `${kind}-v${version}-${digest.slice(0, 16)}.footage`);
    if ((await stat(path).catch(() => null)) !== null) return path;
    this.#options.say(`Making the footage "${kind}" (first run only)`);
    const footage = (await readFootage(usual)) as DemoFootage;
    const [loop] = footage.cameras;
    if (loop === undefined) throw new Error(`There is no loop in ${usual}`);
    const people = kind === 'crowd' ? await this.#crowd(footage) : footage.people;
    const source = await this.#encode(kind, loop.source, people);
    await writeFootage(path, { cameras: [{ name: kind, source }], people });
    return path;
  }

  /** Enough people that each is out of view for a while; of a recording those that it shows. */
  async #crowd({ people }: DemoFootage): Promise<readonly WantedPerson[]> {
    const { footage, manifest } = this.#options;
    if (footage !== undefined) return people;
    await using painter = await GeneratedFacePainter.open(join(dirname(manifest), 'faces.onnx'));
    return await paintCrowd(painter);
  }

  async #encode(
    kind: Exclude<FootageKind, 'usual'>,
    loop: EncodedSource,
    people: readonly WantedPerson[],
  ): Promise<EncodedSource> {
    const { framesPerSecond } = loop;
    const faces = people.flatMap(({ enrolment }) => enrolment.slice(0, 1));
    switch (kind) {
      case 'quiet':
        return renderQuiet(
          this.#options.manifest,
          people.map(({ seed }) => seed),
        );
      case 'nobody':
        return renderNobody(this.#options.manifest);
      case 'full-hd':
      case 'nobody-full-hd':
        return encodeFootage(enlarged(loop, this.#folder), { framesPerSecond });
      case 'crowd':
        return encodeFootage(crowdPictures(faces, { ...crowdSize, framesPerSecond, seconds: 20 }), {
          framesPerSecond,
        });
    }
  }
}

async function renderNobody(manifest: string): Promise<EncodedSource> {
  await using painter = await GeneratedFacePainter.open(join(dirname(manifest), 'faces.onnx'));
  const scene = corridorScene([]);
  return await encodeFootage(renderScene(scene, painter), scene);
}

async function renderQuiet(manifest: string, seeds: readonly number[]): Promise<EncodedSource> {
  await using painter = await GeneratedFacePainter.open(join(dirname(manifest), 'faces.onnx'));
  const scene = corridorScene(corridorPassers(castDemo(seeds)));
  // Not before the painter has painted all of it.
  return await encodeFootage(renderScene(scene, painter), scene);
}

/** The pictures of a loop at 1920x1080. */
async function* enlarged(source: EncodedSource, folder: string): AsyncGenerator<RgbImage> {
  const loop = await writeUnits(source, folder);
  try {
    const ledger = new FrameLedger();
    for await (const frame of openFile({ path: loop.path, cameraId: 'bench', ledger })) {
      using owned = frame;
      yield await owned.picture.rgb(fullHd);
    }
  } finally {
    await loop.remove();
  }
}

/** A file that lasts until it is removed. */
export interface TemporaryFile {
  readonly path: string;
  remove(): Promise<void>;
}

/** The loop of some footage as a video file, over and over where it is to last for so many seconds. */
export async function writeLoop(
  footage: string,
  folder: string,
  seconds = 0,
): Promise<TemporaryFile> {
  const source = (await readFootage(footage))?.cameras[0]?.source;
  if (source === undefined) throw new Error(`There is no loop in ${footage}`);
  return writeUnits(source, folder, seconds);
}

async function writeUnits(
  source: EncodedSource,
  folder: string,
  seconds = 0,
): Promise<TemporaryFile> {
  const temporary = await mkdtemp(join(folder, 'loop-'));
  const remove = () => rm(temporary, { recursive: true, force: true });
  const forget = atEnd(remove);
  const path = join(temporary, 'loop.mkv');
  const { width, height, units, duration } = source;
  const codec = source.codec === 'h265' ? 'hevc' : source.codec;
  const loops = Math.max(1, Math.round((seconds * 1000) / duration));
  await using file = await open(path, 'w');
  await file.write(matroskaHead({ codec, width, height }));
  for (let loop = 0; loop < loops; loop += 1) {
    const pictures = units.map(({ data, key, time }) =>
      matroskaPicture({ data: Buffer.from(data), key, time: time + loop * duration }),
    );
    await file.write(Buffer.concat(pictures));
  }
  return {
    path,
    async remove() {
      forget();
      await remove();
    },
  };
}
