import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemActor } from '../../../src/domain/audit-entry.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';

const list = {
  name: 'Missing people',
  purpose: 'Find missing people',
  legalBasis: 'Police act, section 1',
  authorisation: 'File 12/2026',
  owner: 'Duty officer',
  cameras: ['gate'],
};

/** Changes, what of each the service refuses, and what is recorded of it when it does not. */
const changes = [
  [
    'POST',
    '/api/watchlists',
    { json: list },
    { json: { ...list, name: 'New' } },
    'watchlist.created',
  ],
  [
    'PATCH',
    '/api/watchlists/list-2',
    { json: { name: list.name } },
    { json: { name: 'x' } },
    'watchlist.updated',
  ],
  [
    'POST',
    '/api/people',
    { json: { watchlistId: 'list-1', name: 'Ada\u202eEve' } },
    { json: { watchlistId: 'list-1', name: 'Bea' } },
    'person.created',
  ],
  [
    'PATCH',
    '/api/people/person-1',
    { json: { name: 'Ada\u202eEve' } },
    { json: { name: 'x' } },
    'person.updated',
  ],
  ['DELETE', '/api/people/person-1/images/template-9', {}, undefined, 'person.image_removed'],
] as const;

async function setUp(t: Parameters<typeof openGateway>[0]) {
  const opened = await openGateway(t);
  await opened.services.watchlists.create(list, systemActor);
  await opened.services.watchlists.create({ ...list, name: 'Other' }, systemActor);
  await opened.services.people.create(
    { watchlistId: 'list-1', name: 'Ada', note: '' },
    systemActor,
  );
  return opened;
}

describe('the audit log', () => {
  for (const [method, path, refused, accepted, what] of changes) {
    it(`holds nothing of a change that is refused: ${method} ${path}`, async (t) => {
      const { call, services } = await setUp(t);
      assert.ok([400, 404, 409].includes((await call(path, { method, ...refused })).status));
      assert.equal(services.audited.length, 0);
      if (accepted === undefined) return;
      assert.ok((await call(path, { method, ...accepted })).status < 300);
      assert.deepEqual(
        services.audited.map((entry): string => entry.what),
        [what],
      );
    });

    it(`and its change are one where the folder takes no writes: ${method} ${path}`, async (t) => {
      if (accepted === undefined) return;
      const { call, services } = await setUp(t);
      const state = () => [services.lists.list(), services.lists.people('list-1')];
      const before = state();
      services.writable = false;
      const { status, body } = await call<{ error: { code: string } }>(path, {
        method,
        ...accepted,
      });
      assert.deepEqual([status, body.error.code], [503, 'STORE_UNWRITABLE']);
      services.writable = true;
      assert.deepEqual(state(), before);
      assert.equal(services.audited.length, 0);
    });
  }

  it('holds one record of one list where two of a name are made at once', async (t) => {
    const { call, services } = await setUp(t);
    const json = { ...list, name: 'Twice' };
    const answers = await Promise.all([1, 2].map(() => call('/api/watchlists', { json })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409]);
    assert.deepEqual(
      services.audited.map(({ what, target }) => [what, target]),
      [['watchlist.created', services.lists.findByName('Twice')?.id]],
    );
  });
});
