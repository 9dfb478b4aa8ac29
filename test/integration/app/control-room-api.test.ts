import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Alert, NightglassClient } from '../../../src/client/nightglass-client.ts';
import { verifyCase } from '../../../src/services/evidence/verify-case.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { demoFootage } from '../../support/live/demo-footage.ts';
import { enrolWanted, type Live, startLive, testList } from '../../support/live/start-live.ts';
import { zipOf } from '../../support/services/zip-of.ts';

const reason = 'A test of the real program';
const codec = createImageCodec();

/** The real program by the published client: what the control room does all day. */
describe('the control room against the real program', () => {
  let live: Live;
  let client: NightglassClient;
  let personId: string;
  let alert: Alert;
  let portraits: Blob[];

  before(async () => {
    const { cameras, people } = await demoFootage();
    const [wanted] = people;
    assert.ok(wanted);
    live = await startLive({
      sources: Object.fromEntries(cameras.map(({ name, source }) => [name, source])),
    });
    // No camera looks before the person is enrolled: an alert by a change of the list has no latency.
    let seen: unknown;
    live.reconfigure((raw) => {
      seen = raw['cameras'];
      raw['cameras'] = [];
    });
    client = new NightglassClient({ address: live.nightglass.address });
    portraits = await Promise.all(
      wanted.enrolment.map(
        async (image) => new Blob([new Uint8Array(await codec.encodeJpeg(image, 95))]),
      ),
    );
    const raised = new Promise<Alert>((resolve) => {
      const watch = client.watch({
        topics: ['alerts'],
        onAlert(told) {
          // A later keyframe makes a track's best faces more than one.
          if (told.keyframes < 2) return;
          watch.close();
          resolve(told);
        },
      });
    });
    await client.reloadCameras({ force: true });
    personId = await enrolWanted(live, wanted);
    live.reconfigure((raw) => {
      raw['cameras'] = seen;
    });
    await client.reloadCameras();
    alert = await raised;
  });
  after(() => live?.[Symbol.asyncDispose]());

  it('sees what an alert rests on: components of quality and the best faces', async () => {
    const { alert: record } = await client.alert(alert.id);
    const names = record.components?.map(({ name }) => name) ?? [];
    for (const name of ['Sharpness', 'InterEyeDistance', 'HeadPoseYaw', 'Recognisability']) {
      assert.ok(names.includes(name), name);
    }
    assert.ok(record.best.length >= 2, `${record.best.length} best faces`);
    for (const kind of record.best) {
      const jpeg = new Uint8Array(await (await client.evidence(alert.id, kind)).arrayBuffer());
      assert.ok((await codec.decode(jpeg)).width > 10);
    }
    const { alerts } = await client.alerts({ order: 'queue', state: ['new', 'escalated'] });
    assert.ok(alerts.some(({ id }) => id === alert.id));
  });

  it('searches with the face of an alert and finds who raised it', async () => {
    const [face] = await client.search({ alertId: alert.id, reason });
    assert.ok(face !== undefined, 'the face was found in its own picture');
    assert.equal(face.candidates[0]?.personId, personId);
    assert.ok(face.components.length > 5);
  });

  it('grades a picture and says what it lacks', async () => {
    const nobody = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 3).fill(90) };
    const grey = new Blob([new Uint8Array(await codec.encodeJpeg(nobody))]);
    const [good, none] = await client.grade([portraits[0] as Blob, grey]);
    assert.deepEqual([good?.ok, good?.faces, none?.code], [true, 1, 'NO_FACE']);
    assert.ok((good?.quality ?? 0) >= 50);
  });

  it('enrols from an alert what is good enough, and refuses it by name otherwise', async () => {
    const person = await client.createPerson({ watchlistId: testList, name: 'From an alert' });
    const [outcome] = await client.enrolFromAlert(person.id, { alertId: alert.id, kind: 'best-1' });
    if (outcome?.status === 'refused') {
      assert.equal(outcome.code, 'QUALITY_TOO_LOW');
      assert.ok(outcome.components.some(({ advice }) => advice !== null));
    } else assert.equal(outcome?.status, 'enrolled');
    await client.removePerson(person.id);
  });

  it('exports a list, and imports it into another: who was found is found again', async () => {
    const archive = await client.exportWatchlist(testList);
    const list = await client.createWatchlist({
      name: 'Copy',
      purpose: 'test',
      legalBasis: 'nobody on it exists',
      authorisation: 'T-2',
      owner: 'tests',
      cameras: '*',
    });
    const imported = async (from: Blob) => {
      const { job } = await client.importArchive(list.id, from);
      for (;;) {
        const state = await client.importJob(job);
        if (state.state !== 'running') return state;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    const state = await imported(archive);
    assert.equal(state.state, 'done', JSON.stringify(state));
    assert.ok(
      state.report.some(({ status }) => status === 'enrolled'),
      JSON.stringify(state.report),
    );
    const [face] = await client.search({ reason, watchlist: list.id }, portraits[1] as Blob);
    assert.equal(face?.candidates[0]?.matched, true);
    const bad = await zipOf({ 'Eve/1.jpg': 'no picture' });
    // Whom no picture is of is there only while it is looked at.
    const refused = await imported(new Blob([new Uint8Array(bad)]));
    assert.equal(refused.report[0]?.status, 'refused');
    assert.equal((await client.people({ watchlist: list.id })).people.length, 1);
    await client.removeWatchlist(list.id);
  });

  it('exports an alert as a case that holds against the key it publishes', async (t) => {
    const file = await client.exportEvidence([alert.id], reason, true);
    const folder = mkdtempSync(join(tmpdir(), 'nightglass-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const path = join(folder, file.name);
    writeFileSync(path, Buffer.from(await file.arrayBuffer()));
    const verdict = await verifyCase(path, await client.evidenceKey());
    assert.ok(verdict.ok, JSON.stringify(verdict));
    assert.ok(verdict.files > 5, `${verdict.files} files`);
    const { records } = await client.audit({ what: 'evidence.exported' });
    assert.deepEqual(
      records.map(({ target, hash }) => [target, hash]),
      [[verdict.caseId, verdict.auditHead.hash]],
    );
  });

  it('counts verdicts, and tells how the system does', async () => {
    await client.review(alert.id, { action: 'acknowledge' });
    await client.review(alert.id, { action: 'confirm' });
    const statistics = await client.statistics();
    assert.equal(statistics.total.confirmed, 1);
    // The copy of the list may have raised an alert of its own by now.
    const own = statistics.byWatchlist.find(({ watchlistId }) => watchlistId === testList);
    assert.deepEqual([own?.confirmed, own?.watchlistName], [1, 'Test list']);
    const system = await client.system();
    const stages = system.stages.map(({ stage }) => stage);
    for (const stage of ['detect', 'embed', 'match']) assert.ok(stages.includes(stage), stage);
    assert.ok((system.alertLatency?.median ?? 0) > 0);
    assert.ok((system.store.bytes ?? 0) > 0);
    for (const { name, card } of system.models) {
      assert.equal(card, true, name);
      assert.match(await client.modelCard(name), /^#/);
    }
    const camera = await client.camera(alert.cameraId);
    assert.ok(camera.recent.frames > 0 && camera.recent.faces > 0);
    assert.ok(camera.recent.quality.some((count) => count > 0));
    const { records } = await client.audit({ what: 'search', limit: 10 });
    assert.ok(records.length >= 2);
    assert.equal((await client.verifyAudit()).ok, true);
  });
});
