import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { AcceptanceTable } from '../../../src/store/acceptance-table.ts';
import type { Store } from '../../../src/store/store.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { besideEachOther, portraits, toJpeg } from '../../support/images/portraits.ts';
import { testManifest } from '../../support/live/demo-footage.ts';
import { filesOf } from '../../support/services/exported-case.ts';
import { otherName, ownName, subjectFolder } from '../../support/services/subject-folder.ts';
import { alertId } from '../../support/store/alert-fixture.ts';

const notUsed = () => Promise.reject(new Error('the command brings its own'));

/** Makes somebody a volunteer of an acceptance test, with a walk. */
function takePart(store: Store, personId: string): void {
  const table = new AcceptanceTable(store);
  store.write(() => {
    const plan = { rate: 0.9, halfWidth: 0.1, fpir: 0.001 };
    const goesOn = { finishedAt: null, results: null, settings: null };
    const times = { startedAt: 1000, endsAt: 9000 };
    table.putTest({ id: 'ab12', name: 'Gate', watchlistId: 'w', plan, ...times, ...goesOn });
    const consent = { givenAt: 0, textVersion: 'v1', textSha256: 'ab', expiresAt: 9000 };
    const groups = { age: '18-39' };
    table.insertVolunteer({ personId, testId: 'ab12', number: 3, consent, groups });
    const walk = { cameraId: 'gate', light: 'dusk', startedAt: 2000, endedAt: 3000 } as const;
    table.insertWalk({ id: 1, testId: 'ab12', personId, ...walk });
  });
}

/** Two people in a data folder, and portraits of one who is enrolled by the command. */
async function setUp(t: TestContext) {
  const [one = assert.fail(), two = assert.fail()] = await portraits();
  const [jpeg, second] = [await toJpeg(one), await toJpeg(two)];
  const point = { x: one.width / 2, y: one.height / 2 };
  const place = { x: 0.2, y: 0.2, width: 0.6, height: 0.6 };
  const made = subjectFolder(
    t,
    {
      ...{ frame: jpeg, faces: [jpeg, jpeg], enrolled: [jpeg, second], places: [place, place] },
      landmarks: [point, point, point, point, point],
    },
    { picture: notUsed, clip: notUsed },
  );
  takePart(made.store, made.own.id);
  made.store.close();
  const file = (name: string) => join(made.dataDir, name);
  writeFileSync(file('one.jpg'), jpeg);
  writeFileSync(file('two.jpg'), second);
  writeFileSync(file('both.jpg'), await toJpeg(besideEachOther(one, two)));
  const config = file('nightglass.yaml');
  writeFileSync(
    config,
    `data: ${made.dataDir}\ndeployment:\n  purpose: Find missing people\n  operator: { name: City, contact: dpo@city.example }\n`,
  );
  const subject = (...words: string[]) =>
    runCommand(['evidence', 'subject', ...words, '-c', config, '--manifest', testManifest]);
  return { ...made, file, subject };
}

it('nightglass evidence subject writes what is kept of one person, and says what would be', async (t) => {
  const { file, own, subject } = await setUp(t);
  const preview = await subject(own.id, '--preview');
  assert.equal(preview.code, 0, preview.stderr);
  assert.match(
    preview.stdout,
    /^1 enrolments, 3 alerts, 0 sightings in recordings, 1 alerts of sites; 1 part$/m,
  );
  assert.ok(preview.stdout.includes(ownName) && preview.stdout.includes('by passport'));
  const asked = [own.id, '--reason', 'request 12', '--out', file('answer.zip')];
  const done = await subject(
    ...[...asked, '--confirm', alertId(4), '--no-templates', '--json'],
    ...['--withhold', `alerts/${alertId(1)}/outcomes/1=a source is named`],
  );
  assert.equal(done.code, 0, done.stderr);
  const { answer, parts, withheld } = JSON.parse(done.stdout);
  assert.deepEqual([answer, parts.length], ['data', 1]);
  assert.ok(withheld.some(({ why }: { why: string | null }) => why === 'a source is named'));
  const verified = await runCommand(['evidence', 'verify', file('answer.zip')]);
  assert.equal(verified.code, 0, verified.stdout);
  const files = await filesOf(readFileSync(file('answer.zip')));
  const said = JSON.parse(files.get('subject.json')?.toString() ?? '');
  assert.deepEqual(
    [said.controller.operator.name, said.recipients, said.people[0].templates[0].numbers],
    ['City', [], null],
  );
  const at = (ms: number) => new Date(ms).toISOString();
  assert.deepEqual(said.people[0].volunteer, {
    ...{ test: 'ab12', number: 3, groups: { age: '18-39' } },
    ...{ consentGivenAt: at(0), consentText: 'v1', consentTextSha256: 'ab' },
    consentUntil: at(9000),
    walks: [{ camera: 'gate', light: 'dusk', from: at(2000), to: at(3000) }],
  });
  assert.match(files.get('report.html')?.toString() ?? '', /Your consent · 您的同意.*gate, dusk/);
  assert.ok(files.has(`alerts/${alertId(4)}/face.jpg`));
  assert.ok(!JSON.stringify(said).includes(otherName));
  assert.equal((await subject(...asked)).code, 2, 'never over another file');
  const missing = file('missing.zip');
  const none = await subject('nobody', '--reason', 'request 12', '--out', missing);
  assert.match(none.stderr, /NOT_FOUND/);
  assert.equal(existsSync(missing), false);
  for (const words of [[], [own.id], [own.id, '--reason', 'x y z', '--withhold', 'no']]) {
    assert.equal((await subject(...words)).code, 2, words.join(' '));
  }
});

it('nightglass evidence subject finds who asks by a picture, or states that nothing is kept', async (t) => {
  const { dataDir, file, list, subject } = await setUp(t);
  const data = ['--data', dataDir, '--manifest', testManifest];
  const enrolled = await runCommand([
    'enrol',
    file('one.jpg'),
    '--list',
    list.id,
    '--name',
    'Zoë',
    ...data,
  ]);
  assert.equal(enrolled.code, 0, enrolled.stderr);
  const by = ['--picture', file('two.jpg'), '--reason', 'request 13'];
  const found = await subject(...by, '--json');
  assert.equal(found.code, 0, found.stderr);
  const { candidates, summary } = JSON.parse(found.stdout);
  assert.deepEqual([candidates[0].personName, candidates[0].matched], ['Zoë', true]);
  assert.deepEqual(
    [summary.faces, summary.lists[0].name, summary.pictureKept],
    [1, list.name, false],
  );
  const both = await subject('--picture', file('both.jpg'), '--reason', 'request 13');
  assert.match(both.stderr, /several people/);
  const unsaid = await subject(...by, '--out', file('unsaid.zip'));
  assert.equal(unsaid.code, 2, 'somebody has to say who it is');
  const done = await subject(...by, '--nothing', '--out', file('nothing.zip'));
  assert.equal(done.code, 0, done.stderr);
  const verified = await runCommand(['evidence', 'verify', file('nothing.zip')]);
  assert.equal(verified.code, 0, verified.stdout);
  const files = await filesOf(readFileSync(file('nothing.zip')));
  const said = JSON.parse(files.get('subject.json')?.toString() ?? '');
  assert.deepEqual([said.answer, said.people, said.alerts], ['nothing', [], []]);
  assert.ok(said.search.lists[0].threshold > 0);
  const picture = readFileSync(file('two.jpg'));
  for (const bytes of files.values()) assert.equal(bytes.includes(picture), false);
  assert.ok(!JSON.stringify(said).includes('Zoë'), 'who looks like them is nobody of theirs');
});
