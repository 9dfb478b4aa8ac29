// Over 300 lines: one scene of people, lists and alerts serves every case.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import type { DetectedFace } from '../../../../src/domain/detection.ts';
import type { RgbImage } from '../../../../src/domain/image/image.ts';
import { SqliteAlertStore } from '../../../../src/services/alerts/alert-store.ts';
import { tracesOf } from '../../../../src/services/evidence/subject/subject-context.ts';
import { atOnce, inTurns } from '../../../../src/services/in-turns.ts';
import { exportSamples } from '../../../../src/services/learning/export-samples.ts';
import {
  excludeFromLearning,
  includeInLearning,
  learntPeople,
} from '../../../../src/services/learning/learning-samples.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { LearningTable } from '../../../../src/store/learning-table.ts';
import { SubjectTable } from '../../../../src/store/subject-table.ts';
import { createImageCodec } from '../../../../src/streams/image-codec.ts';
import { portraits, toJpeg } from '../../../support/images/portraits.ts';
import { listInput, templateFor, vectorAt } from '../../../support/services/watchlist-fixture.ts';
import { alertId, makeAlert } from '../../../support/store/alert-fixture.ts';
import { ByteSearch } from '../../../support/store/byte-search.ts';
import { openStore } from '../../../support/store/open-store.ts';

const day = 86_400_000;
const by = { name: 'ann' };

/** The face of a picture that is cut to it; of wide ones the eyes stand further apart. */
async function find({ width, height }: RgbImage): Promise<DetectedFace[]> {
  const at = (x: number, y: number) => ({ x: x * width, y: y * height });
  const landmarks = [at(0.4, 0.4), at(0.6, 0.4), at(0.5, 0.5), at(0.4, 0.6), at(0.6, 0.6)] as const;
  return [{ box: { x: 0, y: 0, width, height }, landmarks: [...landmarks], score: 0.9 }];
}

/** Two lists with a person each, and alerts 1 to 4 (the first list) and 5 (the other) with own pictures. */
async function setUp(t: TestContext) {
  const { store, clock, dataDir } = openStore(t);
  const audit = new AuditLog({ store, now: clock.now });
  const watchlists = new WatchlistStore({ store, audit, now: clock.now });
  const policy = { retentionDays: 30, twoPersonReview: false };
  const alerts = new SqliteAlertStore({ store, audit, now: clock.now, policy: () => policy });
  const [portrait = assert.fail()] = await portraits();
  const image = await toJpeg(portrait);
  const crop = (seed: number, side = 60) => {
    const data = Uint8Array.from({ length: side * side * 3 }, (_, at) => (at * seed * 31) % 251);
    return toJpeg({ width: side, height: side, data });
  };
  const people = ['Named', 'Other'].map((name, at) => {
    const list = watchlists.create(listInput({ name }));
    const person = watchlists.addPerson(list.id, { name: `${name} person` });
    const template = watchlists.addTemplate(templateFor(person.id, vectorAt(at), { image }));
    return { list, person, template };
  });
  const [own = assert.fail(), other = assert.fail()] = people;
  const crops = new Map<number, Buffer>();
  for (const n of [1, 2, 3, 4, 5]) {
    const { list, person, template } = n === 5 ? other : own;
    const jpeg = await crop(n, n === 4 ? 200 : 60);
    crops.set(n, jpeg);
    alerts.insert(
      makeAlert(n, {
        ...{ watchlistId: list.id, personId: person.id, templateId: template.id },
        createdAt: clock.now(),
      }),
      { frame: jpeg, face: jpeg, enhanced: await crop(50 + n), enrolled: image, best: [jpeg] },
    );
  }
  const review = (n: number, action: 'acknowledge' | 'confirm' | 'dismiss') =>
    alerts.review(alertId(n), { action, reviewer: 'ann', reason: 'looked' });
  const table = new LearningTable(store);
  const sources = {
    ...{ store, table, alerts, watchlists, audit, find, codec: createImageCodec() },
    now: clock.now,
  };
  const learning = {
    ...{ legalBasis: 'Consent', retention: 10 * day, watchlists: [own.list.id] },
    ...{ perPerson: 20, pictures: 100 },
  };
  const taken = () => atOnce(learntPeople(learning, sources)).people.flatMap((each) => each.alerts);
  const folder = join(dataDir, 'samples');
  const request = { policy: learning, folder, reason: 'increment 1', by };
  return {
    ...sources,
    ...{ clock, crops, dataDir, folder, image, own, request, review, sources, taken },
  };
}

