import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { z } from 'zod';
import { watchlistSchema } from '../../../src/gateway/schemas/watchlist.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { imageForm, openGateway } from '../../support/gateway/open-gateway.ts';

const list = {
  name: 'Missing people',
  purpose: 'Find missing people',
  legalBasis: 'Police act, section 12',
  authorisation: 'FILE-1',
  owner: 'desk 4',
  cameras: ['gate'],
};

async function setUp(t: TestContext) {
  const access = new FakeAccess({
    ann: { role: 'admin' },
    bob: { role: 'reviewer' },
    gate: { role: 'reviewer', cameras: ['gate'] },
    yard: { role: 'reviewer', cameras: ['yard'] },
    other: { role: 'reviewer', watchlists: ['list-9'] },
    eve: { role: 'operator' },
  });
  const opened = await openGateway(t, { access, openOnLoopback: false });
  const { call, services } = opened;
  services.listReview = 'required';
  services.listReviewers = ['ann', 'bob'];
  services.cameraViews = [];
  const at = (path: string, token: string, json?: object, method = 'POST') =>
    call(path, json === undefined ? { token } : { token, json, method });
  const read = async (id: string) =>
    watchlistSchema.parse((await at(`/api/watchlists/${id}`, 'eve')).body);
  return { ...opened, at, read };
}

type List = z.infer<typeof watchlistSchema>;

describe('the review of a list over the API', () => {
  it('says what waits, and is in force once another one has said so', async (t) => {
    const { at, read } = await setUp(t);
    const made = (await at('/api/watchlists', 'ann', { ...list, cameras: '*' })).body as List;
    assert.equal(made.inForce, false);
    assert.deepEqual(made.review.authors, ['ann']);
    assert.equal(made.changes.length, 10);
    const path = `/api/watchlists/${made.id}/review`;
    const revision = { revision: made.review.revision };
    assert.equal((await at(path, 'ann', revision)).status, 403);
    assert.equal((await at(path, 'bob', { revision: 7 })).status, 409);
    const done = await at(path, 'bob', { ...revision, note: 'read the file' });
    assert.equal(done.status, 200);
    const now = await read(made.id);
    assert.deepEqual([now.inForce, now.changes], [true, []]);
    const { by, as, note } = now.review.confirmed ?? {};
    assert.deepEqual([by, as, note], ['bob', 'other', 'read the file']);
    await at(`/api/watchlists/${made.id}`, 'ann', { fpir: 0.02 }, 'PATCH');
    const changed = await read(made.id);
    assert.equal(changed.inForce, false);
    assert.deepEqual(changed.changes, [{ field: 'fpir', before: 0.001, after: 0.02 }]);
  });

  it('is not searched meanwhile, and a search that names it is refused', async (t) => {
    const { call, services } = await setUp(t);
    services.listReview = 'off';
    services.addList('list-1', { name: 'In force', cameras: '*' });
    services.listReview = 'required';
    services.addList('list-2', { name: 'Waiting', cameras: '*' });
    const search = (fields: Readonly<Record<string, string>>) =>
      call('/api/search', { token: 'bob', form: imageForm(1, { reason: 'case 9', ...fields }) });
    const refused = await search({ watchlist: 'list-2' });
    assert.equal(refused.status, 409, JSON.stringify(refused.body));
    assert.equal((await search({})).status, 200);
    const [record] = services.audit.list({ what: 'search.run' });
    assert.equal((record?.detail as { lists: string } | undefined)?.lists, 'list-1');
  });

  it('is for reviewers who may see the list and all its cameras', async (t) => {
    const { at, services } = await setUp(t);
    const everywhere = services.addList('list-1', { cameras: '*' });
    const gate = services.addList('list-2', { name: 'At the gate', cameras: ['gate'] });
    const put = (id: string, token: string) =>
      at(`/api/watchlists/${id}/review`, token, { revision: 1 });
    assert.equal((await put(everywhere, 'eve')).status, 403);
    assert.equal((await put(everywhere, 'other')).status, 404);
    assert.equal((await put(everywhere, 'gate')).status, 403);
    assert.equal((await put(gate, 'yard')).status, 404);
    assert.equal((await put(gate, 'gate')).status, 200);
    assert.deepEqual(services.lists.get(everywhere).review.authors, ['system']);
  });

  it('lets the only person confirm alone, and says so', async (t) => {
    const { at, services } = await setUp(t);
    services.listReviewers = ['ann'];
    const made = (await at('/api/watchlists', 'ann', { ...list, cameras: '*' })).body as List;
    const done = await at(`/api/watchlists/${made.id}/review`, 'ann', { revision: 1 });
    assert.equal((done.body as List).review.confirmed?.as, 'alone');
    const record = services.audited.find(({ what }) => what === 'watchlist.put_in_force');
    assert.equal(record?.detail?.['as'], 'alone');
  });

  it('is told and put in force from the command line', async (t) => {
    const { address, services } = await setUp(t);
    services.addList('list-1', { name: 'Barred', cameras: '*' });
    const run = (words: string[]) =>
      runCommand(['watchlists', ...words, '--address', address], { NIGHTGLASS_TOKEN: 'bob' });
    const listed = await run(['list']);
    assert.match(listed.stdout, /list-1 +waits +0 +Barred .*by system/);
    const changes = await run(['changes', 'list-1']);
    assert.match(changes.stdout, /revision 1, by system/);
    assert.match(changes.stdout, /retentionDays +null +30/);
    const stale = await run(['put-in-force', 'list-1', '--revision', '9']);
    assert.deepEqual([stale.code, /changed since/.test(stale.stderr)], [1, true]);
    const done = await run(['put-in-force', 'list-1', '--revision', '1', '--note', 'read']);
    assert.match(done.stdout, /^list-1: put in force by bob, /);
    assert.match((await run(['list'])).stdout, /in force/);
  });
});
