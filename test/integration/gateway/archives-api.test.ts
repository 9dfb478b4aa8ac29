import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemActor } from '../../../src/domain/audit-entry.ts';
import { importSchema, importStarted } from '../../../src/gateway/schemas/import.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { zipOf } from '../../support/services/zip-of.ts';

const access = () =>
  new FakeAccess({
    admin: { role: 'admin' },
    reviewer: { role: 'reviewer' },
    other: { role: 'admin', watchlists: ['list-9'] },
  });

function archiveForm(bytes: number | Uint8Array<ArrayBuffer>): FormData {
  const form = new FormData();
  const content = typeof bytes === 'number' ? new Uint8Array(bytes) : bytes;
  form.append('archive', new Blob([content]), '../people.zip');
  return form;
}

async function setUp(
  t: Parameters<typeof openGateway>[0],
  options: Parameters<typeof openGateway>[1] = {},
) {
  const opened = await openGateway(t, options);
  await opened.services.watchlists.create(
    {
      name: 'a',
      purpose: 'p',
      legalBasis: 'l',
      authorisation: 'a',
      owner: 'o',
      cameras: '*',
    },
    systemActor,
  );
  return opened;
}

describe('import', () => {
  it('takes an archive, answers at once and tells how it goes', async (t) => {
    const { call, services } = await setUp(t);
    const archive = new Uint8Array(await zipOf({ 'Ada/1.jpg': 'a picture' }));
    const path = '/api/watchlists/list-1/import';
    // What is refused is not in the audit log.
    assert.equal((await call(path, { form: archiveForm(1000) })).status, 422);
    assert.equal(services.audited.length, 0);
    const answer = await call(path, { form: archiveForm(archive) });
    assert.equal(answer.status, 202);
    const { job } = importStarted.parse(answer.body);
    while (services.uploads.length === 0) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(Buffer.from(services.uploads[0]?.bytes ?? []).toString(), 'a picture');
    importSchema.parse((await call(`/api/imports/${job}`)).body);
    const [entry] = services.audited;
    assert.equal(entry?.what, 'watchlist.imported');
    assert.equal(entry?.detail?.['job'], job);
    assert.match(String(entry?.detail?.['archiveSha256']), /^[0-9a-f]{64}$/);
    assert.equal((await call('/api/imports/none')).status, 404);
  });

  it('refuses what is too large, is no upload or holds no file', async (t) => {
    const { call, services } = await setUp(t, { limits: { maxArchiveBytes: 100_000 } });
    const path = '/api/watchlists/list-1/import';
    assert.equal((await call(path, { form: archiveForm(100_001) })).status, 413);
    assert.equal((await call(path, { form: archiveForm(500_000) })).status, 413);
    assert.equal((await call(path, { json: {} })).status, 400);
    assert.equal((await call(path, { form: new FormData() })).status, 400);
    assert.deepEqual([services.uploads, services.audited.length], [[], 0]);
  });

  it('and export are for admins of the list', async (t) => {
    const { call, services } = await setUp(t, { access: access(), openOnLoopback: false });
    for (const [token, status] of [
      ['reviewer', 403],
      ['other', 404],
    ] as const) {
      const form = archiveForm(10);
      const sent = await call('/api/watchlists/list-1/import', { token, form });
      assert.equal(sent.status, status);
      assert.equal((await call('/api/imports/job-1', { token })).status, status);
      assert.equal((await call('/api/watchlists/list-1/export', { token })).status, status);
    }
    assert.deepEqual(services.uploads, []);
  });
});

describe('export', () => {
  it('is an archive to save, on record', async (t) => {
    const { call, services } = await setUp(t);
    const { status, headers, body } = await call<string>('/api/watchlists/list-1/export');
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), 'application/zip');
    assert.match(headers.get('content-disposition') ?? '', /filename="watchlist-list-1\.zip"/);
    assert.ok(body.startsWith('PK') && body.includes('list.json'), body);
    assert.equal(services.audited[0]?.what, 'watchlist.exported');
    services.writable = false;
    assert.equal((await call('/api/watchlists/list-1/export')).status, 503);
  });
});
