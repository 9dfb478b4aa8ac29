import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type ExportJob, NightglassClient } from '../../../src/client/nightglass-client.ts';
import { verifyCase } from '../../../src/services/evidence/verify-case.ts';
import { encodeJpeg } from '../../../src/streams/jpeg-encoder.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';
import { filesOf } from '../../support/services/exported-case.ts';
import { templateFor, vectorAt } from '../../support/services/watchlist-fixture.ts';

const reason = 'request 12 of 2026';

/** Somebody with 25 alerts, more than a part takes, and who may ask for their data. */
async function setUp(t: TestContext) {
  const access = new FakeAccess({
    operator: { role: 'operator' },
    ann: { role: 'reviewer' },
    bob: { role: 'reviewer', scopes: ['embeddings:read'] },
    gate: { role: 'reviewer', cameras: ['gate'] },
    other: { role: 'reviewer', watchlists: ['another'] },
  });
  const opened = await openGateway(t, { access, openOnLoopback: false });
  const { services } = opened;
  const jpeg = await encodeJpeg({ width: 32, height: 32, data: new Uint8Array(3072).fill(90) }, 92);
  for (const kind of ['frame', 'face', 'enhanced', 'enrolled']) services.pictures.set(kind, jpeg);
  services.addList('list-1');
  const person = services.lists.addPerson('list-1', { name: 'Ada' });
  services.lists.addTemplate(templateFor(person.id, vectorAt(1), { image: jpeg }));
  for (let n = 1; n <= 25; n += 1) {
    const alert = sampleAlert(n, { personId: person.id, watchlistId: 'list-1' });
    services.raise({ change: 'created', alert });
  }
  const client = (token: string) => new NightglassClient({ address: opened.address, token });
  return { ...opened, access, person, client, ann: client('ann'), bob: client('bob') };
}

async function ready(client: NightglassClient, id: string) {
  for (;;) {
    const { progress }: ExportJob = await client.exportJob(id);
    if (progress.state === 'ready') return progress;
    if (progress.state === 'failed') assert.fail(JSON.stringify(progress.error));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("a person's data over the API", { timeout: 300_000 }, () => {
  it('is looked at first, and then comes in parts', async (t) => {
    const { ann, bob, person, services } = await setUp(t);
    const people = [person.id];
    const preview = await ann.previewSubject({ people });
    assert.deepEqual([preview.totals.alerts, preview.parts, preview.alerts.length], [25, 2, 20]);
    assert.equal(preview.people[0]?.name, 'Ada');
    assert.deepEqual(
      new Set(preview.withheld.map(({ reason }) => reason)),
      new Set(['unjudged']),
      'nobody has confirmed any of them',
    );
    const folder = await mkdtemp(join(tmpdir(), 'nightglass-subject-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const seen: string[] = [];
    let after: string | null | undefined;
    for (let part = 1; after !== null; part += 1) {
      const more = after === undefined ? {} : { after };
      const job = await bob.startSubject({ people, reason, part, ...more });
      const { next, caseId } = await ready(bob, job.id);
      await assert.rejects(ann.exportJob(job.id), { status: 404 }, 'it is of whoever began it');
      const made = await bob.exportedCase(job.id);
      const bytes = Buffer.from(await made.arrayBuffer());
      const files = await filesOf(bytes);
      const said = JSON.parse(files.get('subject.json')?.toString() ?? '');
      assert.deepEqual([said.caseId, said.part.number, said.part.of], [caseId, part, 2]);
      seen.push(...said.alerts.map((each: { id: string }) => each.id));
      if (part === 1) assert.equal(said.people[0].templates[0].numbers.length, 32);
      writeFileSync(join(folder, 'part.zip'), bytes);
      assert.ok((await verifyCase(join(folder, 'part.zip'))).ok);
      after = next;
    }
    assert.equal(new Set(seen).size, 25);
    assert.equal(services.audit.list({ what: 'subject.exported' }).length, 2);
    assert.ok(services.audit.list({ what: 'person.viewed', target: person.id }).length > 0);
  });

  it('holds no numbers of templates for who may not read embeddings', async (t) => {
    const { ann, person } = await setUp(t);
    const job = await ann.startSubject({ people: [person.id], reason });
    await ready(ann, job.id);
    const made = await ann.exportedCase(job.id);
    const files = await filesOf(Buffer.from(await made.arrayBuffer()));
    const said = JSON.parse(files.get('subject.json')?.toString() ?? '');
    const [template] = said.people[0].templates;
    assert.deepEqual(
      [template.numbers, template.dimension, template.sha256.length],
      [null, 32, 64],
    );
    assert.ok(said.withheld.some((each: { reason: string }) => each.reason === 'rights'));
  });

  it('holds none either where they are not asked for', async (t) => {
    const { bob, person } = await setUp(t);
    const job = await bob.startSubject({ people: [person.id], reason, templates: false });
    await ready(bob, job.id);
    const made = await bob.exportedCase(job.id);
    const files = await filesOf(Buffer.from(await made.arrayBuffer()));
    const said = JSON.parse(files.get('subject.json')?.toString() ?? '');
    assert.equal(said.people[0].templates[0].numbers, null);
  });

  it('leaves for nobody who may not see all of it, then and when it is fetched', async (t) => {
    const { access, ann, client, person } = await setUp(t);
    const people = [person.id];
    for (const [token, status] of [
      ['operator', 403],
      ['gate', 403],
      ['other', 404],
    ] as const) {
      await assert.rejects(client(token).previewSubject({ people }), { status }, token);
      await assert.rejects(client(token).startSubject({ people, reason }), { status }, token);
    }
    await assert.rejects(ann.startSubject({ people: ['nobody'], reason }), { status: 404 });
    await assert.rejects(ann.startSubject({ people, reason: 'x' }), { status: 400 });
    const unknown = [{ what: 'alerts/nothing', why: 'a reason' }];
    await assert.rejects(ann.startSubject({ people, reason, withhold: unknown }), { status: 400 });
    const other = await ann.startSubject({ people, reason });
    await ready(ann, other.id);
    const principal = access.tokens.get('ann') ?? assert.fail();
    access.tokens.set('ann', { ...principal, cameras: ['gate'] });
    await assert.rejects(ann.exportedCase(other.id), { status: 403 });
  });
});