it('takes poor recorded faces of confirmed alerts of the named lists, and nobody else’s', async (t) => {
  const { audit, crops, folder, image, own, request, review, sources } = await setUp(t);
  for (const n of [1, 2, 3, 4, 5]) review(n, 'acknowledge');
  for (const n of [1, 4, 5]) review(n, 'confirm');
  review(2, 'dismiss');
  const made = await exportSamples(request, sources);
  assert.deepEqual(
    [made.people, made.pictures, made.leftOut.clear],
    [1, 1, 1],
    'one was dismissed, one is open, one is clear, one is on another list',
  );
  const bytes = readFileSync(join(folder, 'manifest.json'));
  const { format, legalBasis, samples } = JSON.parse(bytes.toString());
  assert.deepEqual([format, legalBasis], ['nightglass-samples/1', 'Consent']);
  assert.deepEqual(
    samples.map(({ role }: { role: string }) => role),
    ['enrolled', 'recorded'],
  );
  assert.equal(samples[0].person, samples[1].person);
  for (const [at, expected] of [image, crops.get(1)].entries()) {
    const read = readFileSync(join(folder, samples[at].file));
    assert.deepEqual(read, expected, 'byte by byte as it was recorded');
    assert.equal(createHash('sha256').update(read).digest('hex'), samples[at].sha256);
  }
  for (const secret of [own.person.id, own.person.name, own.list.id, alertId(1)]) {
    assert.ok(!bytes.includes(secret), 'nothing in the folder names anybody');
  }
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  for (const file of readdirSync(folder)) {
    assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600);
  }
  const [record] = audit.list({ what: 'learning.exported' });
  assert.equal(record?.target, createHash('sha256').update(bytes).digest('hex'));
  const detail = record?.detail as Record<string, unknown>;
  assert.deepEqual([detail['alerts'], detail['reason']], [[alertId(1)], 'increment 1']);
  await assert.rejects(exportSamples(request, sources), { code: 'CONFLICT' });
  const second = { ...request, folder: `${folder}-2` };
  await exportSamples(second, sources);
  const again = JSON.parse(readFileSync(join(second.folder, 'manifest.json'), 'utf8'));
  assert.notEqual(again.samples[0].person, samples[0].person, 'labels are of one export alone');
});

it('takes nothing where the verdict turned out wrong, time is over, or somebody is excluded', async (t) => {
  const { alerts, audit, clock, folder, own, request, review, sources, taken } = await setUp(t);
  for (const n of [1, 2]) {
    review(n, 'acknowledge');
    review(n, 'confirm');
  }
  assert.equal(taken().length, 2);
  alerts.recordOutcome(alertId(2), { outcome: 'other_person', note: '' }, by.name);
  assert.deepEqual(
    taken().map(({ id }) => id),
    [alertId(1)],
  );
  alerts.recordOutcome(alertId(2), { outcome: 'same_person', note: '' }, by.name);
  assert.equal(taken().length, 2, 'the last outcome counts');
  excludeFromLearning(own.person.id, by, sources);
  assert.equal(taken().length, 0);
  await assert.rejects(exportSamples(request, sources), { code: 'NOT_FOUND' });
  assert.equal(existsSync(folder), false);
  assert.throws(() => excludeFromLearning(own.person.id, by, sources), { code: 'CONFLICT' });
  includeInLearning(own.person.id, by, sources);
  assert.throws(() => includeInLearning(own.person.id, by, sources), { code: 'CONFLICT' });
  assert.throws(() => excludeFromLearning('nobody', by, sources), { code: 'NOT_FOUND' });
  const changes = ['learning.person_excluded', 'learning.person_included'] as const;
  for (const what of changes) assert.equal(audit.list({ what, target: own.person.id }).length, 1);
  clock.advance(10 * day + 1);
  assert.equal(taken().length, 0, 'older than the retention of learning');
});

it('keeps the bounds of a person and of all, and says what was left out', async (t) => {
  const { request, review, sources } = await setUp(t);
  for (const n of [1, 2, 3]) {
    review(n, 'acknowledge');
    review(n, 'confirm');
  }
  for (const [at, bound] of [{ perPerson: 2 }, { pictures: 2 }].entries()) {
    const folder = `${request.folder}-${at}`;
    const policy = { ...request.policy, ...bound };
    const { leftOut, pictures } = await exportSamples({ ...request, folder, policy }, sources);
    assert.deepEqual([pictures, leftOut.beyondBounds], [2, 1]);
  }
});

it('keeps no copy: nothing is taken of who was removed, and byte by byte nothing outlives the alert', async (t) => {
  const { alerts, clock, crops, dataDir, own, review, sources, store, taken, watchlists } =
    await setUp(t);
  review(1, 'acknowledge');
  review(1, 'confirm');
  excludeFromLearning(own.person.id, by, sources);
  const crop = crops.get(1) ?? assert.fail();
  assert.ok(new ByteSearch(dataDir).pieces(crop) > 50, 'the search finds what is there');
  watchlists.deletePerson(own.person.id);
  assert.deepEqual([taken().length, sources.table.exclusions().length], [0, 0]);
  clock.advance(31 * day);
  for (let purged = 1; purged > 0; ) purged = alerts.purgeExpired(clock.now(), 10);
  store.compact();
  // What follows the start of the scan: headers and tables of the portraits still enrolled are alike.
  const scan = crop.subarray(crop.indexOf(Buffer.from([0xff, 0xda])) + 14);
  assert.ok(scan.length > 300);
  assert.equal(new ByteSearch(dataDir).pieces(scan), 0);
});

