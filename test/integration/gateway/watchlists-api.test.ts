import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { enrolOutcome, personSchema } from '../../../src/gateway/schemas/person.ts';
import { searchSchema } from '../../../src/gateway/schemas/search.ts';
import { watchlistSchema } from '../../../src/gateway/schemas/watchlist.ts';
import {
  assertShape,
  call,
  imageForm,
  list,
  open,
  services,
} from '../../support/gateway/gateway-in-test.ts';

describe('watchlists, people, search', () => {
  it('makes, changes and removes a list, recorded before it is done', async () => {
    const address = await open();
    const made = await call(`${address}/api/watchlists`, { json: list });
    assert.equal(made.status, 201);
    assertShape(watchlistSchema, made.body);
    const { id } = made.body as { id: string };
    const changed = await call(`${address}/api/watchlists/${id}`, {
      method: 'PATCH',
      json: { fpir: 0.01 },
    });
    assert.equal((changed.body as { fpir: number }).fpir, 0.01);
    assert.equal((changed.body as { purpose: string }).purpose, list.purpose);
    assert.equal(
      (await call(`${address}/api/watchlists/${id}`, { method: 'PATCH', json: {} })).status,
      400,
    );
    services.writable = false;
    assert.equal((await call(`${address}/api/watchlists/${id}`, { method: 'DELETE' })).status, 503);
    assert.equal(services.lists.list().length, 1);
    services.writable = true;
    assert.equal((await call(`${address}/api/watchlists/${id}`, { method: 'DELETE' })).status, 204);
    assert.deepEqual(
      services.audited.map(({ what }) => what),
      ['watchlist.created', 'watchlist.updated', 'watchlist.removed'],
    );
  });

  it('refuses a list without purpose, legal basis, authorisation or owner', async () => {
    const address = await open();
    for (const field of ['purpose', 'legalBasis', 'authorisation', 'owner', 'cameras', 'name']) {
      const { status, body } = await call(`${address}/api/watchlists`, {
        json: { ...list, [field]: undefined },
      });
      assert.equal(status, 400);
      assert.match((body as { error: { message: string } }).error.message, new RegExp(field));
    }
  });

  it('enrols images one by one, with a verdict for each', async () => {
    const address = await open();
    await call(`${address}/api/watchlists`, { json: list });
    const person = await call(`${address}/api/people`, {
      json: { watchlistId: 'list-1', name: 'Painted' },
    });
    assertShape(personSchema, person.body);
    const { status, body } = await call(`${address}/api/people/person-1/images`, {
      form: imageForm(2),
    });
    assert.equal(status, 200);
    const { outcomes } = body as { outcomes: object[] };
    for (const outcome of outcomes) assertShape(enrolOutcome, outcome);
    assert.deepEqual(
      services.uploads.map(({ name }) => name),
      ['picture-0.jpg', 'picture-1.jpg'],
    );
    assert.equal((await call(`${address}/api/people?watchlist=list-1`)).status, 200);
  });

  it('bounds uploads: size of a file, of all together, number, and kind', async () => {
    const address = await open({
      limits: { maxImageBytes: 1000, maxImages: 2, maxUploadBytes: 1500 },
    });
    await call(`${address}/api/watchlists`, { json: list });
    await call(`${address}/api/people`, { json: { watchlistId: 'list-1', name: 'Painted' } });
    const url = `${address}/api/people/person-1/images`;
    assert.equal((await call(url, { form: imageForm(1, 1001) })).status, 413);
    assert.equal((await call(url, { form: imageForm(2, 900) })).status, 413);
    assert.equal((await call(url, { form: imageForm(3, 10) })).status, 413);
    assert.equal((await call(url, { form: imageForm(0) })).status, 400);
    assert.equal((await call(url, { json: {} })).status, 400);
    assert.equal(services.uploads.length, 0);
  });

  it('searches one image for a stated reason, and records it with the hash alone', async () => {
    const address = await open();
    await call(`${address}/api/watchlists`, { json: list });
    const form = imageForm(1);
    assert.equal((await call(`${address}/api/search`, { form })).status, 400);
    form.append('reason', 'File 12/2026');
    const { body } = await call(`${address}/api/search`, { form });
    assertShape(searchSchema, body);
    const entry = services.audited.at(-1);
    assert.equal(entry?.what, 'search.run');
    assert.match(String(entry?.detail?.['imageSha256']), /^[0-9a-f]{64}$/);
    const audit = (await call(`${address}/api/audit`)).body as { records: { what: string }[] };
    assert.equal(audit.records.at(-1)?.what, 'search.run');
  });
});
