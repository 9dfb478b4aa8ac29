import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { NightglassClient } from '../../../src/client/nightglass-client.ts';
import { evidenceBounds } from '../../../src/domain/bounds.ts';
import { verifyCase } from '../../../src/services/evidence/verify-case.ts';
import { FootageJobTable } from '../../../src/store/footage-job-table.ts';
import { FootageSightingTable } from '../../../src/store/footage-sighting-table.ts';
import { encodeJpeg } from '../../../src/streams/jpeg-encoder.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';
import { sampleSearch } from '../../support/gateway/sample-footage.ts';
import { archiveOf, filesOf } from '../../support/services/exported-case.ts';

const reason = 'Police request 12/2026';

/** A search of one list that found two people, and one of another list. */
async function setUp(t: TestContext) {
  const access = new FakeAccess({
    operator: { role: 'operator' },
    ann: { role: 'reviewer' },
    admin: { role: 'admin' },
    'gate-only': { role: 'admin', cameras: ['gate'] },
    'list-1-only': { role: 'reviewer', watchlists: ['list-1'] },
    'list-2-only': { role: 'admin', watchlists: ['list-2'] },
  });
  const opened = await openGateway(t, { access, openOnLoopback: false });
  const { services, call } = opened;
  const jpeg = await encodeJpeg({ width: 32, height: 32, data: new Uint8Array(3072).fill(90) }, 92);
  for (const id of ['list-1', 'list-2']) {
    services.addList(id, { uses: ['footage'] });
    services.lists.addPerson(id, { name: 'Ada' });
  }
  for (const kind of ['frame', 'face', 'enhanced', 'enrolled'] as const) {
    services.pictures.set(kind, jpeg);
  }
  const seen = { 'Ada Example': [30, 1_900], 'Bo Example': [70] };
  const one = sampleSearch(services, { seen, jpeg, state: 'done' });
  const other = sampleSearch(services, { lists: ['list-2'], seen: { Cy: [5] }, jpeg });
  const found = new FootageSightingTable(services.store);
  const ids = (job: string) => found.page(job, null, 100).map(({ alert }) => alert.id);
  const folder = mkdtempSync(join(tmpdir(), 'nightglass-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'case.zip');
  return {
    ...opened,
    ...{ folder, one: one.id, other: other.id, ids },
    client: (token: string) => new NightglassClient({ address: opened.address, token }),
    exported: () => services.audit.list({ what: 'evidence.exported' }),
    ask: async (token: string, json: object) =>
      (await call('/api/evidence/export', { token, json: { reason, ...json } })).status,
    verify(archive: Uint8Array) {
      writeFileSync(file, archive);
      return verifyCase(file, services.evidence.publicKey());
    },
  };
}

describe('evidence of recorded footage', () => {
  it('holds nothing that only a quick look found', async (t) => {
    const { ask, ids, one, services } = await setUp(t);
    const [ada = '', bo = ''] = ids(one);
    const search = { search: one };
    services.store.write(() =>
      services.store
        .prepare('UPDATE footage_sightings SET preliminary = 1 WHERE person_id = ?')
        .run('bo-example'),
    );
    assert.equal(await ask('ann', { footage: [{ ...search, sightings: [bo] }] }), 409);
    assert.equal(await ask('ann', { footage: [{ ...search, person: 'bo-example' }] }), 404);
    assert.equal(await ask('ann', { footage: [{ ...search, sightings: [ada] }] }), 200);
  });

  it('is one case with alerts, of chosen sightings and of all on a person', async (t) => {
    const { client, exported, ids, one, services, verify } = await setUp(t);
    services.raise({ change: 'created', alert: sampleAlert(1) });
    const alerts = [sampleAlert(1).id];
    const [, bo = '', late = ''] = ids(one);
    const both = {
      alerts,
      footage: [
        { search: one, sightings: [bo] },
        { search: one, person: 'ada-example' },
        { search: one, sightings: [late] },
      ],
    };
    const file = await client('ann').exportEvidence(both, reason);
    const archive = Buffer.from(await file.arrayBuffer());
    const verdict = await verify(archive);
    assert.ok(verdict.ok, JSON.stringify(verdict));
    const files = await filesOf(archive);
    for (const id of ids(one)) {
      for (const kind of ['face', 'enhanced', 'enrolled']) {
        assert.ok(files.has(`footage/${id}/${kind}.jpg`), `${id} ${kind}`);
      }
    }
    assert.ok(files.has(`alerts/${alerts[0]}/face.jpg`));
    const said = JSON.parse(files.get('case.json')?.toString() ?? '');
    assert.equal(said.alerts.length, 1);
    assert.equal(said.searches.length, 1);
    const [search] = said.searches;
    assert.deepEqual(
      search.sightings.map(({ id }: { id: string }) => id),
      ids(one),
    );
    assert.deepEqual(
      [search.filesSearched, search.filesUnfinished, search.sightingsFound],
      [2, 0, 3],
      'the third file cannot be read',
    );
    assert.deepEqual(
      search.recordings.map((file: object) => Object.values(file).slice(0, 4)),
      [
        [0, '/srv/nvr/gate/gate-2100.mkv', 734_003_200, '0'.repeat(64)],
        [1, '/srv/nvr/gate/gate-2130.mkv', 734_003_201, '1'.repeat(64)],
      ],
    );
    const report = files.get('report.html')?.toString() ?? '';
    assert.ok(report.includes('Evidence of 1 alert and 3 sightings in recorded footage'));
    const lines = files.get('audit.jsonl')?.toString().trim().split('\n') ?? [];
    const told = lines.map((line) => JSON.parse(line));
    assert.deepEqual(
      told.map(({ what }) => what),
      [
        ...['footage.asked', 'footage.searched', 'footage.ended', 'alert.raised'],
        'evidence.exported',
      ],
    );
    assert.partialDeepStrictEqual(exported()[0]?.detail, {
      ...{ reason, alerts, searches: [one], sightings: ids(one), faces: 'blurred' },
    });
    for (const [path, bytes] of files) {
      const flipped = Buffer.from(bytes);
      const at = Math.floor(bytes.length / 2);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      const changed = await archiveOf(new Map(files).set(path, flipped));
      assert.equal((await verify(changed)).ok, false, path);
    }
  });

  it('says which files the search left out, from where on and why, also those with nobody of the case', async (t) => {
    const { client, one, services } = await setUp(t);
    const jobs = new FootageJobTable(services.store);
    const { files: searched } = jobs.find(one) ?? assert.fail(one);
    const files = searched.map((file, at) =>
      at === 1 ? { ...file, failure: 'STREAM_UNREACHABLE' as const } : file,
    );
    services.store.write(() => {
      jobs.update(one, { files });
      jobs.putPosition(one, 1, { seconds: 754, done: false });
    });
    const exported = async () => {
      const footage = [{ search: one, person: 'ada-example' }];
      const file = await client('ann').exportEvidence({ footage }, reason);
      const left = await filesOf(Buffer.from(await file.arrayBuffer()));
      const [search] = JSON.parse(left.get('case.json')?.toString() ?? '').searches;
      return { search, report: left.get('report.html')?.toString() ?? '' };
    };
    const { search, report } = await exported();
    const path = (name: string) => `/srv/nvr/gate/gate-${name}.mkv`;
    const [cut, whole] = ['STREAM_UNREACHABLE', 'STREAM_UNSUPPORTED'];
    assert.deepEqual([search.filesSearched, search.filesUnfinished], [1, 0]);
    assert.deepEqual(search.filesLeftOut, [
      { file: 1, path: path('2130'), searchedSeconds: 754, failure: cut },
      { file: 2, path: path('2200'), searchedSeconds: 0, failure: whole },
    ]);
    assert.deepEqual(
      search.recordings.map(({ failure }: { failure: string | null }) => failure),
      [null, cut],
    );
    for (const text of [
      'Files left out · 未检索的文件',
      'File 2, left out · 未检索',
      `${path('2130')} · from 00:12:34.0 on (${cut}) · 自 00:12:34.0 起未检索（${cut}）`,
      `${path('2200')} · wholly (${whole}) · 全部未检索（${whole}）`,
    ]) {
      assert.ok(report.includes(text), text);
    }
    assert.ok(!report.includes('File 1, left out') && !report.includes('尚未检索完'));
    // One that was stopped has searched no more than it came to.
    services.store.write(() => jobs.update(one, { state: 'stopped' }));
    const stopped = await exported();
    assert.deepEqual([stopped.search.filesSearched, stopped.search.filesUnfinished], [0, 1]);
    assert.ok(stopped.report.includes('Files not searched to their end · 尚未检索完的文件'));
  });

  it('reaches no further than the token, and leaves no trace where it is refused', async (t) => {
    const { ask, exported, ids, one, other } = await setUp(t);
    const ofOne = { footage: [{ search: one, person: 'ada-example' }] };
    const ofOther = { footage: [{ search: other, sightings: ids(other) }] };
    const statuses: [token: string, of: object, status: number][] = [
      ['operator', ofOne, 403],
      ['gate-only', ofOne, 404],
      ['list-2-only', ofOne, 404],
      ['list-1-only', ofOther, 404],
      ['list-1-only', { footage: [...ofOne.footage, ...ofOther.footage] }, 404],
      ['ann', { ...ofOne, faces: 'shown' }, 403],
    ];
    for (const [token, of, status] of statuses) {
      assert.equal(await ask(token, of), status, `${token} ${JSON.stringify(of)}`);
    }
    assert.equal(exported().length, 0);
    assert.equal(await ask('list-1-only', ofOne), 200);
    assert.equal(await ask('list-2-only', ofOther), 200);
    assert.equal(await ask('admin', { ...ofOne, faces: 'shown' }), 200);
    assert.equal(exported().length, 3);
  });

  it('takes sightings of the search that is named, so many and no more', async (t) => {
    const { ask, exported, ids, one, other } = await setUp(t);
    const refused: [object, number][] = [
      [{ footage: [] }, 400],
      [{ footage: [{ search: one }] }, 400],
      [{ footage: [{ search: one, sightings: [] }] }, 400],
      [{ footage: [{ search: one, sightings: ids(one), person: 'ada-example' }] }, 400],
      [{ footage: [{ search: one, person: 'ada-example' }], reason: 'a ' }, 400],
      [{ footage: [{ search: one, sightings: Array.from({ length: 101 }, () => 'x') }] }, 400],
      [{ footage: [{ search: one, sightings: ids(other) }] }, 404],
      [{ footage: [{ search: one, sightings: ['01JNONE'] }] }, 404],
      [{ footage: [{ search: one, person: 'cy' }] }, 404],
      [{ footage: [{ search: 'none', person: 'cy' }] }, 404],
      // Its files are nowhere: no clip can be cut, and nothing is on record.
      [{ footage: [{ search: one, person: 'ada-example' }], clips: true }, 422],
    ];
    for (const [json, status] of refused) {
      assert.equal(await ask('ann', json), status, JSON.stringify(json));
    }
    assert.equal(exported().length, 0);
  });

  it('holds no more sightings than a case takes, also of one person', async (t) => {
    const { ask, exported, services } = await setUp(t);
    const times = Array.from({ length: evidenceBounds.sightings + 1 }, (_, at) => at * 10);
    const { id } = sampleSearch(services, { seen: { Dee: times } });
    assert.equal(await ask('ann', { footage: [{ search: id, person: 'dee' }] }), 400);
    assert.equal(exported().length, 0);
  });

  it('is not begun with more clips than faces are hidden in: no file is hashed for it', async (t) => {
    const { ask, exported, services } = await setUp(t);
    const times = Array.from({ length: evidenceBounds.blurredClips + 1 }, (_, at) => at * 10);
    const { id } = sampleSearch(services, { seen: { Dee: times } });
    const json = { footage: [{ search: id, person: 'dee' }], clips: true };
    // Its files are nowhere: they were not even looked for.
    assert.equal(await ask('ann', json), 400);
    assert.equal(exported().length, 0);
  });

  it('leaves its place at once where it is given up while a file is hashed', async (t) => {
    const { ask, call, folder, one, services } = await setUp(t);
    const jobs = new FootageJobTable(services.store);
    const path = join(folder, 'long.mkv');
    writeFileSync(path, '');
    // A hole that takes longer to be hashed than the test does.
    truncateSync(path, 2 ** 36);
    const { files } = jobs.find(one) ?? assert.fail(one);
    services.store.write(() =>
      jobs.update(one, { files: files.map((file) => ({ ...file, path })) }),
    );
    const footage = [{ search: one, person: 'ada-example' }];
    const began: string[] = [];
    for (let at = 0; at < evidenceBounds.atOnce; at += 1) {
      const json = { reason, footage, clips: true };
      const { status, body } = await call('/api/evidence/jobs', { token: 'ann', json });
      assert.equal(status, 202);
      began.push((body as { id: string }).id);
    }
    assert.equal(await ask('ann', { footage }), 503, 'all places are taken');
    for (const id of began) {
      const { status } = await call(`/api/evidence/jobs/${id}`, { token: 'ann', method: 'DELETE' });
      assert.equal(status, 204);
    }
    assert.equal(await ask('ann', { footage }), 200);
  });

  it('waits for nobody, but does not leave where a list asks for two people by now', async (t) => {
    const { ask, exported, one, services } = await setUp(t);
    services.lists.update('list-1', { twoPersonReview: true }, { name: 'admin' });
    const json = { footage: [{ search: one, person: 'ada-example' }] };
    assert.equal(await ask('ann', json), 403);
    assert.equal(exported().length, 0);
    services.store.write(() =>
      new FootageJobTable(services.store).update(one, { decidedBy: 'bob' }),
    );
    assert.equal(await ask('ann', json), 200);
  });

  it('does not leave where it cannot be recorded', async (t) => {
    const { ask, one, services } = await setUp(t);
    services.writable = false;
    assert.equal(await ask('ann', { footage: [{ search: one, person: 'ada-example' }] }), 503);
  });
});
