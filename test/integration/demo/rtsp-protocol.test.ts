import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createRtspServer, type RtspServer } from '../../../demo/rtsp/rtsp-server.ts';
import { RawRtspClient } from '../../support/demo/raw-rtsp-client.ts';
import { testFootage } from '../../support/demo/test-footage.ts';

describe('RTSP server, word by word', () => {
  let server: RtspServer;
  let url: string;

  before(async () => {
    const source = await testFootage();
    server = await createRtspServer({
      cameras: [
        { path: 'door', source },
        { path: 'locked/main', source, username: 'u', password: 'p' },
      ],
      maxConnections: 8,
    });
    url = server.url('door');
  });

  after(() => server.close());

  it('describes a camera, with the parameter sets', async () => {
    const client = await RawRtspClient.open(server.port);
    const options = await client.request('OPTIONS', url);
    assert.match(options.headers.get('public') ?? '', /DESCRIBE.*SETUP.*PLAY.*TEARDOWN/);
    const described = await client.request('DESCRIBE', url);
    assert.equal(described.status, 200);
    assert.equal(described.headers.get('content-type'), 'application/sdp');
    assert.equal(described.headers.get('content-base'), `${url}/`);
    assert.match(described.body, /m=video 0 RTP\/AVP 96\r\n/);
    assert.match(described.body, /sprop-parameter-sets=Z[\w+/=]+,a[\w+/=]+\r\n/);
    client.close();
  });

  it('plays from a key picture on, with the numbers that it announced', async () => {
    const client = await RawRtspClient.open(server.port);
    const setup = await client.request('SETUP', `${url}/trackID=0`, {
      Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1',
    });
    assert.match(setup.headers.get('transport') ?? '', /interleaved=0-1/);
    const session = setup.headers.get('session')?.split(';')[0] ?? '';
    const play = await client.request('PLAY', url, { Session: session });
    const info = /seq=(\d+);rtptime=(\d+)/.exec(play.headers.get('rtp-info') ?? '');
    await client.until(() => client.packets.length > 0);
    const [first] = client.packets;
    assert.equal(first?.sequence, Number(info?.[1]));
    assert.equal(first?.timestamp, Number(info?.[2]));
    assert.equal((first?.payload[0] ?? 0) & 0x1f, 7, 'the first NAL unit is an SPS');
    await client.until(() => client.reports.length > 0);
    assert.equal(client.reports[0]?.[1], 200, 'a sender report comes along');
    client.close();
  });

  it('holds its words after PAUSE and TEARDOWN', async () => {
    const client = await RawRtspClient.open(server.port);
    const session = await client.play(url);
    await client.morePackets(3);
    assert.equal((await client.request('PAUSE', url, { Session: session })).status, 200);
    assert.equal(server.camera('door').stats.playing, 0);
    assert.equal((await client.request('PLAY', url, { Session: session })).status, 200);
    await client.morePackets(1);
    assert.equal((await client.request('TEARDOWN', url, { Session: session })).status, 200);
    assert.equal(server.camera('door').stats.sessions, 0);
    assert.equal((await client.request('PLAY', url, { Session: session })).status, 454);
    client.close();
  });

  it('refuses what it cannot do', async () => {
    const client = await RawRtspClient.open(server.port);
    assert.equal((await client.request('DESCRIBE', `${server.url('door')}x`)).status, 404);
    const multicast = { Transport: 'RTP/AVP;multicast;port=5000-5001' };
    assert.equal((await client.request('SETUP', url, multicast)).status, 461);
    assert.equal((await client.request('PLAY', url, { Session: 'feed' })).status, 454);
    assert.equal((await client.request('GET_PARAMETER', url)).status, 200);
    await client.play(url);
    assert.equal((await client.request('SETUP', url, multicast)).status, 455);
    client.close();
  });

  it('asks for credentials at every step but OPTIONS', async () => {
    const client = await RawRtspClient.open(server.port);
    const locked = server.url('locked/main');
    assert.equal((await client.request('OPTIONS', locked)).status, 200);
    const refused = await client.request('DESCRIBE', locked);
    assert.equal(refused.status, 401);
    assert.match(refused.headers.get('www-authenticate') ?? '', /^Digest realm="[^"]+", nonce="/);
    const transport = { Transport: 'RTP/AVP/TCP;interleaved=0-1' };
    assert.equal((await client.request('SETUP', locked, transport)).status, 401);
    client.close();
  });

  const malformed: [string, string | Buffer][] = [
    ['binary', Buffer.from([0x16, 3, 1, 2, 0, 1, 0])],
    ['HTTP', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['no CSeq', 'OPTIONS * RTSP/1.0\r\n\r\n'],
    ['a head without end', `OPTIONS rtsp://a RTSP/1.0\r\nX: ${'x'.repeat(9000)}`],
    ['many headers', `OPTIONS * RTSP/1.0\r\n${'A: b\r\n'.repeat(65)}\r\n`],
    ['a header without name', 'OPTIONS * RTSP/1.0\r\n: b\r\n\r\n'],
    ['a huge body', 'OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 99999999\r\n\r\n'],
  ];
  for (const [name, bytes] of malformed) {
    it(`answers ${name} with 400 and ends the connection`, async () => {
      const socket = connect(server.port, '127.0.0.1');
      let answer = '';
      socket.setEncoding('latin1').on('data', (text) => {
        answer += text;
      });
      socket.write(bytes);
      await once(socket, 'close');
      assert.match(answer, /^RTSP\/1\.0 400 /);
    });
  }

  it('turns away clients beyond its limit', async () => {
    const clients = await Promise.all(
      Array.from({ length: 8 }, () => RawRtspClient.open(server.port)),
    );
    for (const client of clients) await client.request('OPTIONS', url);
    const extra = await RawRtspClient.open(server.port);
    await assert.rejects(extra.request('OPTIONS', url), /ended without a response/);
    for (const client of clients) client.close();
  });

  it('cuts silent clients after the session time-out', async () => {
    const source = await testFootage();
    const impatient = await createRtspServer({
      cameras: [{ path: 'door', source }],
      sessionTimeoutMs: 100,
    });
    const client = await RawRtspClient.open(impatient.port);
    await client.play(impatient.url('door'));
    await client.until(() => client.closed);
    assert.equal(impatient.camera('door').stats.sessions, 0);
    await impatient.close();
  });

  it('drops media for a client that does not read, up to a key picture', async () => {
    const source = await testFootage({ codec: 'mjpeg', width: 640, height: 480, count: 20 });
    const small = await createRtspServer({
      cameras: [
        {
          path: 'door',
          source: {
            ...source,
            duration: 200,
            units: source.units.map((unit, i) => ({ ...unit, time: i * 10, decodeTime: i * 10 })),
          },
        },
      ],
      maxBacklogBytes: 64 * 1024,
    });
    const client = await RawRtspClient.open(small.port);
    await client.play(small.url('door'));
    client.socket.pause();
    const control = small.camera('door');
    const until = async (condition: () => boolean): Promise<void> => {
      while (!condition()) await new Promise((resolve) => setImmediate(resolve));
    };
    await until(() => control.stats.unitsDropped > 3);
    const before = client.packets.length;
    client.socket.resume();
    await client.morePackets(before + 100);
    const starts = client.packets.filter((packet) => packet.payload.readUInt32BE(0) === 0);
    const ends = client.packets.filter((packet) => packet.marker);
    assert.ok(Math.abs(starts.length - ends.length) <= 1, 'whole pictures only');
    client.close();
    await small.close();
  });

  it('leaves nothing open after close, which may be called twice', async () => {
    const source = await testFootage();
    const other = await createRtspServer({ cameras: [{ path: 'door', source }] });
    const client = await RawRtspClient.open(other.port);
    await client.play(other.url('door'));
    await client.morePackets(1);
    await Promise.all([other.close(), other.close()]);
    await client.until(() => client.closed);
    assert.equal(other.listening, false);
    assert.equal(other.connections, 0);
    await assert.rejects(RawRtspClient.open(other.port), { code: 'ECONNREFUSED' });
  });
});
