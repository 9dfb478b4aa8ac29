import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isNightglassError } from '../../src/domain/errors.ts';
import { FrameLedger } from '../../src/domain/frame/ledger.ts';
import { openRtsp } from '../../src/streams/rtsp-source.ts';
import { StreamRecorder } from '../support/streams/stream-recorder.ts';

const shared = process.env['NIGHTGLASS_SHARED'] ?? join(import.meta.dirname, '../../../shared');
const script = join(shared, 'tools/rtsp_server.py');
const clip = join(shared, 'clips/intel_classroom.mp4');
const python = '/usr/bin/python3';
const password = 'pass word"1';

function reasonToSkip(): string | false {
  if (!existsSync(script) || !existsSync(clip)) return `${shared} is not there`;
  const probe =
    'import gi; gi.require_version("GstRtspServer", "1.0"); from gi.repository import GstRtspServer';
  return spawnSync(python, ['-c', probe]).status === 0 ? false : 'GStreamer is not installed';
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}

describe('RTSP source against a server that is not ours', {
  skip: reasonToSkip(),
  timeout: 60_000,
}, () => {
  const servers: ChildProcess[] = [];
  let open: string;
  let guarded: string;
  const start = async (...args: string[]) => {
    const port = await freePort();
    const child = spawn(python, [script, String(port), clip, ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    servers.push(child);
    await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
    return `rtsp://127.0.0.1:${port}/cam0`;
  };
  before(async () => {
    [open, guarded] = await Promise.all([start(), start('--user', 'op', '--password', password)]);
  });
  after(() => {
    for (const server of servers) server.kill();
  });

  for (const transport of ['tcp', 'udp'] as const) {
    it(`plays over ${transport}`, async () => {
      const ledger = new FrameLedger();
      const recorder = new StreamRecorder();
      const source = await openRtsp({ cameraId: 'c', url: open, transport, ledger }, recorder);
      await recorder.untilFrames(20);
      await source.close();
      const video = { codec: 'h264', width: 480, height: 270, decoder: 'software' };
      assert.deepEqual(recorder.videos, [video]);
      assert.deepEqual([ledger.live, ledger.drops(), recorder.ends], [0, [], []]);
    });
  }

  it('answers its digest challenge', async () => {
    const ledger = new FrameLedger();
    const recorder = new StreamRecorder();
    const options = { cameraId: 'c', url: guarded, username: 'op', ledger };
    const source = await openRtsp({ ...options, password }, recorder);
    await recorder.untilFrames(2);
    await source.close();
    await assert.rejects(openRtsp({ ...options, password: 'wrong' }, recorder), (error) =>
      isNightglassError(error, 'STREAM_UNAUTHORIZED'),
    );
    assert.equal(ledger.live, 0);
  });
});
