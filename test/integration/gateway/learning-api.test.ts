import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { type ExportJob, NightglassClient } from '../../../src/client/nightglass-client.ts';
import { dayMs } from '../../../src/domain/bounds.ts';
import { encodeJpeg } from '../../../src/streams/jpeg-encoder.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { learningPolicy } from '../../support/gateway/memory-services.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';
import { filesOf } from '../../support/services/exported-case.ts';
import { templateFor, vectorAt } from '../../support/services/watchlist-fixture.ts';

const reason = 'increment of June';

const plain = (shade: number) =>
  encodeJpeg({ width: 32, height: 32, data: new Uint8Array(3072).fill(shade) }, 92);

/**
 * Ada on list-1 with confirmed alerts at the gate and the yard, Bea on list-2 with one at the gate,
 * Cyd on list-3, from which nothing is learnt.
 */
async function setUp(t: TestContext) {
  const access = new FakeAccess({
    chief: { role: 'admin', scopes: ['learning:export'] },
    ann: { role: 'admin' },
    eve: { role: 'reviewer', scopes: ['learning:export'] },
    operator: { role: 'operator' },
    gate: { role: 'admin', cameras: ['gate'], scopes: ['learning:export'] },
    second: { role: 'admin', watchlists: ['list-2', 'list-3'], scopes: ['learning:export'] },
  });
  const opened = await openGateway(t, { access, openOnLoopback: false });
  const { services } = opened;
  const watchlists = ['list-1', 'list-2', 'nowhere'];
  services.learning = services.learningBy({ ...learningPolicy, watchlists });
  const enrolled = await plain(200);
  for (const [at, kind] of ['frame', 'face', 'enhanced', 'enrolled', 'best-1', 'best-2'].entries())
    services.pictures.set(kind, await plain(20 * at));
  services.addList('list-1', { retentionDays: 60, cameras: '*' });
  services.addList('list-2', { retentionDays: 10, cameras: '*' });
  services.addList('list-3', { cameras: '*' });
  const people = ['Ada', 'Bea', 'Cyd'].map((name, at) => {
    const { id } = services.lists.addPerson(`list-${at + 1}`, { name });
    services.lists.addTemplate(templateFor(id, vectorAt(at), { image: enrolled }));
    return id;
  });
  const [ada = '', bea = '', cyd = ''] = people;
  let number = 0;
  const confirm = (personId: string, watchlistId: string, cameraId: string) => {
    number += 1;
    const createdAt = Date.now() - number * 1_000;
    const alert = sampleAlert(number, { personId, watchlistId, cameraId, createdAt });
    services.raise({ change: 'created', alert });
    for (const action of ['acknowledge', 'confirm'] as const) {
      services.alertStore.review(alert.id, { action, reviewer: 'zoe', reason: 'sure' });
    }
    return { id: alert.id, createdAt };
  };
  const atGate = confirm(ada, 'list-1', 'gate');
  const atYard = confirm(ada, 'list-1', 'yard');
  const ofBea = confirm(bea, 'list-2', 'gate');
  confirm(cyd, 'list-3', 'gate');
  const client = (token: string) => new NightglassClient({ address: opened.address, token });
  return {
    ...{ ...opened, access, client, enrolled, confirm },
    ...{ ada, bea, cyd, atGate, atYard, ofBea },
  };
}

