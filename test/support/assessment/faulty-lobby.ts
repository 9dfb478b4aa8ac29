import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { castDemo, chooseSeeds, lobbyPassers } from '../../../demo/footage/demo-cast.ts';
import type { FacePainter } from '../../../demo/footage/face-painter.ts';
import { GeneratedFacePainter } from '../../../demo/footage/generated-face-painter.ts';
import { lobbyScene } from '../../../demo/footage/lobby-scene.ts';
import { renderScene } from '../../../demo/footage/render-scene.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { testManifest } from '../live/demo-footage.ts';
import { darkened, defocused, FacesFromAbove, smeared } from './camera-faults.ts';

interface View {
  readonly spoil: (image: RgbImage) => RgbImage;
  /** Of the JPEG. */
  readonly quality: number;
}

const asItIs = (image: RgbImage) => image;
const fine = 92;

const views = {
  good: { spoil: asItIs, quality: fine },
  dark: { spoil: (image) => darkened(image, 0.16), quality: fine },
  defocused: { spoil: (image) => defocused(image, 5), quality: fine },
  smeared: { spoil: (image) => smeared(image, 9), quality: fine },
  compressed: { spoil: asItIs, quality: 6 },
} as const satisfies Record<string, View>;

export type LobbyView = keyof typeof views | 'ceiling';

/**
 * The demo's lobby as cameras with one fault each see it, a folder of pictures a view; people in it
 * have some 35 pixels between the eyes at their nearest and do not exist.
 */
export async function writeFaultyLobby(folder: string): Promise<void> {
  await using painter = await GeneratedFacePainter.open(join(dirname(testManifest), 'faces.onnx'));
  await write(folder, painter, views);
  const ceiling = { spoil: asItIs, quality: fine };
  await write(folder, new FacesFromAbove(painter, 60), { ceiling });
}

async function write(
  folder: string,
  painter: FacePainter,
  wanted: Readonly<Record<string, View>>,
): Promise<void> {
  const codec = createImageCodec();
  for (const name of Object.keys(wanted)) await mkdir(join(folder, name));
  let index = 0;
  for await (const image of renderScene(lobbyScene(lobbyPassers(cast())), painter)) {
    for (const [name, { spoil, quality }] of Object.entries(wanted)) {
      const file = join(folder, name, `${index}.jpg`);
      await writeFile(file, await codec.encodeJpeg(spoil(image), quality));
    }
    index += 1;
  }
}

function cast() {
  const { models } = JSON.parse(readFileSync(testManifest, 'utf8')) as {
    models: { seeds?: number[] }[];
  };
  return castDemo(chooseSeeds(models.flatMap(({ seeds = [] }) => seeds)));
}
