import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { createRtspServer } from '../../../demo/rtsp/rtsp-server.ts';
import { addressesFor } from '../../../src/app/camera-targets.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { targetRules } from '../../../src/services/cameras/target-rules.ts';
import { openCompatible } from '../../../src/streams/compatible-source.ts';
import { openRtsp } from '../../../src/streams/rtsp-source.ts';
import { testFootage } from '../../support/demo/test-footage.ts';
import { StreamRecorder } from '../../support/streams/stream-recorder.ts';

const signal = new AbortController().signal;
const clients = { own: openRtsp, compatible: openCompatible } as const;

/** A service that no camera may be, and what connects to it. */
async function forbiddenService(t: TestContext) {
  const seen: Socket[] = [];
  const server = createServer((socket) => seen.push(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.2');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of seen) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, seen };
}

async function camera(t: TestContext, location?: string) {
  const redirect = { status: 302, headers: { Location: location ?? '' } };
  const server = await createRtspServer({
    cameras: [
      {
        path: 'x',
        source: await testFootage(),
        ...(location === undefined ? {} : { quirks: { instead: () => redirect } }),
      },
    ],
  });
  t.after(() => server.close());
  return Number(new URL(server.url('x')).port);
}

describe('connections go to the address that was checked', { timeout: 120_000 }, () => {
  for (const [name, open] of Object.entries(clients)) {
    it(`${name}: a name that leads elsewhere later is refused then`, async (t) => {
      const service = await forbiddenService(t);
      const port = await camera(t);
      // The machine knows no such name: only what was asked here can be connected to.
      let found = ['127.0.0.1'];
      const asked: string[] = [];
      const rules = targetRules(['127.0.0.2'], {
        resolve: async (host) => {
          asked.push(host);
          return found;
        },
      });
      const url = `rtsp://cam.invalid:${port}/x`;
      const options = {
        cameraId: 'c',
        url,
        ledger: new FrameLedger(),
        addresses: addressesFor({ url, previewUrl: null, onvif: null }, rules, false),
      };
      const recorder = new StreamRecorder();
      const source = await open(options, recorder, signal);
      await recorder.until(() => recorder.frames.length > 0, 'a picture');
      await source.close();
      found = ['127.0.0.2'];
      // FFmpeg’s client is only told that there is no answer.
      const why = name === 'own' ? /the address is refused/ : /gets no picture/;
      const again = { ...options, url: `rtsp://cam.invalid:${service.port}/x` };
      await assert.rejects(open(again, new StreamRecorder(), signal), why);
      // Of two addresses one is enough: which is taken is the system's choice.
      found = ['127.0.0.1', '127.0.0.2'];
      await assert.rejects(open(options, new StreamRecorder(), signal), why);
      assert.equal(service.seen.length, 0);
      assert.deepEqual(new Set(asked), new Set(['cam.invalid']));
    });

    it(`${name}: a redirect is held against the rules, of a camera of the file too`, async (t) => {
      const service = await forbiddenService(t);
      const port = await camera(t, `rtsp://127.0.0.2:${service.port}/x`);
      const url = `rtsp://127.0.0.1:${port}/x`;
      // The file may name any address; a camera may not.
      const rules = targetRules(['127.0.0.0/8']);
      const addresses = addressesFor({ url, previewUrl: null, onvif: null }, rules, true);
      const options = { cameraId: 'c', url, ledger: new FrameLedger(), addresses };
      const why = name === 'own' ? /the address is refused/ : /gets no picture/;
      await assert.rejects(open(options, new StreamRecorder(), signal), why);
      assert.equal(service.seen.length, 0);
    });
  }

  it('FFmpeg’s client is given no address to send reports to', async (t) => {
    const victim = createSocket('udp4').bind(0, '127.0.0.2');
    await once(victim, 'listening');
    t.after(() => victim.close());
    let heard = 0;
    victim.on('message', () => {
      heard += 1;
    });
    const { port } = victim.address();
    const server = await createRtspServer({
      cameras: [
        {
          path: 'x',
          source: await testFootage(),
          quirks: {
            answer: (request, answer) => {
              if (request.method !== 'SETUP') return answer;
              const Transport = `RTP/AVP;multicast;destination=127.0.0.2;port=${port}-${port}`;
              return { ...answer, headers: { ...answer.headers, Transport } };
            },
          },
        },
      ],
    });
    t.after(() => server.close());
    const options = { cameraId: 'c', url: server.url('x'), ledger: new FrameLedger() };
    await assert.rejects(openCompatible(options, new StreamRecorder(), signal));
    assert.equal(heard, 0);
  });
});
