import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CameraSensor } from '../../../demo/footage/camera-sensor.ts';
import { createCanvas, paintRegion } from '../../../demo/footage/canvas.ts';
import { corridorScene } from '../../../demo/footage/corridor-scene.ts';
import {
  castDemo,
  chooseSeeds,
  corridorPassers,
  lobbyPassers,
  yardPassers,
} from '../../../demo/footage/demo-cast.ts';
import { eyeDistance } from '../../../demo/footage/figure.ts';
import { HeadSampler } from '../../../demo/footage/head-sampler.ts';
import { lobbyScene } from '../../../demo/footage/lobby-scene.ts';
import { paintPortrait } from '../../../demo/footage/portrait.ts';
import { renderScene } from '../../../demo/footage/render-scene.ts';
import type { CameraLook, Scene } from '../../../demo/footage/scene.ts';
import { placeAt } from '../../../demo/footage/walk-path.ts';
import { yardScene } from '../../../demo/footage/yard-scene.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import { DrawnFacePainter } from '../../support/demo/drawn-face-painter.ts';

const cast = castDemo([5, 6, 7, 8]);
const plain: CameraLook = {
  gain: 1,
  saturation: 1,
  tint: [1, 1, 1],
  blurs: 0,
  shot: 0,
  read: 0,
  pattern: 0,
  vignette: 0,
  black: 0,
};

/** A small empty room with the yard's first passer. */
function smallScene(): Scene {
  const yard = yardScene(yardPassers(cast).slice(0, 1));
  const view = { width: 120, height: 68, focalLength: 110, horizon: 26, cameraHeight: 1.9 };
  return {
    ...yard,
    view,
    seconds: 5,
    framesPerSecond: 2,
    paintBackground: () => createCanvas(view.width, view.height),
  };
}

async function render(scene: Scene): Promise<RgbImage[]> {
  const images: RgbImage[] = [];
  for await (const image of renderScene(scene, new DrawnFacePainter())) images.push(image);
  return images;
}

describe('renderScene', () => {
  it('gives a whole loop, the same each time', async () => {
    const [first, second] = await Promise.all([render(smallScene()), render(smallScene())]);
    assert.equal(first.length, 10);
    assert.deepEqual(first, second);
    assert.notDeepEqual(first[4]?.data, first[8]?.data);
  });

  it('reports progress', async () => {
    const seen: number[] = [];
    for await (const image of renderScene(smallScene(), new DrawnFacePainter(), (done, total) => {
      seen.push(done / total);
    })) {
      assert.equal(image.data.length, 120 * 68 * 3);
    }
    assert.equal(seen.at(-1), 1);
  });
});

describe('demo scenes', () => {
  const lobby = lobbyScene(lobbyPassers(cast));
  const yard = yardScene(yardPassers(cast));
  const eyes = (scene: Scene, z: number): number => (scene.view.focalLength * eyeDistance) / z;

  it('show the wanted person within five seconds, large enough to be matched', () => {
    const wanted = lobby.passers.find(({ identitySeed }) => identitySeed === cast.wanted.seed);
    const place = placeAt(wanted?.path ?? [], 4.5);
    assert.ok(place !== undefined && eyes(lobby, place.z) > 16);
    assert.ok(yard.passers.some(({ identitySeed }) => identitySeed === cast.wanted.seed));
  });

  it('show others who are not wanted, and several people at once', () => {
    for (const scene of [lobby, yard]) {
      assert.equal(new Set(scene.passers.map(({ identitySeed }) => identitySeed)).size, 3);
      const together = Array.from(
        { length: scene.seconds * 2 },
        (_, half) =>
          scene.passers.filter(({ path }) => placeAt(path, half / 2) !== undefined).length,
      );
      assert.ok(Math.max(...together) >= 2);
    }
  });

  it('are empty of people where the loop begins again', () => {
    for (const scene of [lobby, yard]) {
      for (const { path } of scene.passers) {
        assert.equal(placeAt(path, scene.seconds - 0.05), undefined);
        const start = placeAt(path, 0);
        assert.ok(start === undefined || Math.abs(start.x) > 2.3, 'still around the corner');
      }
    }
  });

  it('show somebody for a tenth of the time in the corridor', () => {
    const { passers, seconds } = corridorScene(corridorPassers(cast));
    const moments = Array.from({ length: seconds * 10 }, (_, at) => at / 10);
    const seen = moments.filter((time) =>
      passers.some(({ path }) => placeAt(path, time) !== undefined),
    );
    assert.equal(seen.length, moments.length / 10);
  });

  it('keep faces of 8 to 45 pixels between the eyes on their way', () => {
    for (const scene of [lobby, yard]) {
      for (const { path } of scene.passers) {
        const sizes = path.map(({ z }) => eyes(scene, z));
        assert.ok(Math.max(...sizes) > 18 && Math.max(...sizes) < 70);
      }
    }
  });
});

