import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { castDemo, portraitLooks } from '../../../demo/footage/demo-cast.ts';
import { GeneratedFacePainter } from '../../../demo/footage/generated-face-painter.ts';
import { paintPortrait } from '../../../demo/footage/portrait.ts';
import { isMachineMade } from '../../../src/domain/machine-made-mark.ts';
import { WatchlistStore } from '../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { FootageJobTable } from '../../../src/store/footage-job-table.ts';
import { Command, runCommand } from '../../support/cli/run-command.ts';
import { matroskaFile } from '../../support/demo/matroska-file.ts';
import { portraits, toJpeg } from '../../support/images/portraits.ts';
import { demoFootage, testManifest } from '../../support/live/demo-footage.ts';
import { listInput } from '../../support/services/watchlist-fixture.ts';

const now = () => Date.now();

describe('footage search', () => {
  let folder: string;
  let data: string;
  const video = (name: string) => join(folder, 'export', name);
  const search = (...words: string[]) => ['footage', 'search', ...words, '--data', data];
  const why = ['--list', 'wanted', '--reason', 'case 17'];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-footage-'));
    data = join(folder, 'data');
    await mkdir(join(folder, 'export'));
    const { cameras } = await demoFootage();
    const [lobby] = cameras;
    assert.ok(lobby);
    await writeFile(video('lobby.mkv'), matroskaFile(lobby.source));
    await writeFile(join(folder, 'long.mkv'), matroskaFile(lobby.source, 40));
    await writeFile(video('notes.txt'), 'no video');
    await prepareLists(folder, data);
  });
  after(() => rm(folder, { recursive: true }));

  it('finds who is on the list, keeps nothing of all others, and is on record', async () => {
    const out = join(folder, 'found');
    const start = '2026-11-28T21:00:00Z';
    const words = search(join(folder, 'export'), ...why, '--start', start, '--out', out, '--json');
    const ended = await runCommand(words);
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(
      ended.stderr,
      /footage: 50 %, \d+\.\d times as fast as recorded, \d\d:\d\d:\d\d left/,
    );
    const { job, files, sightings, figures } = JSON.parse(ended.stdout);
    const sha256 = createHash('sha256')
      .update(await readFile(video('lobby.mkv')))
      .digest('hex');
    assert.deepEqual([job.state, files.length, files[0].sha256], ['done', 1, sha256]);
    assert.ok(sightings.length >= 1);
    const ids = new Set<string>();
    for (const { id, personName, at, until, time, scores, threshold, quality } of sightings) {
      ids.add(id);
      assert.equal(personName, 'Ada');
      assert.ok(at >= 0 && at <= until && until <= 16, `${at} to ${until}`);
      assert.equal(Date.parse(time), Date.parse(start) + Math.round(at * 1_000));
      assert.ok(scores.fused >= threshold);
      assert.ok(quality > 0);
    }
    // Others walk through the lobby as well, and are looked at.
    assert.ok(figures.keyframes > sightings.length * 5, `${figures.keyframes}`);
    assert.equal(figures.lost, 0);
    const pictures = await readdir(join(out, 'pictures'));
    assert.deepEqual(new Set(pictures.map((name) => name.slice(0, 26))), ids);
    for (const name of pictures) {
      const jpeg = await readFile(join(out, 'pictures', name));
      assert.equal(isMachineMade(jpeg), name.endsWith('-enhanced.jpg'), name);
    }
    const page = await readFile(join(out, 'index.html'), 'utf8');
    for (const name of pictures) assert.ok(page.includes(`pictures/${name}`), name);
    assert.ok(page.includes(sha256) && page.includes('Ada'));
    assert.equal((await stat(out)).mode & 0o077, 0);
    inStore(data, (store, audit) => {
      const [kept] = new FootageJobTable(store).list();
      assert.deepEqual(
        [kept?.id, kept?.state, kept?.reason, kept?.sightings],
        [job.id, 'done', 'case 17', sightings.length],
      );
      const [asked] = audit.list({ what: 'footage.searched' });
      assert.equal(asked?.target, job.id);
      const detail = asked?.detail as { reason: string; files: { sha256: string }[] };
      assert.deepEqual([detail.reason, detail.files[0]?.sha256], ['case 17', sha256]);
      for (const table of ['alerts', 'alert_evidence', 'stranger_scores']) {
        assert.equal(store.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'], 0, table);
      }
    });
  });

  it('finds nobody where nobody on the list was there', async () => {
    const out = join(folder, 'nobody');
    const list = ['--list', 'absent', '--reason', 'case 18'];
    const ended = await runCommand(search(video('lobby.mkv'), ...list, '--out', out));
    assert.equal(ended.code, 1, ended.stderr);
    assert.match(ended.stdout, /^nobody was found\n1 files, 00:00:16 of footage/);
    assert.deepEqual(await readdir(join(out, 'pictures')), []);
    assert.doesNotMatch(await readFile(join(out, 'index.html'), 'utf8'), /<img/);
  });

  it('holds a few frames of a long file, and stops with what was found', async () => {
    await using command = new Command(search(join(folder, 'long.mkv'), ...why, '--json'));
    await command.said(/footage: 10 %/);
    const ended = await command.end('SIGINT');
    assert.equal(ended.code, 1, ended.stderr);
    const { job, sightings, figures } = JSON.parse(ended.stdout);
    assert.equal(job.state, 'stopped');
    assert.ok(figures.seconds >= 64 && figures.seconds < 640, `${figures.seconds}`);
    assert.ok(sightings.length >= 4, 'one a round');
    assert.ok(figures.frames >= 600 && figures.mostFrames <= 8, `${figures.mostFrames}`);
    inStore(data, (store) => assert.equal(new FootageJobTable(store).list()[0]?.state, 'stopped'));
  });

  it('looks at key pictures first, and finds nobody twice', async () => {
    const out = join(folder, 'quick');
    const words = search(video('lobby.mkv'), ...why, '--quick', '--out', out, '--json');
    const ended = await runCommand(words);
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(
      ended.stderr,
      /quick look: 90 %\n(.*\n)?quick look: [^0].* so far; the search goes on/,
    );
    const without = await runCommand(search(video('lobby.mkv'), ...why, '--json'));
    type Seen = { personName: string; at: number; preliminary?: boolean };
    const seen = (text: string) =>
      JSON.parse(text).sightings.map(({ personName, preliminary }: Seen) => [
        personName,
        preliminary,
      ]);
    assert.deepEqual(seen(ended.stdout), seen(without.stdout));
    const ids = new Set((await readdir(join(out, 'pictures'))).map((name) => name.slice(0, 26)));
    const found = JSON.parse(ended.stdout).sightings.map(({ id }: { id: string }) => id);
    assert.deepEqual(ids, new Set(found), 'pictures of the quick look are gone');
  });

  it('goes on after a kill with several files at work, with what was found before', async () => {
    const files = [0, 1].map((at) => join(folder, `rounds-${at}.mkv`));
    const [lobby] = (await demoFootage()).cameras;
    assert.ok(lobby);
    for (const file of files) await writeFile(file, matroskaFile(lobby.source, 4));
    const out = join(folder, 'killed');
    const side = ['--parallel', '2'];
    const command = new Command(search(...files, ...why, '--quick', ...side, '--out', out));
    await command.said(/footage: 60 %/);
    await command.end('SIGKILL');
    const { positions, quick } = JSON.parse(await readFile(join(out, 'progress.json'), 'utf8'));
    assert.ok(quick.every(({ done }: { done: boolean }) => done));
    assert.ok(
      positions.every(({ seconds }: { seconds: number }) => seconds > 5),
      'side by side',
    );
    assert.ok(positions.some(({ done }: { done: boolean }) => !done));
    const resume = ['footage', 'resume', out, '--data', data];
    const ended = await runCommand([...resume, ...side, '--json']);
    assert.equal(ended.code, 0, ended.stderr);
    const { job, sightings, figures } = JSON.parse(ended.stdout);
    assert.equal(job.state, 'done');
    assert.ok(Math.abs(figures.seconds - 128) < 2, `${figures.seconds} s count once`);
    type Seen = { file: number; at: number; preliminary?: boolean };
    const order = sightings.map(({ file, at }: Seen) => file * 1_000 + at);
    assert.deepEqual(
      order,
      order.toSorted((a: number, b: number) => a - b),
    );
    const rounds = new Set(sightings.map(({ file, at }: Seen) => `${file} ${Math.floor(at / 16)}`));
    assert.deepEqual([...rounds], ['0 0', '0 1', '0 2', '0 3', '1 0', '1 1', '1 2', '1 3']);
    assert.ok(sightings.every(({ preliminary }: Seen) => preliminary === undefined));
    const ids = new Set((await readdir(join(out, 'pictures'))).map((name) => name.slice(0, 26)));
    assert.deepEqual(ids, new Set(sightings.map(({ id }: { id: string }) => id)));
    const again = await runCommand(resume);
    assert.match(again.stderr, /CONFLICT/);
    const listed = await runCommand(['footage', 'list', '--data', data]);
    assert.match(listed.stdout, new RegExp(`^${job.id} .* done .* 00:02:08 of footage`));
    inStore(data, (_, audit) => {
      const told = audit.list().filter(({ target }) => target === job.id);
      const whats = told.map(({ what }) => what);
      assert.deepEqual(whats, ['footage.searched', 'footage.resumed', 'footage.ended']);
    });
  });

  it('refuses what cannot be searched before anything is recorded', async () => {
    const count = () => inStore(data, (store) => new FootageJobTable(store).list().length);
    const jobs = count();
    const file = video('lobby.mkv');
    const cases: [string[], number, RegExp][] = [
      [[join(folder, 'none.mp4'), ...why], 1, /STREAM_UNREACHABLE/],
      [[video('notes.txt'), ...why], 1, /STREAM_UN/],
      [[join(folder, 'data'), ...why], 2, /no video files/],
      [[file, '--list', 'other', '--reason', 'case 17'], 1, /there is no watchlist other/],
      [[file, '--list', 'expired', '--reason', 'case 17'], 1, /has expired/],
      [[file, '--list', 'empty', '--reason', 'case 17'], 1, /nobody is on/],
      [[file, '--list', 'live', '--reason', 'case 17'], 1, /not meant for recorded footage/],
      [[file, '--list', 'two', '--reason', 'case 17'], 1, /asks for two people/],
      [[file, '--list', 'wanted', '--reason', ' x '], 2, /3 to 1000/],
      [[file, ...why, '--start', 'noon'], 2, /is no time/],
      [[file, ...why, '--out', join(folder, 'export')], 2, /not empty/],
    ];
    for (const [words, code, said] of cases) {
      const ended = await runCommand(search(...words));
      assert.equal(ended.code, code, `${words.join(' ')}: ${ended.stderr}`);
      assert.match(ended.stderr, said);
    }
    assert.equal(count(), jobs);
  });
});

