import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import type { CameraControl } from '../../../demo/rtsp/camera-control.ts';
import { createRtspServer, type RtspServer } from '../../../demo/rtsp/rtsp-server.ts';
import { pullFrames } from '../../support/demo/av-client.ts';
import { type RawPacket, RawRtspClient } from '../../support/demo/raw-rtsp-client.ts';
import { testFootage } from '../../support/demo/test-footage.ts';

describe('a camera that misbehaves on order', () => {
  let source: EncodedSource;
  let server: RtspServer;
  let camera: CameraControl;
  let url: string;
  const clients: RawRtspClient[] = [];

  before(async () => {
    source = await testFootage();
    server = await createRtspServer({ cameras: [{ path: 'door', source }], seed: 7 });
    camera = server.camera('door');
    url = server.url('door');
  });

  afterEach(() => {
    camera.behave();
    camera.changeResolution(source);
    for (const client of clients.splice(0)) client.close();
  });

  after(() => server.close());

  async function open(): Promise<RawRtspClient> {
    const client = await RawRtspClient.open(server.port);
    clients.push(client);
    return client;
  }

  async function playing(): Promise<RawRtspClient> {
    const client = await open();
    await client.play(url);
    await client.morePackets(1);
    return client;
  }

  it('stalls, answering requests, and resumes with a key picture', async () => {
    const client = await playing();
    camera.stall();
    const units = camera.stats.unitsPlayed;
    const { packetsSent } = camera.stats;
    while (camera.stats.unitsPlayed < units + 3) {
      assert.equal((await client.request('GET_PARAMETER', url)).status, 200);
    }
    assert.equal(camera.stats.packetsSent, packetsSent);
    const before = client.packets.length;
    camera.resume();
    await client.morePackets(1);
    assert.equal((client.packets[before]?.payload[0] ?? 0) & 0x1f, 7);
  });

  it('loses the ordered number of packets', async () => {
    const client = await playing();
    camera.drop({ packets: 4 });
    await client.morePackets(12);
    assert.equal(camera.stats.packetsLost, 4);
    const gaps = sequenceGaps(client.packets);
    assert.equal(gaps, 4);
  });

  it('loses a share of the packets, the same for the same seed', async () => {
    const patterns: number[][] = [];
    for (let round = 0; round < 2; round += 1) {
      const other = await createRtspServer({ cameras: [{ path: 'door', source }], seed: 3 });
      other.camera('door').drop({ rate: 0.3 });
      const client = await RawRtspClient.open(other.port);
      const setup = await client.request('SETUP', other.url('door'), {
        Transport: 'RTP/AVP/TCP;interleaved=0-1',
      });
      const session = setup.headers.get('session')?.split(';')[0] ?? '';
      const play = await client.request('PLAY', other.url('door'), { Session: session });
      const first = Number(/seq=(\d+)/.exec(play.headers.get('rtp-info') ?? '')?.[1]);
      // From the very first: some come in one piece with the answer to PLAY.
      await client.until(() => client.packets.length >= 40 || client.closed);
      patterns.push(
        client.packets.slice(0, 40).map((packet) => (packet.sequence - first) & 0xffff),
      );
      assert.ok(other.camera('door').stats.packetsLost > 5);
      client.close();
      await other.close();
    }
    assert.deepEqual(patterns[0], patterns[1]);
  });

  it('sends garbage', async () => {
    const client = await playing();
    const types = new Set(client.packets.map((packet) => (packet.payload[0] ?? 0) & 0x9f));
    camera.garbage();
    const spoilt = await client.morePackets(30);
    const known = new Set([...types, 5, 1, 6, 8, 28]);
    assert.ok(spoilt.some((packet) => !known.has((packet.payload[0] ?? 0) & 0x9f)));
  });

  it('truncates coded pictures', async () => {
    const client = await playing();
    const unitBytes = (packets: readonly RawPacket[]): number =>
      packets.reduce((sum, packet) => sum + packet.payload.length, 0);
    await client.until(() => client.packets.filter((packet) => packet.marker).length >= 40);
    const whole = unitBytes(lastUnits(client.packets, 20));
    camera.truncate();
    const from = client.packets.length;
    await client.until(
      () => client.packets.slice(from).filter((packet) => packet.marker).length >= 21,
    );
    assert.ok(unitBytes(lastUnits(client.packets, 20)) < 0.8 * whole);
  });

  it('changes resolution in mid-stream', async () => {
    const larger = await testFootage({ width: 320, height: 240 });
    const frames = await pullFrames(url, {
      transport: 'tcp',
      // What the client had buffered when the camera changed comes first.
      count: 300,
      onFrame: (count) => {
        if (count === 8) camera.changeResolution(larger);
      },
      until: ({ width }) => width === 320,
    });
    assert.equal(frames[0]?.width, 192);
    assert.equal(frames.at(-1)?.width, 320);
    assert.equal(frames.at(-1)?.height, 240);
  });

  it('cuts its clients when the codec changes, and describes the new one', async () => {
    const client = await playing();
    camera.changeResolution(await testFootage({ codec: 'mjpeg' }));
    await client.until(() => client.closed);
    const next = await open();
    assert.match((await next.request('DESCRIBE', url)).body, /JPEG\/90000/);
  });

  it('jumps in time, back and erratically', async () => {
    const client = await playing();
    camera.wrongClock({ jumpMs: -5000 });
    await client.morePackets(4);
    assert.ok(steps(client.packets).some((step) => step < -4 * 90_000));
    camera.wrongClock({ erraticMs: 2000 });
    await client.morePackets(30);
    assert.ok(steps(client.packets).filter((step) => step < 0).length > 2);
  });

  it('refuses everybody', async () => {
    const client = await open();
    camera.refuse();
    assert.equal((await client.request('OPTIONS', url)).status, 401);
    assert.equal((await client.request('DESCRIBE', url)).status, 401);
    camera.behave();
    assert.equal((await client.request('DESCRIBE', url)).status, 200);
  });

  it('sends slowly, dropping what does not fit', async () => {
    const slowServer = await createRtspServer({
      cameras: [{ path: 'door', source }],
      maxBacklogBytes: 8000,
    });
    const control = slowServer.camera('door');
    control.slow(4000);
    const client = await RawRtspClient.open(slowServer.port);
    await client.play(slowServer.url('door'));
    while (control.stats.unitsDropped < 3) await client.request('OPTIONS', slowServer.url('door'));
    await client.morePackets(1);
    client.close();
    await slowServer.close();
  });

  it('hangs: takes connections and says nothing', async () => {
    camera.hang();
    const client = await open();
    const answer = client.request('DESCRIBE', url);
    const other = await open();
    // A path of no camera is still answered, after the request above was read.
    assert.equal((await other.request('DESCRIBE', `${url}-none`)).status, 404);
    client.close();
    await assert.rejects(answer, /ended without a response/);
  });

  it('disconnects, with a goodbye if asked', async () => {
    const client = await playing();
    camera.disconnect();
    await client.until(() => client.closed);
    assert.ok(client.reports.every((report) => report[1] === 200));
    const other = await playing();
    camera.disconnect({ goodbye: true });
    await other.until(() => other.closed);
    assert.equal(other.reports.at(-1)?.[1], 203);
    assert.equal(camera.stats.sessions, 0);
    assert.equal((await (await open()).request('DESCRIBE', url)).status, 200);
  });

  it('goes offline and online again', async () => {
    const client = await playing();
    camera.offline();
    await client.until(() => client.closed);
    assert.equal((await (await open()).request('DESCRIBE', url)).status, 404);
    camera.offline({ reset: true });
    await assert.rejects((await open()).request('DESCRIBE', url), /without a response/);
    camera.online();
    await playing();
  });

  it('stops listening and listens again on its port', async () => {
    const client = await playing();
    const { port } = server;
    await server.stopListening();
    await client.until(() => client.closed);
    await assert.rejects(RawRtspClient.open(port), { code: 'ECONNREFUSED' });
    await server.startListening();
    assert.equal(server.port, port);
    await playing();
  });
});

function steps(packets: readonly RawPacket[]): number[] {
  return packets.slice(1).map((packet, index) => {
    const before = packets[index]?.timestamp ?? 0;
    return (packet.timestamp - before) | 0;
  });
}

function sequenceGaps(packets: readonly RawPacket[]): number {
  return packets.slice(1).reduce((sum, packet, index) => {
    const before = packets[index]?.sequence ?? 0;
    return sum + ((packet.sequence - before - 1) & 0xffff);
  }, 0);
}

function lastUnits(packets: readonly RawPacket[], count: number): RawPacket[] {
  const times = [...new Set(packets.filter((one) => one.marker).map((one) => one.timestamp))];
  const wanted = new Set(times.slice(-count));
  return packets.filter((packet) => wanted.has(packet.timestamp));
}
