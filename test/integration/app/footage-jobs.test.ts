import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { NightglassClient } from '../../../src/client/nightglass-client.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { isMachineMade } from '../../../src/domain/machine-made-mark.ts';
import { readPictures } from '../../../src/streams/recorded/file-source.ts';
import { matroskaFile } from '../../support/demo/matroska-file.ts';
import { demoFootage } from '../../support/live/demo-footage.ts';
import { makeToken } from '../../support/live/make-token.ts';
import { enrolWanted, type Live, startLive } from '../../support/live/start-live.ts';
import { ByteSearch } from '../../support/store/byte-search.ts';

const grounds = { purpose: 'p', legalBasis: 'l', authorisation: 'a', owner: 'o', cameras: ['*'] };
// Generated faces are more alike than people are.
const wanted = { ...grounds, id: 'wanted', name: 'Wanted', threshold: 0.7, uses: ['footage'] };

describe('searches of recorded footage by the program', { timeout: 600_000 }, () => {
  let folder: string;
  let live: Live;
  let ann: NightglassClient;
  let bob: NightglassClient;
  let ada: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-jobs-'));
    await mkdir(join(folder, 'nvr', 'gate'), { recursive: true });
    const { cameras, people } = await demoFootage();
    const [lobby] = cameras;
    assert.ok(lobby && people[0]);
    await writeFile(join(folder, 'nvr', 'gate', '1.mkv'), matroskaFile(lobby.source));
    await writeFile(join(folder, 'nvr', 'gate', '2.mkv'), 'no video at all');
    await writeFile(join(folder, 'nvr', 'long.mkv'), matroskaFile(lobby.source, 12));
    await writeFile(join(folder, 'secret.mkv'), matroskaFile(lobby.source));
    await symlink(join(folder, 'secret.mkv'), join(folder, 'nvr', 'link.mkv'));
    live = await startLive({
      sources: {},
      config: {
        footage: { roots: [join(folder, 'nvr')], waiting: 3 },
        watchlists: [
          wanted,
          { ...wanted, id: 'absent', name: 'Absent', threshold: 0.9999 },
          { ...wanted, id: 'two', name: 'Two', secondReviewer: true },
          { ...wanted, id: 'live', name: 'Live', uses: ['live'] },
        ],
      },
    });
    ada = await enrolWanted(live, people[0], 'wanted');
    for (const list of ['absent', 'two', 'live']) await enrolWanted(live, people[0], list);
    const clientOf = (name: string) => {
      const token = makeToken(live, { name, role: 'reviewer' });
      return new NightglassClient({ address: live.nightglass.address, token });
    };
    [ann, bob] = [clientOf('ann'), clientOf('bob')];
  });
  after(async () => {
    await live?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const nvr = (...names: string[]) => join(folder, 'nvr', ...names);
  async function recordsOf(id: string) {
    const found = [];
    for await (const record of live.nightglass.services.audit.records({ target: id })) {
      found.push(record);
    }
    return found;
  }

  async function over(id: string, states = ['done', 'failed', 'stopped']) {
    for (;;) {
      const job = await ann.footageJob(id);
      if (states.includes(job.state)) return job;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  it('finds who is on the list, with pictures, on record, and leaves out what is no video', async () => {
    const start = Date.parse('2026-11-28T21:00:00Z');
    const asked = await ann.searchFootage({
      ...{ paths: [nvr('gate')], lists: ['wanted'], reason: 'case 17', beginsAt: start },
    });
    assert.deepEqual([asked.state, asked.askedBy, asked.files], ['waiting', 'ann', 2]);
    const job = await over(asked.id);
    assert.deepEqual([job.state, job.leftOut, job.failure], ['done', 1, null]);
    const sha256 = createHash('sha256')
      .update(await readFile(nvr('gate', '1.mkv')))
      .digest('hex');
    assert.deepEqual(
      job.fileList.map((file) => [file.sha256, file.failure, file.position.done]),
      [
        [sha256, undefined, true],
        [null, 'STREAM_UNSUPPORTED', true],
      ],
    );
    const { sightings, next } = await ann.footageSightings(job.id);
    assert.equal(next, null);
    assert.ok(sightings.length >= 1 && sightings.length === job.sightings);
    for (const { id, personId, at, until, time, scores, threshold } of sightings) {
      assert.equal(personId, ada);
      assert.ok(at >= 0 && at <= until && until <= 16, `${at} to ${until}`);
      assert.ok(Math.abs(Date.parse(time ?? '') - start - at * 1_000) < 2);
      assert.ok(scores.fused >= threshold);
      const face = new Uint8Array(await (await ann.footagePicture(id, 'face')).arrayBuffer());
      assert.deepEqual([...face.subarray(0, 2)], [0xff, 0xd8]);
    }
    const enhanced = sightings.find(({ enhancement }) => enhancement === 'made');
    if (enhanced !== undefined) {
      const picture = await ann.footagePicture(enhanced.id, 'enhanced');
      assert.ok(isMachineMade(new Uint8Array(await picture.arrayBuffer())));
    }
    const clip = new Uint8Array(
      await (await ann.footageClip(sightings[0]?.id ?? '')).arrayBuffer(),
    );
    const file = join(folder, 'clip.mp4');
    await writeFile(file, clip);
    const ledger = new FrameLedger();
    let last = 0;
    for await (const { picture, mediaTime } of readPictures({ path: file, cameraId: '', ledger })) {
      picture.dispose();
      last = mediaTime;
    }
    assert.ok(last > 5_000 && last <= 16_000, `${last} ms`);
    assert.deepEqual(ledger.drops(), [], 'each picture of it can be decoded');
    const told = (await recordsOf(job.id)).map(({ who, what }) => `${who} ${what}`);
    assert.deepEqual(told, [
      ...['ann footage.asked', 'ann footage.searched', 'system footage.ended'],
      ...['ann footage.viewed', 'ann footage.viewed'],
    ]);
  });

  it('keeps nothing of people who match nothing', async () => {
    const asked = await ann.searchFootage({
      ...{ paths: [nvr('gate', '1.mkv')], lists: ['absent'], reason: 'case 18' },
    });
    const before = new ByteSearch(live.dataDir).count(Uint8Array.of(0xff, 0xd8, 0xff));
    const job = await over(asked.id);
    assert.deepEqual([job.state, job.sightings], ['done', 0]);
    const { figures } = job;
    assert.ok(figures !== null && figures.faces > 10 && figures.tracks >= 2, JSON.stringify(job));
    assert.deepEqual((await ann.footageSightings(job.id)).sightings, []);
    // Not one picture more than before.
    const now = new ByteSearch(live.dataDir).count(Uint8Array.of(0xff, 0xd8, 0xff));
    assert.equal(now, before);
  });

  it('waits for a second person where the list asks for two', async () => {
    const ask = () =>
      ann.searchFootage({ paths: [nvr('gate', '1.mkv')], lists: ['two'], reason: 'case 19' });
    const { id, state } = await ask();
    assert.equal(state, 'asked');
    await assert.rejects(ann.changeFootageJob(id, 'authorise'), { code: 'FORBIDDEN' });
    await assert.rejects(ann.changeFootageJob(id, 'resume'), { code: 'CONFLICT' });
    assert.equal((await bob.changeFootageJob(id, 'authorise')).decidedBy, 'bob');
    assert.equal((await over(id)).state, 'done');
    assert.deepEqual(
      (await recordsOf(id)).map(({ who, what }) => `${who} ${what}`),
      [
        ...[
          'ann footage.asked',
          'ann access.denied',
          'bob footage.authorised',
          'ann footage.searched',
        ],
        'system footage.ended',
      ],
    );
    const other = await ask();
    const refused = await bob.changeFootageJob(other.id, 'refuse');
    assert.deepEqual([refused.state, refused.decidedBy], ['refused', 'bob']);
    await assert.rejects(bob.changeFootageJob(other.id, 'authorise'), { code: 'CONFLICT' });
  });

  it('refuses what leads out of its folders, and lists that are not meant for it', async () => {
    const why = { lists: ['wanted'], reason: 'case 20' };
    for (const path of [
      join(folder, 'secret.mkv'),
      nvr('..', 'secret.mkv'),
      `${nvr('gate')}/../../secret.mkv`,
      nvr('link.mkv'),
      '/etc/passwd',
      'gate/1.mkv',
    ]) {
      await assert.rejects(
        ann.searchFootage({ ...why, paths: [path] }),
        { code: 'FORBIDDEN' },
        path,
      );
    }
    await assert.rejects(ann.footageFolder(folder), { code: 'FORBIDDEN' });
    const { entries } = await ann.footageFolder(nvr());
    assert.deepEqual(
      entries.map(({ name }) => name),
      ['gate', 'long.mkv'],
    );
    const paths = [nvr('gate')];
    const refused = (change: object, code: string) =>
      assert.rejects(ann.searchFootage({ ...why, paths, ...change }), { code });
    await refused({ lists: ['live'] }, 'FORBIDDEN');
    await refused({ lists: ['nobody'] }, 'NOT_FOUND');
    await refused({ reason: ' x ' }, 'BAD_REQUEST');
    await refused({ paths: [nvr('none.mkv')] }, 'STREAM_UNREACHABLE');
  });

  it('is paused, goes on where it was after a restart, and takes no more than may wait', async () => {
    const paths = [nvr('long.mkv')];
    const ask = () => ann.searchFootage({ paths, lists: ['wanted'], reason: 'case 21' });
    const { id } = await ask();
    const searched = async (seconds: number) => {
      while (((await ann.footageJob(id)).progress?.seconds ?? 0) < seconds) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    await searched(40);
    const { progress } = await ann.footageJob(id);
    assert.ok(progress && progress.total !== null && Math.abs(progress.total - 192) < 1);
    await ann.changeFootageJob(id, 'pause');
    const others = [];
    for (let at = 0; at < 2; at += 1) {
      const other = await ask();
      others.push(other);
      await ann.changeFootageJob(other.id, 'pause');
    }
    await assert.rejects(ask(), { code: 'BUSY' });
    for (const other of others) await ann.changeFootageJob(other.id, 'cancel');
    await ann.changeFootageJob(id, 'resume');
    await searched(90);
    // The program ends and starts again: the search goes on by itself.
    live = await live.restart();
    const token = makeToken(live, { name: 'cy', role: 'reviewer' });
    ann = new NightglassClient({ address: live.nightglass.address, token });
    const job = await over(id);
    assert.deepEqual([job.state, job.failure], ['done', null]);
    assert.ok(Math.abs(job.seconds - 192) < 1, `${job.seconds} s count once`);
    const { sightings } = await ann.footageSightings(id);
    const rounds = new Set(sightings.map(({ at }) => Math.floor(at / 16)));
    assert.deepEqual(rounds.size, 12, 'one a round at least, none lost');
    assert.ok(
      (await recordsOf(id)).some(
        ({ what, detail }) =>
          what === 'footage.resumed' && JSON.stringify(detail).includes('restart'),
      ),
    );
    const page = await ann.footageSightings(id, { limit: 7 });
    assert.equal(page.sightings.length, 7);
    const rest = await ann.footageSightings(id, { after: page.next ?? '' });
    assert.deepEqual([...page.sightings, ...rest.sightings], sightings);
  });

  it('goes with its person', async () => {
    const jobs = (await ann.footage()).jobs.filter(({ sightings }) => sightings > 0);
    assert.ok(jobs.length >= 2);
    await live.nightglass.services.people.remove(ada, { name: 'tests' });
    for (const { id, lists } of jobs) {
      if (lists[0]?.id !== 'wanted') continue;
      assert.deepEqual((await ann.footageSightings(id)).sightings, []);
    }
  });
});
