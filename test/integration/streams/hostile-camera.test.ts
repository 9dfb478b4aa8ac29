import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import { createRtspServer } from '../../../demo/rtsp/rtsp-server.ts';
import { describeSource } from '../../../demo/rtsp/sdp.ts';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { StreamNotes } from '../../../src/streams/rtsp/stream-notes.ts';
import { openRtsp, type RtspSourceOptions } from '../../../src/streams/rtsp-source.ts';
import { testFootage } from '../../support/demo/test-footage.ts';
import { StreamRecorder } from '../../support/streams/stream-recorder.ts';

/** Bytes that one hostile camera may cost at most, with room for the collector's moods. */
const memoryBound = 150 * 1024 * 1024;

describe('a hostile camera harms only itself', { timeout: 240_000 }, () => {
  let footage: EncodedSource;
  before(async () => {
    footage = await testFootage();
  });
  const servers: { close(): void }[] = [];
  after(() => {
    for (const server of servers) server.close();
  });

  /** A camera that answers as told and then does what `attack` does. */
  const camera = async (
    attack: (socket: Socket, stop: () => boolean) => void,
    extra: { setup?: string; challenge?: string } = {},
  ) => {
    const seen: string[] = [];
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
        for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
          const head = text.slice(0, end);
          text = text.slice(end + 4);
          seen.push(head);
          const [method = ''] = head.split(' ');
          const cseq = /CSeq: (\d+)/.exec(head)?.[1];
          if (extra.challenge !== undefined && method === 'DESCRIBE') {
            socket.write(
              `RTSP/1.0 401 No\r\nCSeq: ${cseq}\r\nWWW-Authenticate: ${extra.challenge}\r\n\r\n`,
            );
            continue;
          }
          const body = method === 'DESCRIBE' ? describeSource(footage) : '';
          const session = `Session: 1${extra.setup ?? ';timeout=60'}\r\n`;
          const more = `${session}Transport: RTP/AVP/TCP;interleaved=0-1\r\nContent-Length: ${body.length}\r\n`;
          socket.write(`RTSP/1.0 200 OK\r\nCSeq: ${cseq}\r\n${more}\r\n${body}`);
          if (method === 'PLAY') attack(socket, () => socket.destroyed);
        }
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const close = () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    };
    servers.push({ close });
    return { url: `rtsp://127.0.0.1:${(server.address() as AddressInfo).port}/x`, seen };
  };
  const open = async (url: string, options: Partial<RtspSourceOptions> = {}) => {
    const notes = new StreamNotes();
    const recorder = Object.assign(new StreamRecorder(), { notes });
    const ledger = new FrameLedger();
    const source = await openRtsp({ cameraId: 'c', url, ledger, ...options }, recorder);
    return { notes, recorder, source, ledger };
  };
  const packet = (sequence: number, payload: Buffer) => {
    const frame = Buffer.alloc(16 + payload.length);
    frame.set([0x24, 0, (12 + payload.length) >> 8, (12 + payload.length) & 255, 0x80, 96]);
    frame.writeUInt16BE(sequence & 0xffff, 6);
    payload.copy(frame, 16);
    return frame;
  };
  /** Writes as fast as the other side reads, so many times at most. */
  const flood = (socket: Socket, times: number, make: (turn: number) => Buffer) => {
    let turn = 0;
    const go = () => {
      while (turn < times && !socket.destroyed && socket.write(make(turn))) turn += 1;
      turn += 1;
      if (turn < times && !socket.destroyed) socket.once('drain', go);
    };
    go();
  };

  for (const [name, size] of [
    ['large', 60_000],
    ['tiny', 3],
  ] as const) {
    it(`${name} fragments without an end are bounded and counted`, async () => {
      const start = Buffer.from([0x7c, 0x85, 0x88]);
      const body = Buffer.alloc(size, 0x55);
      body.set([0x7c, 0x05]);
      const batch = size > 1000 ? 1 : 500;
      const { url } = await camera((socket) => {
        socket.write(packet(0, start));
        flood(socket, 2_000, (turn) =>
          Buffer.concat(
            Array.from({ length: batch }, (_, at) => packet(turn * batch + at + 1, body)),
          ),
        );
      });
      const before = process.memoryUsage().rss;
      const stream = await open(url);
      await until(() => stream.notes.total('oversize') > 0);
      assert.ok(process.memoryUsage().rss - before < memoryBound);
      await stream.source.close();
    });
  }

  it('requests beyond a few a second go unanswered, and nothing of theirs is sent back', async () => {
    const { url } = await camera((socket) => {
      socket.pause();
      const request = `GET_PARAMETER * RTSP/1.0\r\nCSeq: ${'9'.repeat(20_000)}\r\n\r\n`;
      flood(socket, 900, () => Buffer.from(request));
    });
    const before = process.memoryUsage().rss;
    const stream = await open(url);
    await until(() => stream.notes.total('server_request') > 100);
    assert.ok(process.memoryUsage().rss - before < memoryBound);
    await stream.source.close();
  });

  it('more than a thousand requests a second end the connection', async () => {
    const { url } = await camera((socket) => {
      flood(socket, 400, () => Buffer.from('OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n'.repeat(100)));
    });
    const { recorder, source } = await open(url);
    await recorder.until(() => recorder.ends.length > 0, 'the end');
    assert.match(recorder.ends[0]?.message ?? '', /asks more than 1000 times a second/);
    await source.close();
  });

  it('a time-out beyond all bounds makes no storm of keep-alives', async () => {
    const { url, seen } = await camera(() => undefined, { setup: ';timeout=4294967295' });
    const { source } = await open(url);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.ok(seen.filter((head) => /^(GET_PARAMETER|OPTIONS)/.test(head)).length <= 1);
    await source.close();
  });

  it('a challenge of any length is read in no time, and the password stays', async () => {
    for (const challenge of [`Digest ${'a'.repeat(30_000)}`, 'Basic realm="x"']) {
      const { url, seen } = await camera(() => undefined, { challenge });
      const credentials = { username: 'op', password: 'secret-4711' };
      await assert.rejects(open(url, credentials), (error) =>
        isNightglassError(error, 'STREAM_UNAUTHORIZED'),
      );
      const basic = Buffer.from('op:secret-4711').toString('base64');
      assert.ok(!seen.join('\n').includes(basic));
    }
  });

  it('credentials go to no other host after a redirect', async () => {
    const stranger = await camera(() => undefined, { challenge: 'Digest realm="x", nonce="y"' });
    const other = stranger.url.replace('127.0.0.1', 'localhost');
    const home = await createRtspServer({
      cameras: [
        {
          path: 'cam',
          source: footage,
          username: 'op',
          password: 'secret-4711',
          quirks: {
            instead: ({ method, headers }) =>
              method === 'DESCRIBE' && headers.has('authorization')
                ? { status: 302, headers: { Location: other } }
                : null,
          },
        },
      ],
    });
    const credentials = { username: 'op', password: 'secret-4711' };
    await assert.rejects(open(home.url('cam'), credentials), (error) =>
      isNightglassError(error, 'STREAM_UNAUTHORIZED'),
    );
    assert.ok(stranger.seen.length > 0);
    assert.ok(!/authorization/i.test(stranger.seen.join('\n')));
    await home.close();
  });

  it('datagrams of a stranger change nothing', {
    skip: process.platform === 'linux' ? false : 'needs /proc to find the port',
  }, async () => {
    const large = await testFootage({ width: 320, height: 192 });
    const server = await createRtspServer({ cameras: [{ path: 'cam', source: footage }] });
    const stream = await open(server.url('cam'), { transport: 'udp' });
    await stream.recorder.untilFrames(3);
    const stranger = createSocket('udp4');
    const key = large.units[0]?.data ?? new Uint8Array();
    const sets = packet(1, Buffer.from(key.subarray(4, 1_200))).subarray(4);
    // The port is not known to a stranger: all that this process holds are tried.
    const ports = boundPorts();
    assert.ok(ports.length > 0);
    for (let turn = 0; turn < 20; turn += 1) {
      for (const port of ports) stranger.send(sets, port, '127.0.0.1');
    }
    await until(() => stream.notes.total('foreign_packet') > 0);
    await stream.recorder.untilFrames(stream.recorder.frames.length + 20);
    assert.ok(stream.recorder.frames.every(({ width }) => width === 192));
    stranger.close();
    await stream.source.close();
    await server.close();
  });
});

/** UDP ports on the loopback address that this process has open. */
function boundPorts(): number[] {
  const own = new Set(
    readdirSync('/proc/self/fd').flatMap((entry) => {
      try {
        return /socket:\[(\d+)\]/.exec(readlinkSync(`/proc/self/fd/${entry}`))?.[1] ?? [];
      } catch {
        // Closed while we looked.
        return [];
      }
    }),
  );
  return readFileSync('/proc/net/udp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.startsWith('0100007F:') && own.has(fields[9] ?? ''))
    .map((fields) => Number.parseInt(fields[1]?.split(':')[1] ?? '0', 16));
}

async function until(condition: () => boolean): Promise<void> {
  const started = performance.now();
  while (!condition()) {
    if (performance.now() - started > 30_000) throw new Error('Waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