it('takes no picture that shows somebody else as well, and none that cannot be decoded', async (t) => {
  const { alerts, clock, crops, image, own, request, review, sources } = await setUp(t);
  const jpeg = crops.get(1) ?? assert.fail();
  alerts.insert(
    makeAlert(6, {
      ...{ watchlistId: own.list.id, personId: own.person.id, templateId: own.template.id },
      createdAt: clock.now(),
    }),
    {
      ...{ frame: jpeg, face: jpeg, enhanced: null, enrolled: image },
      best: [jpeg.subarray(0, 40)],
    },
  );
  for (const n of [1, 2, 6]) {
    review(n, 'acknowledge');
    review(n, 'confirm');
  }
  const second = await sources.codec.decode(crops.get(2) ?? assert.fail());
  const crowded = async (shown: RgbImage) => {
    const faces = await find(shown);
    return Buffer.compare(shown.data, second.data) === 0 ? [...faces, ...faces] : faces;
  };
  const { leftOut, pictures } = await exportSamples(request, { ...sources, find: crowded });
  assert.deepEqual([pictures, leftOut.otherFaces, leftOut.noFace], [1, 1, 1]);

  const everywhere = async (shown: RgbImage) => [...(await find(shown)), ...(await find(shown))];
  const beside = { ...request, folder: `${request.folder}-2` };
  await assert.rejects(exportSamples(beside, { ...sources, find: everywhere }), {
    code: 'NOT_FOUND',
  });
  assert.equal(existsSync(beside.folder), false);
});

it('says in a person’s data when pictures of an alert were exported', async (t) => {
  const { audit, clock, request, review, sources, store } = await setUp(t);
  for (const n of [1, 2]) {
    review(n, 'acknowledge');
    review(n, 'confirm');
  }
  for (const n of [1, 2]) {
    const policy = { ...request.policy, perPerson: n };
    const folder = `${request.folder}-${n}`;
    await exportSamples({ ...request, folder, policy }, sources);
    clock.advance(day);
  }
  const ids = [alertId(1), alertId(2), alertId(3)];
  const kept = new SubjectTable(store);
  const traces = await tracesOf({ alertIds: ids, people: [] }, { audit, kept }, inTurns);
  const [later = assert.fail(), earlier = assert.fail()] = audit
    .list({ what: 'learning.exported', order: 'newest' })
    .map(({ at }) => at);
  const times = ids.map((id) => traces.learning.get(id) ?? []);
  assert.deepEqual(
    times.toSorted((a, b) => b.length - a.length),
    [[earlier, later], [later], []],
  );
});

it('has another name until it is whole, and says what an export left that was ended', async (t) => {
  const { folder, request, review, sources } = await setUp(t);
  review(1, 'acknowledge');
  review(1, 'confirm');
  const beside = `${folder}.unfinished`;
  const seen: boolean[] = [];
  const audit = {
    ...sources.audit,
    require: (entry: Parameters<typeof sources.audit.require>[0]) => {
      seen.push(existsSync(beside), existsSync(folder));
      sources.audit.require(entry);
    },
  };
  await exportSamples(request, { ...sources, audit });
  assert.deepEqual(seen, [true, false]);
  assert.deepEqual([existsSync(beside), existsSync(join(folder, 'manifest.json'))], [false, true]);

  const second = { ...request, folder: `${folder}-2` };
  mkdirSync(`${second.folder}.unfinished`);
  writeFileSync(join(`${second.folder}.unfinished`, 'a.jpg'), 'half');
  await assert.rejects(exportSamples(second, sources), {
    code: 'CONFLICT',
    message: /-2\.unfinished is there/,
    hint: /Delete it/,
  });
  assert.deepEqual(readdirSync(`${second.folder}.unfinished`), ['a.jpg'], 'it is left to people');
});

it('leaves nothing behind where a picture went while it was exported', async (t) => {
  const { folder, request, review, sources } = await setUp(t);
  review(1, 'acknowledge');
  review(1, 'confirm');
  let asked = 0;
  const alerts = {
    evidence: (...about: Parameters<typeof sources.alerts.evidence>) => {
      asked += 1;
      return asked > 4 ? null : sources.alerts.evidence(...about);
    },
  };
  await assert.rejects(exportSamples(request, { ...sources, alerts }), { code: 'CONFLICT' });
  assert.deepEqual([existsSync(folder), existsSync(`${folder}.unfinished`)], [false, false]);
});

it('writes nothing that cannot be recorded', async (t) => {
  const { folder, request, review, sources } = await setUp(t);
  review(1, 'acknowledge');
  review(1, 'confirm');
  const audit = {
    require() {
      throw new Error('no record');
    },
  };
  await assert.rejects(exportSamples(request, { ...sources, audit }), /no record/);
  assert.equal(existsSync(folder), false);
  await assert.rejects(exportSamples({ ...request, reason: ' ' }, sources), {
    code: 'BAD_REQUEST',
  });
});
