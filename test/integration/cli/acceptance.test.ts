import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { acceptanceDocument } from '../../../src/services/acceptance/report/acceptance-document.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { toJpeg } from '../../support/images/portraits.ts';
import { demoFootage, testManifest } from '../../support/live/demo-footage.ts';
import { type Live, startLive } from '../../support/live/start-live.ts';
import { noPoppler, readPdf } from '../../support/services/poppler.ts';
import { ByteSearch } from '../../support/store/byte-search.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const name = 'Volunteer Quillfeather';
const alerts = { quietPeriod: '1s', joinWithin: '0s' };

/** The program on the demo's cameras, the configuration as commands read it, and pictures of who walks there. */
async function setUp(t: TestContext) {
  const { cameras, people } = await demoFootage();
  const sources = Object.fromEntries(cameras.map((camera) => [camera.name, camera.source]));
  const live = await startLive({ sources, config: { alerts } });
  t.after(() => live[Symbol.asyncDispose]());
  const folder = temporaryFolder(t);
  const config = join(folder, 'config.yaml');
  // A camera more than run: a walk past it is missed.
  const ids = [...Object.keys(sources), 'attic'];
  writeFileSync(
    config,
    JSON.stringify({
      ...{ data: live.dataDir, models: { manifest: testManifest }, alerts },
      cameras: ids.map((id) => ({ id, url: live.server.url('lobby') })),
    }),
  );
  const pictures: string[] = [];
  for (const [at, image] of (people[0]?.enrolment ?? []).entries()) {
    const file = join(folder, `portrait-${at}.jpg`);
    writeFileSync(file, await toJpeg(image));
    pictures.push(file);
  }
  const consent = join(folder, 'consent.txt');
  writeFileSync(consent, 'I agree to walk past cameras.');
  const run = async (words: string, ...more: string[]) => {
    const ended = await runCommand([...words.split(' '), ...more, '-c', config]);
    assert.equal(ended.code, 0, `${words}: ${ended.stderr}${ended.stdout}`);
    return ended.stdout;
  };
  const refused = async (words: string, ...more: string[]) =>
    (await runCommand([...words.split(' '), ...more, '-c', config])).code;
  return { live, folder, config, pictures, consent, run, refused };
}

/** Waits until the program reports somebody of this list at a camera from a time on. */
async function seenAt({ nightglass }: Live, watchlistId: string, cameraId: string, from: number) {
  const until = Date.now() + 180_000;
  while (Date.now() < until) {
    const filter = { cameras: '*', watchlists: [watchlistId], limit: 100 } as const;
    const page = await nightglass.services.alerts.list(filter, 'test');
    if (page.alerts.some((each) => each.cameraId === cameraId && each.capturedAt >= from)) return;
    await wait(250);
  }
  assert.fail(`nobody was reported at ${cameraId}`);
}

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const grounds = ['--legal-basis', 'consent', '--authorisation', 'File 9', '--owner', 'Desk 4'];

describe('an acceptance test on virtual cameras', { timeout: 600_000 }, () => {
  it('goes from its start to a report to sign, and leaves nothing of its volunteers', async (t) => {
    const { consent, folder, live, pictures, refused, run } = await setUp(t);
    await run('acceptance start --name', 'Gate test', ...grounds, '--until', inAnHour());
    const signed = ['--consent', consent, '--consent-version', 'v1', '--group', 'age=18-39'];
    const scene = join(folder, 'consent.txt');
    assert.equal(await refused('volunteer add --name', name, ...signed, scene), 1);
    assert.deepEqual(JSON.parse(await run('volunteer list --json')), []);
    await run('volunteer add --name', name, ...signed, ...pictures);
    const [volunteer] = JSON.parse(await run('volunteer list --json'));
    assert.equal(volunteer.name, name);
    assert.ok(volunteer.templates > 0);
    assert.deepEqual(volunteer.groups, { age: '18-39' });

    const missed = [new Date(Date.now() - 900), new Date()].map((at) => at.toISOString());
    const [from = '', to = ''] = missed;
    await run('acceptance walk 1 --camera attic --light night', '--from', from, '--to', to);
    assert.equal(await refused('acceptance walk 1 --camera nowhere --light day'), 2);
    const begun = Date.now();
    await run('acceptance walk 1 --camera lobby --light indoor');
    const lists = live.nightglass.services.watchlists.list();
    const list = lists.find((each) => each.name === 'Gate test') ?? assert.fail('no list');
    await seenAt(live, list.id, 'lobby', begun);
    await run('acceptance walk 1 --end');
    const status = JSON.parse(await run('acceptance status --json'));
    const { byCamera, byLight, total } = status.results;
    assert.deepEqual([status.state, total.walks, total.found], ['under way', 2, 1]);
    const told = (rates: { name: string; walks: number; found: number }[]) =>
      rates.map((each) => [each.name, each.found, each.walks]);
    assert.deepEqual(told(byCamera), [
      ['attic', 0, 1],
      ['lobby', 1, 1],
    ]);
    assert.deepEqual(told(byLight), [
      ['indoor', 1, 1],
      ['night', 0, 1],
    ]);

    // No face is under way any more when the volunteer is deleted.
    await live.nightglass.close();
    assert.ok(new ByteSearch(live.dataDir).count(name) > 0);
    await run('acceptance finish --faces lobby=500');
    assert.equal(new ByteSearch(live.dataDir).count(name), 0);
    assert.equal(await refused('acceptance finish'), 1);

    const document = acceptanceDocument.parse(
      JSON.parse(await run('acceptance report --format json')),
    );
    assert.deepEqual([document.results.total.found, document.results.listSize], [1, 1]);
    assert.equal(document.results.strangers.faces, 499);
    assert.ok(document.settings.thresholds !== null && document.settings.models.length > 0);
    assert.deepEqual(
      document.records.map(({ what }) => what),
      ['acceptance.started', 'acceptance.finished'],
    );
    const html = await run('acceptance report');
    assert.match(html, /Gate test/);
    assert.doesNotMatch(html, /Quillfeather/);
    const pdf = join(folder, 'report.pdf');
    await run('acceptance report --format pdf --out', pdf);
    assert.equal(readFileSync(pdf).subarray(0, 5).toString(), '%PDF-');
    if (noPoppler === false) {
      const { text } = await readPdf(readFileSync(pdf));
      assert.match(text, /Acceptance test of a site · 现场验收测试: Gate test/);
      assert.match(text, /Signatures · 签名/);
    } else t.diagnostic(noPoppler);
    const store = createStore({ dataDir: live.dataDir });
    assert.equal(store.prepare('SELECT count(*) AS n FROM alerts').get()?.['n'], 0);
    store.close();
  });
});
