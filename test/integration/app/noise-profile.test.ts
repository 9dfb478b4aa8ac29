import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { constants, type FileHandle, mkdtemp, open, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { plainLook, stillWall } from '../../../demo/footage/still-wall.ts';
import { encodeFootage } from '../../../demo/media/encode-footage.ts';
import { type CameraProfiles, NightglassClient } from '../../../src/client/nightglass-client.ts';
import { findFfmpeg } from '../../support/gateway/ffmpeg.ts';
import { startLive } from '../../support/live/start-live.ts';

const ffmpeg = findFfmpeg();

function isNear(found: number, truth: number, what: string): void {
  assert.ok(Math.abs(found - truth) <= 0.15 * truth, `${what}: ${found} for ${truth}`);
}

async function ended(client: NightglassClient, cameraId: string): Promise<CameraProfiles> {
  for (const until = Date.now() + 180_000; Date.now() < until; await setTimeout(200)) {
    const report = await client.profiles(cameraId);
    if (report.running === null) return report;
  }
  throw new Error(`The measurement of ${cameraId} does not end`);
}

/** Writes to a pipe once something reads it. */
async function writerOf(pipe: string): Promise<FileHandle> {
  for (const until = Date.now() + 120_000; Date.now() < until; await setTimeout(50)) {
    try {
      return await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    }
  }
  throw new Error(`Nothing reads ${pipe}`);
}

describe('the noise of a running camera', { timeout: 600_000 }, () => {
  it('is measured live beside the analysis, and from a recording below the footage roots', async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'nightglass-noise-')));
    const look = { ...plainLook, shot: 0.1, pattern: 4 };
    const source = await encodeFootage(stillWall(look), { framesPerSecond: 20, quality: 2 });
    await using live = await startLive({
      sources: { gate: source, yard: source },
      config: { footage: { roots: [folder] } },
    });
    const client = new NightglassClient({ address: live.nightglass.address });
    assert.deepEqual((await client.profiles('gate')).kept, []);
    await client.startProfile('gate', { seconds: 40 });
    await assert.rejects(client.startProfile('yard'), { code: 'BUSY' });
    const { failure, kept } = await ended(client, 'gate');
    assert.equal(failure, null);
    const [{ at, profile } = assert.fail('no profile')] = kept;
    isNear(profile.noise.shot ** 2 * 255, look.shot, 'shot noise');
    isNear(profile.noise.read * 255, look.read, 'read noise');
    isNear(profile.measured.fixed.column, look.pattern, 'columns');
    isNear(profile.blur ?? 0, 1, 'blur');
    // A busy machine decodes fewer.
    assert.ok(profile.frameRate.mean > 0 && profile.frameRate.mean < 23);
    assert.equal(profile.infrared, true);
    assert.equal(profile.source, 'gate');
    assert.deepEqual(await client.profile('gate', at), profile);
    const pattern = new Uint8Array(await (await client.profilePattern('gate', at)).arrayBuffer());
    assert.deepEqual([...pattern.subarray(0, 2)], [0xff, 0xd8]);

    await client.startProfile('yard', { seconds: 600 });
    await client.stopProfile('yard');
    assert.deepEqual((await client.profiles('yard')).kept, []);

    await client.startProfile('gate', { file: '/etc/passwd' });
    assert.equal((await ended(client, 'gate')).failure?.code, 'FORBIDDEN');
    if (ffmpeg !== undefined) {
      const file = join(folder, 'noise.mp4');
      const input = 'testsrc=size=320x240:rate=10,noise=alls=12:allf=t';
      const made = spawnSync(ffmpeg, [
        ...['-v', 'error', '-f', 'lavfi', '-i', input, '-frames:v', '60'],
        ...['-c:v', 'libx264', '-qp', '18', '-bf', '0', file],
      ]);
      assert.equal(made.status, 0, String(made.stderr));
      await client.startProfile('gate', { file });
      const fromFile = await ended(client, 'gate');
      assert.equal(fromFile.failure, null, fromFile.failure?.message);
      assert.equal(fromFile.kept.length, 2);
      isNear(fromFile.kept[0]?.profile.quantiser ?? 0, 18, 'quantiser');
      // Where it lies is not told.
      assert.equal(fromFile.kept[0]?.profile.source, 'gate: noise.mp4');
    }
    await assert.rejects(client.startProfile('nowhere'), { code: 'NOT_FOUND' });
    await assert.rejects(client.startProfile('gate', { seconds: 1 }), { code: 'BAD_REQUEST' });
    await rm(folder, { recursive: true, force: true });
  });

  it('can be cancelled while the disk of a recording hangs', async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'nightglass-noise-')));
    // Reading it hangs as long as its writer writes nothing.
    const file = join(folder, 'hangs.mp4');
    assert.equal(spawnSync('mkfifo', [file]).status, 0);
    const source = await encodeFootage(stillWall(plainLook), { framesPerSecond: 20, quality: 2 });
    await using live = await startLive({
      sources: { gate: source },
      config: { footage: { roots: [folder] } },
    });
    const client = new NightglassClient({ address: live.nightglass.address });
    await client.startProfile('gate', { file, seconds: 600 });
    const writer = await writerOf(file);
    try {
      await client.stopProfile('gate');
      const { failure, running } = await client.profiles('gate');
      assert.deepEqual({ failure, running }, { failure: null, running: null });
      await client.startProfile('gate', { seconds: 600 });
      await client.stopProfile('gate');
    } finally {
      await writer.close();
    }
    await rm(folder, { recursive: true, force: true });
  });
});
