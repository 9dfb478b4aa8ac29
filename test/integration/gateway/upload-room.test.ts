import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as ask } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { call, imageForm, list, open } from '../../support/gateway/gateway-in-test.ts';

const roomForOne = { maxUploadsAtOnce: 1, maxUploadBytesAtOnce: 2 ** 20, uploadWaitMs: 60_000 };

/** Announces an upload and sends none of it. */
async function announce(t: TestContext, address: string, path: string): Promise<() => void> {
  const request = ask(`${address}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'multipart/form-data; boundary=x',
      'content-length': 2 ** 19,
      // The server answers it as it takes the request on.
      expect: '100-continue',
    },
  });
  request.on('error', () => undefined);
  t.after(() => request.destroy());
  request.flushHeaders();
  await once(request, 'continue');
  return () => request.destroy();
}

/** Asks until the status is this: when the server hears that somebody has left is not to be seen. */
async function until(status: number, work: () => ReturnType<typeof call>) {
  for (let tries = 0; tries < 500; tries += 1) {
    const answer = await work();
    if (answer.status === status) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Never answered ${status}`);
}

describe('uploads of all requests together', () => {
  it('are refused with 503 and Retry-After while too many wait, and taken again after', async (t) => {
    const address = await open({ limits: { ...roomForOne, maxWaitingUploads: 0 } });
    const quality = () => call(`${address}/api/quality`, { form: imageForm(1) });
    assert.equal((await quality()).status, 200);
    const leave = await announce(t, address, '/api/quality');
    const { status, body, headers } = await quality();
    assert.equal(status, 503);
    assert.equal((body as { error: { code: string } }).error.code, 'BUSY');
    assert.equal(headers.get('retry-after'), '5');
    // Nobody else is kept waiting.
    assert.equal((await call(`${address}/api/alerts`)).status, 200);
    leave();
    await until(200, quality);
  });

  it('wait for one another within the queue', async () => {
    const address = await open({ limits: { ...roomForOne, maxWaitingUploads: 20 } });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => call(`${address}/api/quality`, { form: imageForm(1) })),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array.from({ length: 8 }, () => 200),
    );
  });
});

describe('an import', () => {
  it('is refused before its archive is read while another one is received', async (t) => {
    const address = await open();
    const { body } = await call(`${address}/api/watchlists`, { json: list });
    const path = `/api/watchlists/${(body as { id: string }).id}/import`;
    const form = () => {
      const archive = new FormData();
      archive.append('archive', new Blob([new Uint8Array(100)]), 'a.zip');
      return archive;
    };
    assert.equal((await call(`${address}${path}`, { form: form() })).status, 422);
    const leave = await announce(t, address, path);
    const refused = await call(`${address}${path}`, { form: form() });
    assert.equal(refused.status, 409);
    assert.match(JSON.stringify(refused.body), /another import/);
    leave();
    await until(422, () => call(`${address}${path}`, { form: form() }));
  });
});
