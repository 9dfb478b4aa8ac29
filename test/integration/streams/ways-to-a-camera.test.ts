import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { encodeFootage } from '../../../demo/media/encode-footage.ts';
import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import { packetizeData } from '../../../demo/rtsp/packetizer.ts';
import { writeRtpHeader } from '../../../demo/rtsp/rtp-packet.ts';
import { createRtspServer, type RtspServer } from '../../../demo/rtsp/rtsp-server.ts';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { openRtsp, type RtspSourceOptions } from '../../../src/streams/rtsp-source.ts';
import { testFootage } from '../../support/demo/test-footage.ts';
import { openHttpTunnel } from '../../support/streams/http-tunnel.ts';
import { StreamRecorder } from '../../support/streams/stream-recorder.ts';
import { hasOpenssl, openTlsFront, type TlsFront } from '../../support/streams/tls-front.ts';

const secret = { username: 'op', password: 'pa ss:1' };

describe('ways to a camera', { timeout: 120_000 }, () => {
  let footage: EncodedSource;
  let server: RtspServer;
  before(async () => {
    footage = await testFootage();
    server = await createRtspServer({
      cameras: [
        { path: 'cam', source: footage },
        { path: 'basic', source: footage, ...secret, auth: 'basic' },
      ],
    });
  });
  after(() => server.close());

  const plays = async (url: string, options: Partial<RtspSourceOptions> = {}) => {
    const recorder = new StreamRecorder();
    const ledger = new FrameLedger();
    const source = await openRtsp({ cameraId: 'c', url, ledger, ...options }, recorder);
    await recorder.untilFrames(5);
    await source.close();
    assert.equal(ledger.live, 0);
  };

  describe('TLS with the camera’s own certificate', {
    skip: hasOpenssl ? false : 'there is no openssl on this machine',
  }, () => {
    let front: TlsFront;
    let slow: TlsFront;
    before(async () => {
      front = await openTlsFront(server.port);
      slow = await openTlsFront(server.port, 3_000);
    });
    after(() => {
      front.close();
      slow.close();
    });
    const url = (of: TlsFront, path = 'cam') => `rtsps://127.0.0.1:${of.port}/${path}`;

    it('is refused, with its fingerprint, unless it is trusted', async () => {
      await assert.rejects(plays(url(front)), (error) => {
        assert.ok(isNightglassError(error, 'STREAM_UNREACHABLE'));
        assert.match(error.message, /self-signed/);
        assert.match(error.hint ?? '', /fingerprint/);
        return error.message.includes(front.fingerprint);
      });
      assert.equal(server.camera('cam').stats.sessions, 0);
    });

    it('plays by its fingerprint, with colons or without, and by no other', async () => {
      await plays(url(front), { tls: { fingerprint: front.fingerprint } });
      const plain = front.fingerprint.replaceAll(':', '').toLowerCase();
      await plays(url(front), { tls: { fingerprint: plain } });
      const wrong = slow.fingerprint;
      await assert.rejects(plays(url(front), { tls: { fingerprint: wrong } }), /not the one/);
    });

    it('plays by its certificate as an authority, under the name that it bears', async () => {
      const { certificate: ca } = front;
      await plays(url(front), { tls: { ca, serverName: 'camera' } });
      await assert.rejects(plays(url(front), { tls: { ca } }), /another name/);
    });

    it('may take longer to agree than to connect', async () => {
      const limits = { connectMs: 1_000 };
      await plays(url(slow), { limits, tls: { fingerprint: slow.fingerprint } });
    });

    it('lets basic authentication through: nothing is in clear', async () => {
      await plays(url(front, 'basic'), { ...secret, tls: { fingerprint: front.fingerprint } });
    });
  });

  it('plays through an HTTP tunnel', async () => {
    const tunnel = await openHttpTunnel(server.port);
    await plays(`rtsp://127.0.0.1:${tunnel.port}/cam`, { transport: 'http' });
    tunnel.close();
  });

  it('plays through an HTTP tunnel whose nonces are good once, for the POST too', async () => {
    const tunnel = await openHttpTunnel(server.port, { ...secret, scheme: 'digest' });
    await plays(`rtsp://127.0.0.1:${tunnel.port}/cam`, { ...secret, transport: 'http' });
    assert.equal(tunnel.challenges, 2);
    tunnel.close();
  });

  it('is refused by an HTTP tunnel where the password is wrong', async () => {
    const tunnel = await openHttpTunnel(server.port, { ...secret, scheme: 'digest' });
    const wrong = { ...secret, password: 'another', transport: 'http' as const };
    await assert.rejects(plays(`rtsp://127.0.0.1:${tunnel.port}/cam`, wrong), (error) =>
      isNightglassError(error, 'STREAM_UNAUTHORIZED'),
    );
    tunnel.close();
  });

  it('says so where there is no HTTP tunnel', async () => {
    await assert.rejects(plays(server.url('cam'), { transport: 'http' }), (error) =>
      isNightglassError(error, 'STREAM_UNSUPPORTED', 'STREAM_UNREACHABLE'),
    );
  });

  it('joins the multicast group that the camera names', async () => {
    const group = '239.255.77.13';
    const sender = createSocket('udp4');
    sender.bind(0, '127.0.0.1');
    await once(sender, 'listening');
    sender.setMulticastInterface('127.0.0.1');
    // A port that was free a moment ago.
    const probe = createSocket('udp4');
    probe.bind(0, '127.0.0.1');
    await once(probe, 'listening');
    const port = (probe.address() as AddressInfo).port & ~1;
    probe.close();
    const transport = `RTP/AVP;multicast;destination=${group};port=${port}-${port + 1};ttl=1`;
    let sequence = 0;
    let unit = 0;
    const send = () => {
      const payloads = packetizeData(
        'h264',
        footage.units[unit % footage.units.length]?.data ?? new Uint8Array(),
      );
      payloads.forEach((payload, index) => {
        const packet = Buffer.alloc(12 + payload.length);
        const marker = index === payloads.length - 1;
        writeRtpHeader(packet, 0, {
          payloadType: 96,
          marker,
          sequence: sequence++,
          timestamp: unit * 4_500,
          ssrc: 5,
        });
        packet.set(payload, 12);
        sender.send(packet, port, group);
      });
      unit += 1;
    };
    const camera = await createRtspServer({
      cameras: [
        {
          path: 'cam',
          source: footage,
          quirks: {
            instead: ({ method }) => {
              if (method === 'SETUP')
                return { status: 200, headers: { Session: '1', Transport: transport } };
              return method === 'PLAY' ? { status: 200, headers: { Session: '1' } } : null;
            },
          },
        },
      ],
    });
    const timer = setInterval(send, 50);
    try {
      await plays(camera.url('cam'), { transport: 'multicast' });
    } finally {
      clearInterval(timer);
      sender.close();
      await camera.close();
    }
  });

  it('refuses pictures beyond the bound of pixels', async () => {
    const [width, height] = [8_448, 4_352];
    const picture = { width, height, data: new Uint8Array(width * height * 3).fill(90) };
    const source = await encodeFootage([picture], { framesPerSecond: 5 });
    const camera = await createRtspServer({ cameras: [{ path: 'cam', source }] });
    const recorder = new StreamRecorder();
    const ledger = new FrameLedger();
    const stream = await openRtsp({ cameraId: 'c', url: camera.url('cam'), ledger }, recorder);
    await recorder.until(() => recorder.ends.length > 0, 'the end', 60_000);
    assert.match(recorder.ends[0]?.message ?? '', /8448x4352 are too large/);
    assert.equal(recorder.frames.length, 0);
    await stream.close();
    await camera.close();
  });
});
