import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mulberry32 } from '../../../demo/media/random.ts';
import {
  formatResponse,
  type RtspInput,
  RtspParser,
  RtspSyntaxError,
} from '../../../demo/rtsp/rtsp-message.ts';

function parse(chunks: readonly Buffer[]): RtspInput[] {
  const parser = new RtspParser();
  return chunks.flatMap((chunk) => [...parser.push(chunk)]);
}

const stream = Buffer.concat([
  Buffer.from('OPTIONS rtsp://host/a RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: x:y\r\n\r\n'),
  Buffer.from([0x24, 1, 0, 3, 7, 8, 9]),
  Buffer.from('SET_PARAMETER rtsp://host/a RTSP/1.0\r\nCSeq: 2\r\nContent-Length: 4\r\n\r\nabcd'),
  Buffer.from('\r\nTEARDOWN rtsp://host/a RTSP/1.0\r\ncseq:3\r\n\r\n'),
]);

describe('RtspParser', () => {
  it('reads requests and interleaved frames', () => {
    const [options, rtcp, set, teardown, ...none] = parse([stream]);
    assert.equal(none.length, 0);
    assert.ok(options?.kind === 'request' && options.method === 'OPTIONS');
    assert.equal(options.uri, 'rtsp://host/a');
    assert.equal(options.headers.get('user-agent'), 'x:y');
    assert.ok(rtcp?.kind === 'interleaved' && rtcp.channel === 1);
    assert.deepEqual([...rtcp.data], [7, 8, 9]);
    assert.ok(set?.kind === 'request' && set.method === 'SET_PARAMETER');
    assert.ok(teardown?.kind === 'request' && teardown.headers.get('cseq') === '3');
  });

  it('reads the same whatever the portions', () => {
    const whole = parse([stream]);
    for (const size of [1, 2, 7, 50]) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < stream.length; at += size) chunks.push(stream.subarray(at, at + size));
      assert.deepEqual(parse(chunks), whole, `portions of ${size}`);
    }
  });

  for (const [name, text] of [
    ['a bad first byte', '\u0000'],
    ['lower case methods', 'options * RTSP/1.0\r\n\r\n'],
    ['another protocol', 'GET / HTTP/1.1\r\n\r\n'],
    ['a long URI', `OPTIONS ${'a'.repeat(1100)} RTSP/1.0\r\n\r\n`],
    ['a negative length', 'OPTIONS * RTSP/1.0\r\nContent-Length: -1\r\n\r\n'],
    ['a length that is none', 'OPTIONS * RTSP/1.0\r\nContent-Length: x\r\n\r\n'],
  ] as const) {
    it(`refuses ${name}`, () => {
      assert.throws(() => parse([Buffer.from(text, 'latin1')]), RtspSyntaxError);
    });
  }
});

describe('RtspParser, fed with noise', () => {
  it('either reads or refuses, and holds little', () => {
    const random = mulberry32(99);
    const pieces = ['OPTIONS ', 'rtsp://a/b', ' RTSP/1.0', '\r\n', 'CSeq: 1', ':', '$', '\0', 'Ä'];
    for (let round = 0; round < 2000; round += 1) {
      const parts = Array.from({ length: 1 + Math.floor(random() * 30) }, () =>
        random() < 0.8
          ? (pieces[Math.floor(random() * pieces.length)] ?? '')
          : String.fromCharCode(Math.floor(random() * 256)),
      );
      try {
        parse([Buffer.from(parts.join(''), 'latin1')]);
      } catch (error) {
        assert.ok(error instanceof RtspSyntaxError, String(error));
      }
    }
  });
});

describe('formatResponse', () => {
  it('writes status, headers, length and body', () => {
    const text = formatResponse(200, { CSeq: '4', A: ['b', 'c'] }, 'hello').toString();
    const lines = ['RTSP/1.0 200 OK', 'CSeq: 4', 'A: b', 'A: c', 'Content-Length: 5', '', 'hello'];
    assert.equal(text, lines.join('\r\n'));
  });
});
