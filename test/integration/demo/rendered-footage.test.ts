import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { DemoFootage } from '../../../demo/footage/demo-footage.ts';
import { readRenderedFootage } from '../../../demo/footage/rendered-footage.ts';
import { createRtspServer } from '../../../demo/rtsp/rtsp-server.ts';
import { shippedFootage } from '../../../src/app/shipped-files.ts';
import { pullFrames } from '../../support/demo/av-client.ts';

/** What the clips and portraits may take of the repository. */
const mostBytes = 6_000_000;

describe('the rendered footage', () => {
  let folder: string;
  let footage: DemoFootage;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-clips-'));
    footage = await readRenderedFootage(shippedFootage);
  });
  after(() => rm(folder, { recursive: true }));

  it('is two cameras and two people, and small', async () => {
    assert.deepEqual(
      footage.cameras.map(({ name, source }) => [
        name,
        source.width,
        source.height,
        source.duration,
      ]),
      [
        ['lobby', 768, 432, 16_000],
        ['side-entrance', 480, 270, 14_000],
      ],
    );
    assert.equal(new Set(footage.people.map(({ name }) => name)).size, 2);
    for (const { enrolment } of footage.people) {
      assert.ok(enrolment.length >= 3);
      for (const { width, height, data } of enrolment) {
        assert.equal(data.length, width * height * 3);
      }
    }
    const files = await readdir(shippedFootage);
    const sizes = await Promise.all(
      files.map(async (file) => (await stat(join(shippedFootage, file))).size),
    );
    assert.ok(sizes.reduce((sum, size) => sum + size, 0) < mostBytes);
  });

  it('plays over RTSP without a fault', async () => {
    const server = await createRtspServer({
      cameras: footage.cameras.map(({ name, source }) => ({ path: name, source })),
    });
    for (const { name, source } of footage.cameras) {
      assert.ok(source.units.filter(({ key }) => key).length >= 10);
      const frames = await pullFrames(server.url(name), { transport: 'tcp', count: 12 });
      assert.ok(frames.every(({ width, errors }) => width === source.width && errors === 0));
    }
    await server.close();
  });

  it('is refused with a hint where it is missing or damaged', async () => {
    const refusal = { code: 'ENVIRONMENT' };
    await assert.rejects(readRenderedFootage(join(folder, 'none')), refusal);
    const contents = (portraits: string[]) =>
      JSON.stringify({ cameras: [], people: [{ name: 'A', seed: 1, portraits }] });
    await writeFile(join(folder, 'clips.json'), contents(['a.ppm.gz']));
    await writeFile(join(folder, 'a.ppm.gz'), 'no picture');
    await assert.rejects(readRenderedFootage(folder), refusal);
    const camera = { name: 'a', file: 'a.h264', width: 2, height: 2, framesPerSecond: 10 };
    await writeFile(join(folder, 'clips.json'), JSON.stringify({ cameras: [camera], people: [] }));
    await writeFile(join(folder, 'a.h264'), 'no video');
    await assert.rejects(readRenderedFootage(folder), refusal);
  });
});
