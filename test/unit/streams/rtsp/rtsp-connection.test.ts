import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type Duplex, duplexPair } from 'node:stream';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { RtspParser, type RtspRequest } from '../../../../demo/rtsp/rtsp-message.ts';
import { RtspAuthorizer } from '../../../../src/streams/rtsp/rtsp-auth.ts';
import { RtspConnection } from '../../../../src/streams/rtsp/rtsp-connection.ts';
import { StreamNotes } from '../../../../src/streams/rtsp/stream-notes.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const url = new URL('rtsp://camera/door');
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

interface Manner {
  /** Of two nonces only the one given out last is good. */
  readonly latestOnly?: boolean;
  /** Uses that a nonce is good for. */
  readonly uses?: number;
  readonly stale?: boolean;
  /** Requests that are never answered. */
  readonly deaf?: (method: string) => boolean;
  readonly password?: string;
}

/** A camera that checks digests, and what came of each request in order. */
function camera(manner: Manner, nonces: Map<string, number> = new Map()) {
  const [ours, theirs] = duplexPair();
  const parser = new RtspParser();
  const seen: string[] = [];
  const isGood = ({ method, uri, headers }: RtspRequest) => {
    const header = headers.get('authorization') ?? '';
    const nonce = /nonce="([^"]*)"/.exec(header)?.[1] ?? '';
    const uses = nonces.get(nonce);
    if (uses === undefined) return false;
    nonces.set(nonce, uses + 1);
    const secret = md5(`u:r:${manner.password ?? 'p'}`);
    const right = md5(`${secret}:${nonce}:${md5(`${method}:${uri}`)}`);
    const isLatest = manner.latestOnly !== true || nonce === [...nonces.keys()].at(-1);
    return header.includes(right) && isLatest && uses < (manner.uses ?? 1);
  };
  theirs.on('data', (chunk: Buffer) => {
    for (const request of parser.push(chunk)) {
      if (request.kind !== 'request' || manner.deaf?.(request.method) === true) continue;
      const cseq = request.headers.get('cseq');
      if (isGood(request)) {
        seen.push(`${request.method} 200`);
        theirs.write(`RTSP/1.0 200 OK\r\nCSeq: ${cseq}\r\n\r\n`);
        continue;
      }
      seen.push(`${request.method} 401`);
      const nonce = `n${nonces.size}`;
      nonces.set(nonce, 0);
      const stale = manner.stale === true ? ', stale=true' : '';
      const challenge = `WWW-Authenticate: Digest realm="r", nonce="${nonce}"${stale}`;
      theirs.write(`RTSP/1.0 401 No\r\nCSeq: ${cseq}\r\n${challenge}\r\n\r\n`);
    }
  });
  return { ours, seen, nonces };
}

function connect(
  stream: Duplex,
  authorizer = new RtspAuthorizer({ username: 'u', password: 'p' }),
) {
  const clock = new FakeClock();
  const connection = new RtspConnection(
    {
      url,
      authorizer,
      answerMs: 30_000,
      clock,
      notes: new StreamNotes(),
      onData: () => undefined,
      onEnd: () => undefined,
    },
    stream,
  );
  return { connection, clock, authorizer };
}

const methods = ['DESCRIBE', 'SETUP', 'PLAY', 'GET_PARAMETER', 'OPTIONS', 'SET_PARAMETER'];

describe('RTSP connection with credentials', () => {
  for (const manner of [
    { uses: 1 },
    { uses: 1, latestOnly: true },
    { uses: 3, latestOnly: true },
    { uses: 1, latestOnly: true, stale: true },
  ]) {
    it(`any number of requests at once get through: ${JSON.stringify(manner)}`, async () => {
      const { ours } = camera(manner);
      const { connection, clock } = connect(ours);
      for (let round = 0; round < 4; round += 1) {
        const answers = await Promise.all(
          methods.map((method) => connection.request(method, url.href)),
        );
        assert.deepEqual(
          answers.map(({ status }) => status),
          methods.map(() => 200),
        );
      }
      await connection.close();
      assert.equal(clock.pending, 0);
    });
  }

  it('tries a wrong password once, and no more', async () => {
    const { ours, seen } = camera({ uses: 1, password: 'other' });
    const { connection } = connect(ours);
    assert.equal((await connection.request('DESCRIBE', url.href)).status, 401);
    assert.deepEqual(seen, ['DESCRIBE 401', 'DESCRIBE 401']);
    await connection.close();
  });

  it('ends a game of stale nonces', async () => {
    const { ours, seen } = camera({ uses: 0, stale: true });
    const { connection } = connect(ours);
    assert.equal((await connection.request('DESCRIBE', url.href)).status, 401);
    assert.ok(seen.length <= 8, `${seen.length}`);
    await connection.close();
  });

  it('a last request gets through where its nonce was used up', async () => {
    const { ours, seen } = camera({ uses: 1 });
    const { connection } = connect(ours);
    await connection.request('PLAY', url.href);
    await connection.close({ method: 'TEARDOWN', uri: url.href, headers: {} });
    assert.deepEqual(seen.slice(-2), ['TEARDOWN 401', 'TEARDOWN 200']);
  });

  it('does not wait for ever for the answer to a last request, nor for one before', async () => {
    const { ours, seen } = camera({
      uses: 1,
      deaf: (method) => method === 'TEARDOWN' || method === 'GET_PARAMETER',
    });
    const { connection, clock } = connect(ours);
    await connection.request('PLAY', url.href);
    const unheard = connection.request('GET_PARAMETER', url.href);
    unheard.catch(() => undefined);
    const next = connection.request('OPTIONS', url.href);
    for (let spin = 0; spin < 20; spin += 1) await turn();
    assert.deepEqual(seen.slice(2), [], 'one after the other');
    clock.advance(500);
    assert.equal((await next).status, 200);
    const closed = connection.close({ method: 'TEARDOWN', uri: url.href, headers: {} });
    await turn();
    clock.advance(500);
    await closed;
    await assert.rejects(unheard, { code: 'STREAM_ENDED' });
  });

  it('a nonce of an earlier connection that is good no more says nothing of the password', async () => {
    const first = camera({ uses: 9 });
    const { connection, authorizer } = connect(first.ours);
    await connection.request('DESCRIBE', url.href);
    // Given out but never used: the connection broke before.
    authorizer.challenged(['Digest realm="r", nonce="of before"']);
    await connection.close();
    const second = camera({ uses: 1 });
    const again = connect(second.ours, authorizer);
    assert.equal((await again.connection.request('DESCRIBE', url.href)).status, 200);
    await again.connection.close();
  });
});