describe('paintRegion', () => {
  it('mixes by coverage, clips, and hides behind what is nearer', () => {
    const canvas = createCanvas(4, 1);
    canvas.depth.set([1, 9, 9, 9]);
    paintRegion(canvas, { left: -3, top: -1, right: 3, bottom: 5 }, 5, (x, _y, brush) => {
      brush.coverage = x === 1 ? 1 : 0.5;
      brush.red = 100;
    });
    const reds = [0, 1, 2, 3].map((x) => canvas.rgb[x * 3]);
    assert.deepEqual(reds, [0, 100, 50, 0]);
  });
});

describe('HeadSampler', () => {
  it('reads the face as it is, and its mean from afar', async () => {
    const face = await new DrawnFacePainter().paint(1, new Float32Array(16));
    const head = new HeadSampler(face);
    const sample = new Float32Array(4);
    head.read(72, 120, 1, sample);
    const at = 120 * 144 + 72;
    assert.ok(Math.abs((sample[0] ?? 0) - (face.rgb[at * 3] ?? 0)) < 1e-3);
    assert.equal(sample[3], 1);
    head.read(-40, -40, 1, sample);
    assert.equal(sample[3], 0);
    head.read(72, 72, 16, sample);
    assert.ok((sample[3] ?? 0) > 0.9);
    assert.ok(head.skin[0] > head.skin[2]);
  });
});

describe('CameraSensor', () => {
  const grey = (): ReturnType<typeof createCanvas> => {
    const canvas = createCanvas(64, 64);
    canvas.rgb.fill(100);
    return canvas;
  };
  const spread = (image: RgbImage): { mean: number; deviation: number } => {
    const values = [...image.data];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return { mean, deviation: Math.sqrt(square) };
  };

  it('leaves a picture as it is without faults', () => {
    const image = new CameraSensor(plain, 64, 64, 1).expose(grey(), 1);
    assert.deepEqual(spread(image), { mean: 100, deviation: 0 });
  });

  it('adds noise of the variance asked for, anew in each picture', () => {
    const sensor = new CameraSensor({ ...plain, shot: 0.6, read: 2, saturation: 0 }, 64, 64, 1);
    const first = sensor.expose(grey(), 1);
    const { mean, deviation } = spread(first);
    assert.ok(Math.abs(mean - 100) < 1, `mean ${mean}`);
    assert.ok(Math.abs(deviation - 8) < 0.6, `deviation ${deviation}`);
    assert.notDeepEqual(first.data, sensor.expose(grey(), 1).data);
  });

  it('darkens, and keeps its column pattern', () => {
    const sensor = new CameraSensor({ ...plain, gain: 0.5, pattern: 4 }, 64, 64, 1);
    const image = sensor.expose(grey(), 1);
    assert.ok(spread(image).mean < 55);
    assert.deepEqual(image.data.subarray(0, 192), image.data.subarray(192, 384));
    assert.notEqual(image.data[0], image.data[9]);
  });
});

describe('paintPortrait', () => {
  it('gives a picture with the face in it', async () => {
    const image = await paintPortrait(new DrawnFacePainter(), cast.wanted, 1);
    assert.equal(image.data.length, image.width * image.height * 3);
    const background = image.data[3] ?? 0;
    const cheek = (Math.round(image.height * 0.46) * image.width + image.width / 2) * 3;
    assert.ok(Math.abs((image.data[cheek] ?? 0) - background) > 12);
  });
});

describe('chooseSeeds', () => {
  it('takes the preferred faces where all are offered, otherwise the offered ones', () => {
    const preferred = chooseSeeds(Array.from({ length: 200 }, (_, seed) => seed));
    assert.equal(new Set(preferred).size, 4);
    assert.deepEqual(chooseSeeds([9, 8]), [9, 8]);
    assert.deepEqual(castDemo(preferred).wanted.seed, preferred[0]);
  });
});
