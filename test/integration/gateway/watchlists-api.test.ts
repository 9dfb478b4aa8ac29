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
  tokens,
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

describe('bounds of a watchlist', () => {
  it('refuses times that no date can say, and stays readable', async () => {
    const address = await open();
    const made = await call(`${address}/api/watchlists`, { json: list });
    const { id } = made.body as { id: string };
    for (const expiresAt of [9.1e15, 2 ** 53, 253_402_300_800_000, -1]) {
      const path = `${address}/api/watchlists/${id}`;
      const refused = await call(path, { method: 'PATCH', json: { expiresAt } });
      assert.equal(refused.status, 400, String(expiresAt));
      assert.equal((await call(path)).status, 200);
    }
    assert.equal((await call(`${address}/api/watchlists`)).status, 200);
    assert.equal((await call(`${address}/api/alerts?from=9.1e15`)).status, 400);
  });
});

describe('who may see only some cameras', () => {
  it('changes no list that runs on others, and nobody on it', async () => {
    const address = await open({ access: tokens() });
    const as = (token: string) => ({ token });
    const create = async (cameras: unknown) => {
      const json = { ...list, name: `List of ${String(cameras)}`, cameras };
      const made = await call(`${address}/api/watchlists`, { json, ...as('admin') });
      assert.equal(made.status, 201, JSON.stringify(made.body));
      return (made.body as { id: string }).id;
    };
    const everywhere = await create('*');
    const own = await create(['yard']);
    const change = (id: string, token: string) =>
      call(`${address}/api/watchlists/${id}`, {
        ...{ method: 'PATCH', json: { fixedThreshold: -1 } },
        ...as(token),
      });
    const enrol = (watchlistId: string, token: string) =>
      call(`${address}/api/people`, { json: { watchlistId, name: 'Robin' }, ...as(token) });
    const remove = (id: string, token: string) =>
      call(`${address}/api/watchlists/${id}`, { method: 'DELETE', ...as(token) });
    assert.equal((await change(everywhere, 'yard-only')).status, 403);
    assert.equal((await enrol(everywhere, 'yard-only')).status, 403);
    assert.equal((await remove(everywhere, 'yard-only')).status, 403);
    assert.equal((await change(own, 'yard-only')).status, 200);
    assert.equal((await enrol(own, 'yard-only')).status, 201);
    assert.equal((await change(everywhere, 'admin')).status, 200);
    const person = (await enrol(everywhere, 'admin')).body as { id: string };
    const gone = await call(`${address}/api/people/${person.id}`, {
      ...{ method: 'DELETE' },
      ...as('yard-only'),
    });
    assert.equal(gone.status, 403);
    const reload = { method: 'POST', ...as('yard-only') };
    assert.equal((await call(`${address}/api/cameras/reload`, reload)).status, 403);
  });
});
