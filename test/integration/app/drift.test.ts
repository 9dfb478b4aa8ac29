import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { castDemo, chooseSeeds, lobbyPassers } from '../../../demo/footage/demo-cast.ts';
import { GeneratedFacePainter } from '../../../demo/footage/generated-face-painter.ts';
import { lobbyScene } from '../../../demo/footage/lobby-scene.ts';
import { renderScene } from '../../../demo/footage/render-scene.ts';
import { encodeFootage } from '../../../demo/media/encode-footage.ts';
import { NightglassClient } from '../../../src/client/nightglass-client.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import { dayPart, dayText } from '../../../src/domain/drift/day-part.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import { defocused } from '../../support/assessment/camera-faults.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { testManifest } from '../../support/live/demo-footage.ts';
import { type Live, startLive } from '../../support/live/start-live.ts';

const dayMs = 86_400_000;
/** Some more than a part of a day needs. */
const facesADay = 12;
const [clearDays, blurredDays] = [24, 4];

/** Some seconds of the demo's lobby while people are near; nobody in it exists. */
async function lobby(): Promise<RgbImage[]> {
  const { models } = JSON.parse(readFileSync(testManifest, 'utf8')) as {
    models: { seeds?: number[] }[];
  };
  const cast = castDemo(chooseSeeds(models.flatMap(({ seeds = [] }) => seeds)));
  await using painter = await GeneratedFacePainter.open(join(dirname(testManifest), 'faces.onnx'));
  const pictures: RgbImage[] = [];
  let index = 0;
  for await (const image of renderScene(lobbyScene(lobbyPassers(cast)), painter)) {
    if (index >= 30) pictures.push(image);
    index += 1;
    if (pictures.length === 60) break;
  }
  return pictures;
}

describe('a camera that goes out of focus', { timeout: 900_000 }, () => {
  it('is said to be blurred since its day, until an operator says that it is known', async () => {
    const pictures = await lobby();
    const coding = { framesPerSecond: 10, quality: 18 };
    const clear = await encodeFootage(pictures, coding);
    const blurred = await encodeFootage(
      pictures.map((picture) => defocused(picture, 2)),
      coding,
    );
    let ahead = new Date(2026, 10, 1, 12, 30).getTime() - Date.now();
    const clock = { ...systemClock, now: () => Date.now() + ahead };
    await using live = await startLive({ sources: { gate: clear }, clock });
    const firstDay = dayPart(clock.now()).day;
    for (let day = 0; day < clearDays + blurredDays; day += 1) {
      if (day === clearDays) live.server.camera('gate').changeResolution(blurred);
      await facesSeen(live, facesADay, () => (ahead += 1_000));
      ahead += dayMs;
    }
    const again = await live.restart();
    const client = new NightglassClient({ address: again.nightglass.address });
    const report = await client.drift('gate');
    const sharpness = report.changes.find(({ measure }) => measure === 'sharpness');
    assert.ok(sharpness, JSON.stringify(report.changes));
    const { direction, isWorse, since } = sharpness;
    assert.deepEqual([direction, isWorse], ['down', true]);
    // Its first pictures of that day are still the clear ones that were on their way.
    assert.ok(
      [0, 1].some((late) => since === dayText(firstDay + clearDays + late)),
      since,
    );
    assert.ok(sharpness.after.median < sharpness.before.median - 0.1);
    assert.ok(sharpness.before.count > clearDays && sharpness.after.count > blurredDays);
    const history = report.measures.find(({ measure }) => measure === 'sharpness');
    assert.ok(history !== undefined && history.weeks.length >= 4);
    assert.ok((history.weeks[0]?.median ?? 0) > (history.weeks.at(-1)?.median ?? 1));

    const metrics = async () => (await fetch(`${again.nightglass.address}/metrics`)).text();
    const series =
      /nightglass_camera_changed_timestamp_seconds\{camera="gate",measure="sharpness"\} \d/;
    assert.match(await metrics(), series);
    const told = await runCommand([
      ...['camera', 'drift', 'gate', '--address', again.nightglass.address],
    ]);
    assert.equal(told.code, 0, told.stderr);
    assert.match(
      told.stdout,
      /since \w+ \d+ November this camera is blurred: sharpness \d\.\d\d -> \d/,
    );

    await client.setDriftReference('gate', { from: since, note: 'lens set by hand' });
    const known = await client.drift('gate');
    assert.deepEqual(known.changes, []);
    assert.equal(known.reference?.note, 'lens set by hand');
    assert.doesNotMatch(await metrics(), series);
    const { records } = await client.audit({ what: 'drift', limit: 10 });
    assert.deepEqual(
      records.map(({ what, target }) => [what, target]),
      [['drift.reference_set', 'gate']],
    );
    await assert.rejects(client.drift('nowhere'), { code: 'NOT_FOUND' });
    await assert.rejects(client.setDriftReference('gate', { from: '2999-01-01' }), {
      code: 'BAD_REQUEST',
    });
  });
});

/** Waits until so many faces were graded; a second passes after each picture, as one picture a second is graded. */
async function facesSeen({ nightglass }: Live, wanted: number, passSecond: () => void) {
  let [seen, last] = [0, 0];
  const watching = nightglass.services.detections$.subscribe(({ capturedAt, faces }) => {
    if (faces.length === 0 || Math.abs(capturedAt - last) < 1_000) return;
    last = capturedAt;
    seen += faces.length;
    passSecond();
  });
  try {
    for (const until = Date.now() + 120_000; Date.now() < until; await setTimeout(50)) {
      if (seen >= wanted) return;
    }
    throw new Error(`Only ${seen} faces were seen`);
  } finally {
    watching.unsubscribe();
  }
}
