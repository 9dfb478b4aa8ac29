import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createRtspServer, type RtspServer } from '../../../demo/rtsp/rtsp-server.ts';
import { pullFrames } from '../../support/demo/av-client.ts';
import { testFootage } from '../../support/demo/test-footage.ts';

const run = promisify(execFile);
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const hasGstreamer = spawnSync('/usr/bin/python3', ['-c', gstreamerProbe()]).status === 0;
const gstClient = join(import.meta.dirname, '../../support/demo/gst_client.py');
const codecs = ['h264', 'h265', 'mjpeg'] as const;
const transports = ['tcp', 'udp'] as const;

function gstreamerProbe(): string {
  return "import gi; gi.require_version('Gst', '1.0'); from gi.repository import Gst";
}

describe('RTSP server with real clients', { concurrency: 4 }, () => {
  let server: RtspServer;

  before(async () => {
    const footage = await Promise.all(codecs.map((codec) => testFootage({ codec })));
    const [h264] = footage;
    if (h264 === undefined) throw new Error('no footage');
    const secret = { source: h264, username: 'operator', password: 'p@ss word:1' };
    server = await createRtspServer({
      cameras: [
        ...codecs.flatMap((codec, index) => {
          const source = footage[index];
          return source === undefined ? [] : [{ path: codec, source }];
        }),
        { path: 'digest', ...secret },
        { path: 'basic', ...secret, auth: 'basic' },
      ],
    });
  });

  after(() => server.close());

  for (const codec of codecs) {
    for (const transport of transports) {
      it(`FFmpeg in the process decodes ${codec} over ${transport}`, async () => {
        const frames = await pullFrames(server.url(codec), { transport, count: 45 });
        assert.deepEqual(
          frames.filter(
            (frame) => frame.width !== 192 || frame.height !== 128 || frame.errors !== 0,
          ),
          [],
        );
      });

      it(`the ffmpeg program decodes ${codec} over ${transport}`, {
        skip: hasFfmpeg ? false : 'there is no ffmpeg on this machine',
      }, async () => {
        const { stdout, stderr } = await run('ffmpeg', [
          ...['-v', 'error', '-rtsp_transport', transport, '-i', server.url(codec)],
          ...['-frames:v', '25', '-f', 'framecrc', '-'],
        ]);
        const pictures = stdout.split('\n').filter((line) => line.startsWith('0,'));
        assert.equal(pictures.length, 25);
        assert.equal(stderr, '');
      });

      it(`GStreamer decodes ${codec} over ${transport}`, {
        skip: hasGstreamer ? false : 'there is no GStreamer for Python on this machine',
      }, async () => {
        const call = [gstClient, server.url(codec), transport, '15'];
        const { stdout } = await run('/usr/bin/python3', call);
        assert.match(stdout, /width=\(int\)192, height=\(int\)128/);
      });
    }
  }

  it('plays on past the end of the loop without a fault in time', async () => {
    const frames = await pullFrames(server.url('h264'), { transport: 'tcp', count: 90 });
    assert.equal(frames.length, 90);
    assert.ok(frames.every((frame) => frame.errors === 0));
  });

  for (const scheme of ['digest', 'basic'] as const) {
    it(`lets right ${scheme} credentials in and wrong ones not`, async () => {
      const url = server.url(scheme, { credentials: true });
      const frames = await pullFrames(url, { transport: 'tcp', count: 3 });
      assert.equal(frames.length, 3);
      const wrong = url.replace(/:\/\/[^@]*@/, '://operator:wrong@');
      await assert.rejects(pullFrames(wrong, { transport: 'tcp', count: 1 }), /open failed/);
      await assert.rejects(pullFrames(server.url(scheme), { transport: 'tcp', count: 1 }));
      assert.ok(server.camera(scheme).stats.refused > 0);
    });
  }

  it('lets GStreamer in with digest credentials', {
    skip: hasGstreamer ? false : 'there is no GStreamer for Python on this machine',
  }, async () => {
    const call = [gstClient, server.url('digest'), 'tcp', '5', 'operator'];
    await run('/usr/bin/python3', [...call, 'p@ss word:1']);
    await assert.rejects(run('/usr/bin/python3', [...call, 'wrong']));
  });

  it('serves several clients of one camera and of others at once', async () => {
    const pulls = [
      pullFrames(server.url('h264'), { transport: 'tcp', count: 20 }),
      pullFrames(server.url('h264'), { transport: 'udp', count: 20 }),
      pullFrames(server.url('h264'), { transport: 'udp', count: 20 }),
      pullFrames(server.url('mjpeg'), { transport: 'tcp', count: 20 }),
    ];
    for (const frames of await Promise.all(pulls)) {
      assert.ok(frames.every((frame) => frame.errors === 0));
    }
  });

  it('forgets its clients when they are gone', async () => {
    const own = await createRtspServer({
      cameras: [{ path: 'door', source: await testFootage() }],
    });
    await pullFrames(own.url('door'), { transport: 'tcp', count: 1 });
    await pullFrames(own.url('door'), { transport: 'udp', count: 1 });
    // FFmpeg says TEARDOWN and closes without waiting; that ends the connection in any case.
    while (own.connections > 0) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(own.camera('door').stats.sessions, 0);
    assert.equal(own.camera('door').stats.playing, 0);
    await own.close();
  });
});