function inStore<T>(
  dataDir: string,
  work: (store: ReturnType<typeof createStore>, audit: AuditLog, lists: WatchlistStore) => T,
): T {
  const store = createStore({ dataDir });
  const audit = new AuditLog({ store, now });
  try {
    return work(store, audit, new WatchlistStore({ store, audit, now }));
  } finally {
    store.close();
  }
}

/** `wanted` with the person of the demo, `absent` with somebody else, `empty`, `expired`. */
async function prepareLists(folder: string, data: string): Promise<void> {
  inStore(data, (_, __, lists) => {
    for (const name of ['wanted', 'absent', 'empty']) {
      // Generated faces are more alike than people are.
      lists.create(
        listInput({ name, fixedThreshold: 0.7, uses: ['live', 'footage'] }),
        undefined,
        name,
      );
    }
    lists.create(listInput({ name: 'live' }), undefined, 'live');
    const forTwo = { name: 'two', uses: ['footage'] as const, twoPersonReview: true };
    const two = lists.create(listInput(forTwo), undefined, 'two');
    lists.addPerson(two.id, { name: 'Ada' });
  });
  const enrolled = async (list: string, pictures: Parameters<typeof toJpeg>[0][]) => {
    const paths = pictures.map((_, at) => join(folder, `${list}-${at}.jpg`));
    for (const [at, picture] of pictures.entries()) {
      await writeFile(paths[at] as string, await toJpeg(picture));
    }
    const words = ['enrol', ...paths, '--list', list, '--name', 'Ada', '--data', data];
    const ended = await runCommand(words);
    assert.equal(ended.code, 0, ended.stderr + ended.stdout);
  };
  await enrolled('wanted', (await portraits()).slice(0, 2));
  await using painter = await GeneratedFacePainter.open(join(dirname(testManifest), 'faces.onnx'));
  const { outfit } = castDemo([]).wanted;
  const [look] = portraitLooks;
  assert.ok(look);
  const stranger = { seed: 301, name: 'Eve', outfit };
  await enrolled('absent', [await paintPortrait(painter, stranger, look)]);
  inStore(data, (store, _, lists) => {
    lists.create(listInput({ name: 'expired' }), undefined, 'expired');
    store.prepare('UPDATE watchlists SET expires_at = 1 WHERE id = ?').run('expired');
  });
}
