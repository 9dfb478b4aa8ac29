import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RtspItem, RtspReader } from '../../../../src/streams/rtsp/rtsp-reader.ts';

const response = Buffer.from('RTSP/1.0 200 OK\r\nCSeq: 3\r\nContent-Length: 4\r\n\r\nbody');
const data = Buffer.from([0x24, 1, 0, 3, 0x80, 8, 9]);
const request = Buffer.from('GET_PARAMETER * RTSP/1.0\r\nCSeq: 9\r\n\r\n');

function brief(items: RtspItem[]): unknown[] {
  return items.map((item) => {
    if (item.kind === 'data') return [item.channel, ...item.payload];
    if (item.kind === 'request') return [item.method, item.headers.get('cseq')?.[0]];
    return [item.status, item.headers.get('cseq')?.[0], item.body.toString()];
  });
}

describe('RTSP reader', () => {
  const stream = Buffer.concat([data, response, data, request, response]);
  const expected = [
    [1, 0x80, 8, 9],
    [200, '3', 'body'],
    [1, 0x80, 8, 9],
    ['GET_PARAMETER', '9'],
    [200, '3', 'body'],
  ];

  it('cuts responses, requests and packets apart however the bytes arrive', () => {
    for (const size of [1, 2, 3, 5, 17, 1000]) {
      const reader = new RtspReader();
      const items: RtspItem[] = [];
      for (let at = 0; at < stream.length; at += size) {
        for (const item of reader.push(stream.subarray(at, at + size))) items.push(item);
      }
      assert.deepEqual(brief(items), expected, `in pieces of ${size}`);
      assert.equal(reader.garbage, 0);
    }
  });

  it('finds its way back after nonsense', () => {
    const reader = new RtspReader();
    const noise = Buffer.from('00ff1122$\xff\x00nonsense', 'latin1');
    const items = [...reader.push(Buffer.concat([noise, response, noise, data, data]))];
    assert.deepEqual(brief(items), [
      [200, '3', 'body'],
      [1, 0x80, 8, 9],
      [1, 0x80, 8, 9],
    ]);
    assert.equal(reader.garbage, noise.length * 2);
  });

  it('bears a little nonsense between packets for as long as it lasts, but not nonsense alone', () => {
    const reader = new RtspReader();
    const noise = Buffer.alloc(300 * 1024);
    for (let n = 0; n < 5; n += 1) {
      const items = [...reader.push(Buffer.concat([noise, data, data]))];
      assert.equal(items.length, 2);
    }
    assert.throws(() => {
      for (let n = 0; n < 5; n += 1) for (const _ of reader.push(noise));
    }, RangeError);
  });

  it('keeps repeated headers', () => {
    const [item] = new RtspReader().push(
      Buffer.from(
        'RTSP/1.0 401 No\r\nWWW-Authenticate: Basic\r\nwww-authenticate: Digest x\r\n\r\n',
      ),
    );
    assert.ok(item?.kind === 'response');
    assert.deepEqual(item.headers.get('www-authenticate'), ['Basic', 'Digest x']);
  });

  it('reads heads as cameras write them', () => {
    for (const head of [
      'RTSP/1.0 200 OK\nCSeq: 3\nContent-length: 4\n\n',
      'RTSP/1.0 200\r\ncseq:3\r\nCONTENT-LENGTH :  4 \r\n\r\n',
      'rtsp/1.0  200  Fine\r\nCSeq: 3\r\n \r\nX: a\r\n b\r\nContent-Length: 4; x\r\n\r\n',
      'RTSP/1.0 200 OK\r\nnonsense\r\nCSeq: 3\nContent-Length: 4\r\n\n',
    ]) {
      const items = [...new RtspReader().push(Buffer.from(`${head}body`))];
      assert.deepEqual(brief(items), [[200, '3', 'body']], JSON.stringify(head));
    }
  });

  it('reads a description whose length is not named, however it arrives', () => {
    const head = 'RTSP/1.0 200 OK\r\nCSeq: 3\r\nContent-Type: application/sdp\r\n\r\n';
    const sdp = 'v=0\r\nm=video 0 RTP/AVP 96\r\n';
    for (const parts of [[head + sdp], [head, 'v=0\r\n', 'm=video 0 RTP/AVP 96\r\n']]) {
      const reader = new RtspReader();
      const items = parts.flatMap((part) => [...reader.push(Buffer.from(part))]);
      assert.deepEqual(brief(items), [[200, '3', sdp]]);
    }
  });

  it('bounds heads, bodies and nonsense', () => {
    const pushAll = (bytes: Buffer) => [...new RtspReader().push(bytes)];
    assert.throws(
      () => pushAll(Buffer.from(`RTSP/1.0 200 OK\r\nX: ${'x'.repeat(70_000)}`)),
      RangeError,
    );
    assert.throws(
      () => pushAll(Buffer.from('RTSP/1.0 200 OK\r\nContent-Length: 9999999\r\n\r\n')),
      RangeError,
    );
    assert.throws(() => pushAll(Buffer.alloc(1_100_000, 1)), RangeError);
  });
});
