import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createDemoCameras } from '../../../demo/create-demo-cameras.ts';
import { createRtspServer } from '../../../demo/rtsp/rtsp-server.ts';
import { pullFrames } from '../../support/demo/av-client.ts';

const facesModelPath = join(import.meta.dirname, '../../../models/faces.onnx');
const skip = existsSync(facesModelPath) ? false : 'models/faces.onnx is not there';

describe('createDemoCameras', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-demo-'));
  });

  after(() => rm(folder, { recursive: true }));

  it('renders two cameras and the wanted person once, and plays them', { skip }, async () => {
    const progress: number[] = [];
    const options = { facesModelPath, cacheDir: join(folder, 'cache') };
    const demo = await createDemoCameras({
      ...options,
      onProgress: (share) => progress.push(share),
    });
    assert.deepEqual(
      demo.cameras.map(({ name, source }) => [name, source.width, source.height, source.duration]),
      [
        ['lobby', 768, 432, 16_000],
        ['side-entrance', 480, 270, 14_000],
      ],
    );
    assert.equal(progress.at(-1), 1);
    assert.ok(progress.length > 100);
    assert.ok(demo.people.every(({ enrolment }) => enrolment.length >= 3));

    const again: number[] = [];
    const cached = await createDemoCameras({
      ...options,
      onProgress: (share) => again.push(share),
    });
    assert.deepEqual(again, [1], 'from the cache at once');
    const hash = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
    assert.deepEqual(
      cached.cameras[0]?.source.units.map(({ data }) => hash(data)),
      demo.cameras[0]?.source.units.map(({ data }) => hash(data)),
    );

    const server = await createRtspServer({
      cameras: cached.cameras.map(({ name, source }) => ({ path: name, source })),
    });
    for (const { name, source } of cached.cameras) {
      const frames = await pullFrames(server.url(name), { transport: 'tcp', count: 12 });
      assert.ok(frames.every(({ width, errors }) => width === source.width && errors === 0));
    }
    await server.close();
  });

  it('can be given up on', { skip }, async () => {
    const abort = new AbortController();
    const cacheDir = join(folder, 'aborted');
    await assert.rejects(
      createDemoCameras({
        facesModelPath,
        cacheDir,
        signal: abort.signal,
        onProgress: () => abort.abort(),
      }),
      { name: 'AbortError' },
    );
    assert.equal(existsSync(cacheDir), false);
  });

  it('says what is wrong with the model', async () => {
    const cacheDir = join(folder, 'none');
    const path = join(folder, 'faces.onnx');
    await assert.rejects(createDemoCameras({ facesModelPath: path, cacheDir }), {
      code: 'MODEL_FILE_MISSING',
    });
    await writeFile(path, 'no model');
    await assert.rejects(createDemoCameras({ facesModelPath: path, cacheDir }), {
      code: 'MODEL_LOAD_FAILED',
    });
    const entry = { variants: [{ file: 'faces.onnx', sha256: '0'.repeat(64) }], seeds: [1, 2] };
    await writeFile(join(folder, 'manifest.json'), JSON.stringify({ models: [entry] }));
    await assert.rejects(createDemoCameras({ facesModelPath: path, cacheDir }), {
      code: 'MODEL_HASH_MISMATCH',
    });
    assert.ok(!(await readdir(folder)).includes('none'));
  });
});