async function ready(client: NightglassClient, { id }: ExportJob) {
  for (;;) {
    const { progress }: ExportJob = await client.exportJob(id);
    if (progress.state === 'ready') return progress.caseId;
    if (progress.state === 'failed') assert.fail(JSON.stringify(progress.error));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const alertsOf = ({ detail }: { readonly detail: unknown }): readonly string[] =>
  (detail as { readonly alerts: readonly string[] }).alerts;

const bytesOf = async (file: Blob) => Buffer.from(await file.arrayBuffer());

describe('faces for training over the API', { timeout: 120_000 }, () => {
  it('are counted by list, camera and person, and shown with how long they are there', async (t) => {
    const { ada, atGate, atYard, bea, client, ofBea, services } = await setUp(t);
    const operator = client('operator');
    const found = await operator.learning();
    assert.equal(found.policy.legalBasis, 'Consent, form 12');
    assert.deepEqual([found.people, found.alerts, found.pictures], [2, 3, 6]);
    assert.deepEqual(
      found.lists.map(({ id, people, alerts, pictures }) => [id, people, alerts, pictures]),
      [
        ['list-1', 1, 2, 4],
        ['list-2', 1, 1, 2],
      ],
    );
    assert.deepEqual(
      found.cameras.map(({ id, alerts }) => [id, alerts]),
      [
        ['gate', 2],
        ['yard', 1],
      ],
    );
    assert.deepEqual([found.unknown, found.complete], [['nowhere'], true]);

    const first = await operator.learningPeople({ limit: 1 });
    const rest = await operator.learningPeople({ limit: 5, after: first.next ?? assert.fail() });
    const people = [...first.people, ...rest.people];
    assert.deepEqual(new Set(people.map(({ name }) => name)), new Set(['Ada', 'Bea']));
    assert.equal(rest.next, null);
    const detail = await operator.learningPerson(ada);
    assert.deepEqual(
      detail.samples.map(({ alertId, cameraId, kinds }) => [alertId, cameraId, kinds]),
      [
        [atGate.id, 'gate', ['best-1', 'best-2']],
        [atYard.id, 'yard', ['best-1', 'best-2']],
      ],
    );
    const [sample = assert.fail()] = detail.samples;
    assert.equal(sample.takenUntil, atGate.createdAt + 30 * dayMs, 'the configuration ends it');
    assert.equal(sample.keptUntil, atGate.createdAt + 60 * dayMs);
    const [shorter = assert.fail()] = (await operator.learningPerson(bea)).samples;
    assert.equal(shorter.takenUntil, ofBea.createdAt + 10 * dayMs, 'the list ends it');
    assert.ok((await operator.evidence(sample.alertId, 'best-1')).size > 0);
    for (const what of ['learning.listed', 'learning.person_viewed'] as const) {
      assert.ok(services.audited.some((entry) => entry.who === 'operator' && entry.what === what));
    }
  });

  it('says nothing of cameras and lists of others, not even how many', async (t) => {
    const { ada, bea, client, cyd } = await setUp(t);
    const gate = await client('gate').learning();
    assert.deepEqual([gate.people, gate.alerts], [2, 2]);
    assert.deepEqual(
      gate.cameras.map(({ id }) => id),
      ['gate'],
    );
    assert.deepEqual([gate.lists[0]?.alerts, gate.unknown], [1, []]);
    assert.equal((await client('gate').learningPerson(ada)).samples.length, 1);

    const second = await client('second').learning();
    assert.deepEqual([second.people, second.alerts, second.unknown], [1, 1, []]);
    assert.deepEqual(
      second.lists.map(({ id }) => id),
      ['list-2'],
    );
    assert.ok(!JSON.stringify(second).includes('list-1'));
    const { people } = await client('second').learningPeople();
    assert.deepEqual(
      people.map(({ personId }) => personId),
      [bea],
    );
    await assert.rejects(client('second').learningPerson(ada), { status: 404 });
    assert.equal((await client('second').learningPerson(cyd)).alerts, 0, 'nothing is learnt there');
    await assert.rejects(client('second').excludeFromLearning(ada), { status: 404 });
    await assert.rejects(client('gate').excludeFromLearning(ada), { status: 403 });
    await client('chief').excludeFromLearning(ada);
    assert.equal((await client('second').learning()).excluded, 0);
    assert.equal((await client('gate').learning()).excluded, 1);
  });

  it('are taken of nobody who is excluded, until they are included again', async (t) => {
    const { ada, client, services } = await setUp(t);
    const ann = client('ann');
    await ann.excludeFromLearning(ada);
    await assert.rejects(ann.excludeFromLearning(ada), { status: 409 });
    const found = await ann.learning();
    assert.deepEqual([found.people, found.excluded, found.alerts], [1, 1, 1]);
    const detail = await ann.learningPerson(ada);
    assert.deepEqual([detail.excluded?.by, detail.samples.length], ['ann', 0]);
    await ann.includeInLearning(ada);
    assert.equal((await ann.learningPerson(ada)).samples.length, 2);
    const changes = ['learning.person_excluded', 'learning.person_included'] as const;
    for (const what of changes) {
      assert.equal(services.audit.list({ what, target: ada })[0]?.who, 'ann');
    }
  });

  it('leave as an archive for those with the right, on record with the reason', async (t) => {
    const { atGate, atYard, client, enrolled, ofBea, services } = await setUp(t);
    for (const token of ['ann', 'eve', 'operator']) {
      await assert.rejects(client(token).startLearningExport(reason), { status: 403 }, token);
    }
    const chief = client('chief');
    await assert.rejects(chief.startLearningExport('x'), { status: 400 });
    assert.equal(services.audit.list({ what: 'learning.exported' }).length, 0);
    const job = await chief.startLearningExport(reason);
    const caseId = await ready(chief, job);
    await assert.rejects(client('ann').exportJob(job.id), { status: 404 });
    const file = await chief.exportedCase(job.id);
    assert.match(file.name, /^faces-[0-9a-f]{12}\.zip$/);
    const files = await filesOf(await bytesOf(file));
    const text = files.get('manifest.json') ?? assert.fail();
    assert.equal(createHash('sha256').update(text).digest('hex'), caseId);
    const { format, legalBasis, samples } = JSON.parse(text.toString());
    assert.deepEqual([format, legalBasis], ['nightglass-samples/1', 'Consent, form 12']);
    assert.equal(files.size, 1 + samples.length);
    for (const { file: name, sha256, role } of samples) {
      const bytes = files.get(name) ?? assert.fail(name);
      assert.equal(createHash('sha256').update(bytes).digest('hex'), sha256);
      if (role === 'enrolled') assert.deepEqual(bytes, Buffer.from(enrolled));
    }
    assert.equal(samples.filter(({ role }: { role: string }) => role === 'recorded').length, 6);
    for (const secret of ['Ada', 'list-1', 'gate', atGate.id]) assert.ok(!text.includes(secret));
    const [record = assert.fail()] = services.audit.list({ what: 'learning.exported' });
    assert.deepEqual([record.who, record.target], ['chief', caseId]);
    assert.equal((record.detail as Record<string, unknown>)['reason'], reason);
    assert.deepEqual(new Set(alertsOf(record)), new Set([atGate.id, atYard.id, ofBea.id]));
    await assert.rejects(chief.exportedCase(job.id), { status: 404 }, 'once');
  });

  it('leave only as far as they are the caller’s, then and when they are fetched', async (t) => {
    const { access, ada, atGate, client, ofBea, services } = await setUp(t);
    const gate = client('gate');
    const job = await gate.startLearningExport(reason);
    await ready(gate, job);
    const [record = assert.fail()] = services.audit.list({ what: 'learning.exported' });
    assert.deepEqual(new Set(alertsOf(record)), new Set([atGate.id, ofBea.id]));
    const principal = access.tokens.get('gate') ?? assert.fail();
    access.tokens.set('gate', { ...principal, cameras: ['yard'] });
    await assert.rejects(gate.exportedCase(job.id), { status: 403 });
    access.tokens.set('gate', { ...principal, scopes: [] });
    await assert.rejects(gate.exportedCase(job.id), { status: 403 });
    access.tokens.set('gate', principal);
    services.lists.deletePerson(ada);
    await assert.rejects(gate.exportedCase(job.id), { code: 'CONFLICT' });
    const chief = client('chief');
    const next = await chief.startLearningExport(reason);
    await ready(chief, next);
    const files = await filesOf(await bytesOf(await chief.exportedCase(next.id)));
    assert.equal(files.size, 1 + 1 + 2, 'nothing of whoever was removed');
  });

  it('are refused with a code of its own that names the mend where the configuration has none', async (t) => {
    const { ada, call, client, services } = await setUp(t);
    services.learning = services.learningBy(undefined);
    for (const path of ['/api/learning', '/api/learning/people', `/api/learning/people/${ada}`]) {
      const { body, status } = await call<{ error: { code: string; hint: string } }>(path, {
        token: 'chief',
      });
      assert.deepEqual([status, body.error.code], [409, 'LEARNING_OFF'], path);
      assert.match(body.error.hint, /under learning: .* restart/);
    }
    const refused = { status: 409, code: 'LEARNING_OFF' };
    await assert.rejects(client('chief').startLearningExport(reason), refused);
    await client('chief').excludeFromLearning(ada);
    assert.equal(services.audit.list({ what: 'learning.person_excluded' }).length, 1);
  });
});
