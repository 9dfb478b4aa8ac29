import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { openMetricsServer } from '../../../src/gateway/metrics-server.ts';

const here = { host: '127.0.0.1', port: 0, metrics: async () => 'nightglass_x 1\n' };

async function open(options: Partial<Parameters<typeof openMetricsServer>[0]> = {}) {
  const server = await openMetricsServer({ ...here, token: null, ...options });
  return { ...server, [Symbol.asyncDispose]: () => server.close() };
}

describe('server of metrics alone', () => {
  it('serves metrics, and nothing else', async () => {
    await using server = await open();
    const answer = await fetch(`${server.address}/metrics`);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    assert.equal(await answer.text(), 'nightglass_x 1\n');
    for (const path of ['/', '/api/system', '/metrics/']) {
      assert.equal((await fetch(`${server.address}${path}`)).status, 404, path);
    }
    assert.equal((await fetch(`${server.address}/metrics`, { method: 'POST' })).status, 405);
  });

  it('asks for its token where it has one', async () => {
    await using server = await open({ token: 'only-for-prometheus' });
    const ask = (authorization?: string) =>
      fetch(`${server.address}/metrics`, authorization ? { headers: { authorization } } : {});
    assert.equal((await ask()).status, 401);
    assert.equal((await ask('Bearer another')).status, 401);
    assert.equal((await ask('Bearer only-for-prometheus')).status, 200);
  });

  it('answers 500 without a word of what went wrong', async () => {
    await using server = await open({
      metrics: () => Promise.reject(new Error('secret-of-the-inside')),
    });
    const answer = await fetch(`${server.address}/metrics`);
    assert.equal(answer.status, 500);
    assert.ok(!(await answer.text()).includes('secret-of-the-inside'));
  });

  it('says that a port is taken', async () => {
    await using server = await open();
    const port = Number(new URL(server.address).port);
    await assert.rejects(open({ port }), (error) => isNightglassError(error, 'ENVIRONMENT'));
  });
});
