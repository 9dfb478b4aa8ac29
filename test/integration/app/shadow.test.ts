import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Alert } from '../../../src/domain/alert.ts';
import {
  type ShadowListReport,
  type ShadowReport,
  wholeShadowView,
} from '../../../src/services/shadow/shadow-report.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { otherRecogniser } from '../../support/inference/other-recogniser.ts';
import { writeTinyModels } from '../../support/inference/tiny-models.ts';
import { demoFootage, testManifest } from '../../support/live/demo-footage.ts';
import { enrolWanted, type Live, startLive } from '../../support/live/start-live.ts';

/** A recogniser that knows people by the colours of a thumbnail. */
const recogniserAlone = ['tiny-denoise', 'tiny-superresolve', 'tiny-fuse'];

async function setUp(t: TestContext) {
  const { cameras, people } = await demoFootage();
  const [wanted] = people;
  assert.ok(wanted);
  const live = await startLive({
    sources: Object.fromEntries(cameras.map(({ name, source }) => [name, source])),
    // The same people come again and again.
    config: { alerts: { quietPeriod: '1s' } },
  });
  t.after(() => live[Symbol.asyncDispose]());
  await enrolWanted(live, wanted);
  const config = join(live.dataDir, 'command.yaml');
  await writeFile(
    config,
    JSON.stringify({ data: live.dataDir, models: { manifest: testManifest }, cameras: [] }),
  );
  const command = async (...args: string[]) => {
    const ended = await runCommand(['models', ...args, '-c', config]);
    return { ...ended, text: ended.stdout + ended.stderr };
  };
  return { live, command };
}

const shown = (live: Live) =>
  live.nightglass.services.shadow.report(wholeShadowView) as ShadowReport | null;

/** Waits for a report that is as wanted. */
async function until(
  live: Live,
  what: string,
  isSo: (list: ShadowListReport | undefined, report: ShadowReport) => boolean,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<ShadowReport> {
  let last: ShadowReport | null = null;
  for (const end = Date.now() + 150_000; Date.now() < end; await setTimeout(300)) {
    await meanwhile();
    last = shown(live);
    if (last !== null && isSo(last.lists[0], last)) return last;
  }
  throw new Error(`${what} did not come: ${JSON.stringify(last)}`);
}

const metric = async (live: Live, name: string) =>
  (await live.nightglass.services.metrics()).match(new RegExp(`^${name} (\\S+)$`, 'm'))?.[1];

/** Embedding spaces of the stored templates. */
function storedSpaces(live: Live): unknown[] {
  const store = createStore({ dataDir: live.dataDir, keys: 'unneeded' });
  try {
    return store.prepare('SELECT id, model FROM templates ORDER BY id').all();
  } finally {
    store.close();
  }
}

/** Nice values of the threads of this process. */
function threadPriorities(): number[] {
  return readdirSync('/proc/self/task').flatMap((id) => {
    try {
      const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
      // Behind the name in brackets, which may hold spaces, the nice value is the 17th field.
      return [Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])];
    } catch {
      return [];
    }
  });
}

async function alertsOf(live: Live): Promise<Alert[]> {
  const answer = await fetch(`${live.nightglass.address}/api/alerts?limit=100`);
  return ((await answer.json()) as { alerts: Alert[] }).alerts;
}

/** Confirms what nobody has decided. */
async function confirmAll(live: Live): Promise<void> {
  for (const { id, state } of await alertsOf(live)) {
    if (state === 'confirmed') continue;
    for (const action of state === 'new' ? ['acknowledge', 'confirm'] : ['confirm']) {
      const { status } = await fetch(`${live.nightglass.address}/api/alerts/${id}/review`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ action }),
      });
      assert.equal(status, 200);
    }
  }
}

/** Who started and ended what, oldest first. */
async function records(live: Live): Promise<[string, string | undefined][]> {
  const { stdout } = await runCommand(['audit', 'export', '--data', live.dataDir]);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ what }) => what.startsWith('models.'))
    .map(({ what, detail }) => [what, detail.end]);
}

