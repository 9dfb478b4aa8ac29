import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CameraLook } from '../../../demo/footage/scene.ts';
import { plainLook, stillWall } from '../../../demo/footage/still-wall.ts';
import { encodeFootage } from '../../../demo/media/encode-footage.ts';
import { createRtspServer, type RtspServer } from '../../../demo/rtsp/rtsp-server.ts';
import type { NoiseProfile } from '../../../src/domain/camera-noise/noise-profile.ts';
import { Command } from '../../support/cli/run-command.ts';
import { findFfmpeg } from '../../support/gateway/ffmpeg.ts';

const ffmpeg = findFfmpeg();
const withoutFfmpeg = ffmpeg === undefined && 'no ffmpeg program';
const cameras: Readonly<Record<string, CameraLook>> = {
  infrared: plainLook,
  patterned: { ...plainLook, shot: 0.1, read: 2, pattern: 4 },
  coloured: { ...plainLook, saturation: 1, tint: [1.1, 1, 0.8] },
};

function isNear(found: number, truth: number, what: string): void {
  assert.ok(Math.abs(found - truth) <= 0.15 * truth, `${what}: ${found} for ${truth}`);
}

describe('nightglass cameras profile', { timeout: 240_000 }, () => {
  let folder: string;
  let config: string;
  let server: RtspServer;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-profile-'));
    const footage = await Promise.all(
      Object.entries(cameras).map(async ([path, look]) => ({
        path,
        source: await encodeFootage(stillWall(look), { framesPerSecond: 20, quality: 2 }),
      })),
    );
    server = await createRtspServer({ cameras: footage });
    config = join(folder, 'nightglass.yaml');
    const entries = Object.keys(cameras).map((id) => `  - {id: ${id}, url: '${server.url(id)}'}`);
    await writeFile(config, `cameras:\n${entries.join('\n')}\n`);
  });
  after(async () => {
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const profile = async (id: string): Promise<NoiseProfile> => {
    const [json, html] = [join(folder, `${id}.json`), join(folder, `${id}.html`)];
    const command = ['cameras', 'profile', id, '-c', config, '--seconds', '8'];
    const { code, stderr, stdout } = await new Command([...command, '--json', json, '--html', html])
      .ended;
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`^${id}: noise of \\d+ pictures`));
    assert.match(await readFile(html, 'utf8'), /<svg[^>]+aria-label="Variance /);
    return JSON.parse(await readFile(json, 'utf8')) as NoiseProfile;
  };

  for (const [id, look] of Object.entries(cameras)) {
    it(`finds what a virtual camera adds, over RTSP: ${id}`, async () => {
      const { blur, frameRate, infrared, measured, noise } = await profile(id);
      if (id !== 'coloured') {
        isNear(noise.shot ** 2 * 255, look.shot, 'shot noise');
        isNear(noise.read * 255, look.read, 'read noise');
      }
      if (look.pattern === 0) assert.ok(measured.fixed.column < 0.5);
      else isNear(measured.fixed.column, look.pattern, 'columns');
      assert.ok(measured.rowNoise < 0.3, `${measured.rowNoise}`);
      assert.equal(infrared, id !== 'coloured');
      // Two rounds of 1-2-1 have a variance of one half each.
      isNear(blur ?? 0, 1, 'blur');
      isNear(frameRate.mean, 20, 'pictures a second');
    });
  }

  it('says why a camera that does not answer is not measured', async () => {
    const other = join(folder, 'off.yaml');
    await writeFile(other, "cameras: [{ id: off, url: 'rtsp://127.0.0.1:9/none' }]\n");
    const { code, stderr } = await new Command(['cameras', 'profile', 'off', '-c', other]).ended;
    assert.equal(code, 1, stderr);
    assert.match(stderr, /Cannot measure off: .*STREAM_UNREACHABLE/s);
  });

  for (const quantiser of [18, 40]) {
    it(`finds the quantiser ${quantiser} of a file`, { skip: withoutFfmpeg }, async () => {
      const [file, json] = [join(folder, `q${quantiser}.mp4`), join(folder, 'quantiser.json')];
      const made = spawnSync(ffmpeg ?? '', [
        ...[
          '-v',
          'error',
          '-f',
          'lavfi',
          '-i',
          'testsrc=size=320x240:rate=10,noise=alls=12:allf=t',
        ],
        ...['-frames:v', '60', '-c:v', 'libx264', '-qp', `${quantiser}`, '-bf', '0', file],
      ]);
      assert.equal(made.status, 0, String(made.stderr));
      const run = new Command(['cameras', 'profile', '--file', file, '--json', json]);
      const { code, stderr } = await run.ended;
      assert.equal(code, 0, stderr);
      const found = JSON.parse(await readFile(json, 'utf8')) as NoiseProfile;
      // Of key pictures x264 takes three less.
      isNear(found.quantiser ?? 0, quantiser, 'quantiser');
      isNear(found.frameRate.mean, 10, 'pictures a second');
    });
  }

  it('says what is missing', async () => {
    const run = (...args: string[]) => new Command(['cameras', 'profile', ...args]).ended;
    const [nothing, unknown, noFile, both] = await Promise.all([
      run(),
      run('nobody', '-c', config),
      run('--file', join(folder, 'none.mp4')),
      run('infrared', '--file', 'x.mp4', '-c', config),
    ]);
    for (const { code } of [nothing, unknown, noFile, both]) assert.notEqual(code, 0);
    assert.match(nothing.stderr, /name either a camera or a file/);
    assert.match(unknown.stderr, /has no such camera/);
    assert.match(noFile.stderr, /STREAM_UNREACHABLE/);
    assert.match(both.stderr, /name either a camera or a file/);
  });
});
