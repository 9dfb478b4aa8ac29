import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { shippedManifest } from '../../src/app/shipped-files.ts';
import { systemActor } from '../../src/domain/audit-entry.ts';
import { hashFile } from '../../src/inference/manifest.ts';
import { manifestSchema } from '../../src/inference/manifest-schema.ts';
import { createImageCodec } from '../../src/streams/image-codec.ts';
import { useModels } from '../support/inference/use-models.ts';
import { demoFootage, testManifest } from '../support/live/demo-footage.ts';
import { enrolWanted, startLive, testList } from '../support/live/start-live.ts';
import { sharedFolder, sharedMissing } from '../support/third-party-manifest.ts';

/** As docs/models.md shows it: a manifest that holds a recogniser and nothing else. */
async function writeRecogniser(folder: string): Promise<void> {
  const file = path.join(folder, 'mobilefacenet.onnx');
  await copyFile(path.join(sharedFolder, 'models/mobilefacenet_foamliu.onnx'), file);
  const manifest = {
    schema: 1,
    models: [
      {
        name: 'mobilefacenet',
        task: 'embed',
        version: '1.0.0',
        licence: 'Apache-2.0',
        card: 'card.md',
        variants: [
          {
            precision: 'fp32',
            file: 'mobilefacenet.onnx',
            sha256: await hashFile(file),
            bytes: (await stat(file)).size,
          },
        ],
        input: {
          name: 'input0',
          layout: 'NCHW',
          channels: 'RGB',
          mean: [123.675, 116.28, 103.53],
          scale: [58.395, 57.12, 57.375],
          height: 112,
          width: 112,
          batch: 1,
        },
        output: { decode: 'embedding', dimension: 128 },
      },
    ],
  };
  const text = JSON.stringify(manifestSchema.parse(manifest));
  await writeFile(path.join(folder, 'manifest.json'), text);
}

describe("a user's own recogniser", { skip: sharedMissing, timeout: 300_000 }, () => {
  let dataDir: string;
  let folder: string;
  before(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'nightglass-own-data-'));
    folder = await mkdtemp(path.join(tmpdir(), 'nightglass-own-'));
    await writeRecogniser(folder);
  });
  after(async () => {
    for (const each of [dataDir, folder]) await rm(each, { recursive: true });
  });

  it('is put to use by one command; enrolled people are found by it at once', async () => {
    const { people } = await demoFootage();
    const [wanted] = people;
    assert.ok(wanted);
    {
      await using live = await startLive({ sources: {}, config: { data: dataDir } });
      await enrolWanted(live, wanted);
    }
    await useModels(
      { dataDir, configured: testManifest, shipped: shippedManifest, trusted: [] },
      folder,
    );
    await using live = await startLive({ sources: {}, config: { data: dataDir } });
    const { services } = live.nightglass;
    for (const until = Date.now() + 60_000; Date.now() < until; await setTimeout(100)) {
      const { templates } = await services.system.report();
      if (templates.renewed > 0 && templates.pending === 0) break;
    }
    const { templates } = await services.system.report();
    assert.match(templates.model, /^mobilefacenet@1\.0\.0:/);
    assert.deepEqual([templates.pending, templates.failed], [0, []]);
    const portrait = wanted.enrolment.at(-1);
    assert.ok(portrait);
    const image = { name: 'portrait', bytes: await createImageCodec().encodeJpeg(portrait, 90) };
    const [face] = await services.search.run({
      image,
      watchlistIds: [testList],
      limit: 3,
      by: systemActor,
      reason: 'a test',
    });
    const [best] = face?.candidates ?? [];
    assert.equal(best?.personName, wanted.name);
    assert.ok((best?.scores.fused ?? 0) > 0.9, JSON.stringify(best));
  });
});
