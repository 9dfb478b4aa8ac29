import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NightglassError } from '../../../src/domain/errors.ts';
import { imageForm, openGateway } from '../../support/gateway/open-gateway.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';

const list = {
  name: 'Missing people',
  purpose: 'Find missing people',
  legalBasis: 'Police act, section 1',
  authorisation: 'File 12/2026',
  owner: 'Duty officer',
  cameras: ['gate'],
};

/** Changes that the watchlist store may refuse, and what is recorded of each when it does not. */
const changes = [
  ['createWatchlist', 'POST', '/api/watchlists', { json: list }, 'watchlist.created'],
  [
    'updateWatchlist',
    'PATCH',
    '/api/watchlists/list-1',
    { json: { name: 'x' } },
    'watchlist.updated',
  ],
  [
    'createPerson',
    'POST',
    '/api/people',
    { json: { watchlistId: 'list-1', name: 'Ada\u202eEve' } },
    'person.created',
  ],
  ['updatePerson', 'PATCH', '/api/people/person-1', { json: { name: 'x' } }, 'person.updated'],
  ['enrol', 'POST', '/api/people/person-1/images', 'image', 'person.enrolled'],
  [
    'enrol',
    'POST',
    '/api/people/person-1/images/from-alert',
    { json: { alertId: sampleAlert(1).id, kind: 'face' } },
    'person.enrolled',
  ],
] as const;

async function setUp(t: Parameters<typeof openGateway>[0]) {
  const opened = await openGateway(t);
  await opened.backend.watchlists.create(list);
  await opened.backend.people.create({ watchlistId: 'list-1', name: 'Ada', note: '' });
  opened.backend.raise({ change: 'created', alert: sampleAlert(1) });
  opened.backend.pictures.set('face', Uint8Array.of(1));
  return opened;
}

describe('the audit log', () => {
  for (const [check, method, path, given, what] of changes) {
    const body = () => (given === 'image' ? { form: imageForm(1) } : given);

    it(`tells nothing of a change that is refused: ${method} ${path}`, async (t) => {
      const { call, backend } = await setUp(t);
      backend.refuses = (change) => {
        if (change === check) throw new NightglassError('BAD_REQUEST', 'Cannot store this');
      };
      assert.equal((await call(path, { method, ...body() })).status, 400);
      assert.equal(backend.audited.length, 0);
      backend.refuses = () => undefined;
      assert.ok((await call(path, { method, ...body() })).status < 300);
      assert.deepEqual(
        backend.audited.map((entry) => entry.what),
        [what],
      );
    });
  }

  it('tells nothing of the removal of a picture that is not there', async (t) => {
    const { call, backend } = await setUp(t);
    const path = '/api/people/person-1/images/template-9';
    assert.equal((await call(path, { method: 'DELETE' })).status, 404);
    assert.deepEqual(backend.audited, []);
  });
});