describe('models of another version beside those in use', { timeout: 500_000 }, () => {
  it('are compared on live tracks, alert nobody, go on after a restart, and end when they are used', async (t) => {
    await using other = await otherRecogniser('0.2.0-site.1');
    const { command, live } = await setUp(t);
    const stored = storedSpaces(live);
    const started = await command('shadow', other.folder, '--days', '2');
    assert.equal(started.code, 0, started.text);
    assert.match(started.stdout, /0\.2\.0-site\.1 runs beside the models in use until/);
    const twice = await command('shadow', other.folder);
    assert.equal(twice.code, 1);
    assert.match(twice.text, /CONFLICT/);

    // Other weights: other scores, once some were counted.
    const first = await until(
      live,
      'tracks that both report, with other scores',
      (of) => (of?.both ?? 0) > 0 && !isDeepStrictEqual(of?.scores.inUse, of?.scores.new),
    );
    const [list] = first.lists;
    assert.ok(list && list.tracks >= list.both && list.samePerson.count === list.both);
    assert.deepEqual([first.progress?.state, first.progress?.fault], ['comparing', null]);
    assert.ok((first.progress?.templates.made ?? 0) > 0);
    assert.ok((list.milliseconds ?? 0) > 0);
    assert.equal(await metric(live, 'nightglass_shadow_running'), '1');
    assert.equal(await metric(live, 'nightglass_shadow_templates_pending'), '0');
    assert.ok(Number(await metric(live, 'nightglass_shadow_busy_seconds_total')) > 0);

    // Its thread lets all others go first.
    if (process.platform === 'linux') {
      const nice = threadPriorities();
      assert.ok(nice.includes(constants.priority.PRIORITY_LOW), nice.join());
      assert.ok(nice.filter((each) => each < constants.priority.PRIORITY_LOW).length > 4);
    }

    // Alerts are those of the version in use, and its templates are as they were.
    const alerts = await alertsOf(live);
    assert.ok(alerts.length > 0);
    for (const { models } of alerts) {
      const embed = models.find(({ task }) => task === 'embed');
      assert.ok(embed && !other.hashes.includes(embed.sha256));
    }
    assert.deepEqual(storedSpaces(live), stored);

    // What people decide is held against it: of alerts that came while both looked.
    const decided = await until(
      live,
      'a verdict',
      (now) => (now?.confirmed.of ?? 0) > 0,
      () => confirmAll(live),
    );
    assert.ok((decided.lists[0]?.confirmed.count ?? 0) > 0);

    const again = await live.restart();
    const tracks = shown(again)?.lists[0]?.tracks ?? 0;
    assert.ok(tracks >= (list?.tracks ?? 0));
    await until(again, 'a track after the restart', (now) => (now?.tracks ?? 0) > tracks);
    assert.match((await command('shadow')).stdout, /to drop it: nightglass models shadow --stop/);

    const used = await command('use', '0.2.0-site.1');
    assert.equal(used.code, 0, used.text);
    const ended = await until(again, 'the end', (_, { endedAt }) => endedAt !== null);
    assert.equal(ended.end, 'used');
    assert.deepEqual(await records(again), [
      ['models.shadow_started', undefined],
      ['models.used', undefined],
      ['models.shadow_ended', 'used'],
    ]);
    assert.equal((await command('shadow', '--stop')).code, 1);
  });

  it('count what they alone would report, without an alert of it, and stop when their time is over', async (t) => {
    await using tiny = await writeTinyModels({ without: recogniserAlone, version: '7' });
    const { command, live } = await setUp(t);
    for (const [args, code] of [
      [['shadow', '/not/there'], 'NOT_FOUND'],
      [['shadow', 'default'], 'CONFLICT'],
      [['shadow', '--days', '3'], 'USAGE'],
      [['shadow', tiny.folder, '--stop'], 'USAGE'],
    ] as const) {
      const refused = await command(...args);
      assert.notEqual(refused.code, 0);
      assert.match(refused.text, new RegExp(code));
    }
    assert.match((await command('shadow')).stdout, /No models have run/);
    const started = await command('shadow', tiny.folder);
    assert.equal(started.code, 0, started.text);
    // Thumbnails take strangers for the enrolled person.
    const report = await until(live, 'a difference', (list) => (list?.onlyNew ?? 0) > 0);
    assert.equal(report.version, '7');
    const raised = (await alertsOf(live)).map(({ trackId }) => trackId);
    assert.equal(new Set(raised).size, raised.length);
    for (const { models } of await alertsOf(live)) {
      assert.ok(models.every(({ name }) => !name.startsWith('tiny')));
    }
    // What only they would report has left nothing but counts.
    const store = createStore({ dataDir: live.dataDir, keys: 'unneeded' });
    t.after(() => store.close());
    const judged = store.prepare('SELECT alert_id FROM shadow_alerts').all();
    const known = new Set((await alertsOf(live)).map(({ id }) => id));
    assert.ok(judged.every((row) => known.has(String(row['alert_id']))));

    store.write(() => store.prepare('UPDATE shadow_runs SET until = 1').run());
    const ended = await until(live, 'the end', (_, { endedAt }) => endedAt !== null);
    assert.equal(ended.end, 'over');
    assert.deepEqual(await records(live), [
      ['models.shadow_started', undefined],
      ['models.shadow_ended', 'over'],
    ]);
    for (let tries = 0; tries < 300; tries += 1) {
      if ((await metric(live, 'nightglass_shadow_running')) === '0') break;
      await setTimeout(100);
    }
    assert.equal(await metric(live, 'nightglass_shadow_running'), '0');
  });
});
