import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import { NightglassClient } from '../../../src/client/nightglass-client.ts';
import type { FootageSighting } from '../../../src/client/wire.ts';
import { type Box, shareOf, shareOfSmaller } from '../../../src/domain/geometry/box.ts';
import { isMachineMade } from '../../../src/domain/machine-made-mark.ts';
import { createInference, type Inference } from '../../../src/inference/inference.ts';
import type { CaseSearch } from '../../../src/services/evidence/case-search.ts';
import { verifyCase } from '../../../src/services/evidence/verify-case.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { matroskaFile } from '../../support/demo/matroska-file.ts';
import { demoFootage, testManifest } from '../../support/live/demo-footage.ts';
import { makeToken } from '../../support/live/make-token.ts';
import { enrolWanted, type Live, startLive } from '../../support/live/start-live.ts';
import { decoded, detect, difference } from '../../support/services/crowd-footage.ts';
import { archiveOf, filesOf } from '../../support/services/exported-case.ts';

const grounds = { purpose: 'p', legalBasis: 'l', authorisation: 'a', owner: 'o', cameras: ['*'] };
// Generated faces are more alike than people are.
const wanted = { ...grounds, id: 'wanted', name: 'Wanted', threshold: 0.7, uses: ['footage'] };
const beginsAt = Date.parse('2026-11-28T21:00:00Z');
const reason = 'Police request 12/2026';

interface SaidCase {
  readonly searches: readonly CaseSearch[];
  readonly alerts: readonly unknown[];
}

/** Which faces of a clip are shown, in shares, and how many are hidden: twice a second, and at a moment. */
async function facesIn(recorded: Buffer, left: Buffer, moment: number, inference: Inference) {
  const [before, after] = [await decoded(recorded), await decoded(left)];
  assert.deepEqual(
    after.map(({ time }) => time),
    before.map(({ time }) => time),
  );
  const found: { time: number; shownFaces: Box[]; hidden: number }[] = [];
  const near = before.findIndex(({ time }) => Math.abs(time - moment) < 50);
  for (const number of before.keys()) {
    if (number % 6 !== 0 && number !== near) continue;
    const { image, time } = before[number] ?? assert.fail();
    const faces = await detect(inference, image);
    const other = after[number]?.image ?? assert.fail();
    const shownFaces = faces
      .filter(({ box }) => difference(image, other, box) <= 6)
      .map(({ box }) => shareOf(box, image));
    found.push({ time, shownFaces, hidden: faces.length - shownFaces.length });
  }
  return found;
}

describe('a case of what was found in recorded footage', { timeout: 600_000 }, () => {
  let folder: string;
  let live: Live;
  let ann: NightglassClient;
  let lobby: EncodedSource;
  let search: string;
  let ada: string;
  let sightings: readonly FootageSighting[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-case-'));
    await mkdir(join(folder, 'nvr'));
    const { cameras, people } = await demoFootage();
    assert.ok(cameras[0] && people[0]);
    lobby = cameras[0].source;
    await writeFile(video('1.mkv'), matroskaFile(lobby));
    await writeFile(video('2.mkv'), matroskaFile(lobby));
    live = await startLive({
      sources: {},
      config: { footage: { roots: [join(folder, 'nvr')] }, watchlists: [wanted] },
    });
    ada = await enrolWanted(live, people[0], 'wanted');
    const token = makeToken(live, { name: 'ann', role: 'admin' });
    ann = new NightglassClient({ address: live.nightglass.address, token });
    const paths = [video('1.mkv'), video('2.mkv')];
    ({ id: search } = await ann.searchFootage({
      ...{ paths, lists: ['wanted'], reason: 'case 17', beginsAt },
    }));
    while ((await ann.footageJob(search)).state !== 'done') {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    ({ sightings } = await ann.footageSightings(search));
    assert.ok(sightings.length >= 2, `${sightings.length} sightings`);
  });
  after(async () => {
    await live?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const video = (name: string) => join(folder, 'nvr', name);
  const bytesOf = async (file: Blob) => Buffer.from(await file.arrayBuffer());
  const saidIn = (files: ReadonlyMap<string, Buffer>): SaidCase =>
    JSON.parse(files.get('case.json')?.toString() ?? '');
  async function verdictOn(archive: Buffer) {
    const file = join(folder, 'case.zip');
    await writeFile(file, archive);
    return verifyCase(file, await ann.evidenceKey());
  }

  it('holds all that was found of a person, with the seconds around it and the whole record', async () => {
    const footage = [{ search, person: ada }];
    const archive = await bytesOf(await ann.exportEvidence({ footage }, reason, true));
    const verdict = await verdictOn(archive);
    assert.ok(verdict.ok, JSON.stringify(verdict));
    const files = await filesOf(archive);
    const { searches, alerts } = saidIn(files);
    const [said] = searches;
    assert.ok(said !== undefined && alerts.length === 0);
    assert.deepEqual(
      [said.id, said.reason, said.askedBy, said.state, said.filesSearched],
      [search, 'case 17', 'ann', 'done', 2],
    );
    for (const { path, sha256, begins, file } of said.recordings) {
      const hash = createHash('sha256').update(await readFile(path));
      assert.equal(sha256, hash.digest('hex'));
      assert.equal(begins, new Date(beginsAt + (file === 0 ? 0 : 16_000)).toISOString());
    }
    assert.deepEqual(
      said.sightings.map(({ id }) => id),
      sightings.map(({ id }) => id),
    );
    for (const [at, found] of said.sightings.entries()) {
      const known = sightings[at] ?? assert.fail();
      assert.deepEqual(
        [found.at, found.until, found.time, found.scores, found.threshold, found.quality],
        [known.at, known.until, known.time, known.scores, known.threshold, known.quality],
      );
      assert.ok(found.models.length >= 4 && found.configHash !== '' && found.gallerySize === 1);
      for (const kind of ['face', 'enrolled'] as const) {
        const shown = await bytesOf(await ann.footagePicture(found.id, kind));
        assert.ok(files.get(`footage/${found.id}/${kind}.jpg`)?.equals(shown), kind);
      }
      const enhanced = files.get(`footage/${found.id}/enhanced.jpg`);
      assert.equal(enhanced !== undefined, found.enhancement === 'made');
      assert.ok(enhanced === undefined || isMachineMade(enhanced));
      assert.ok(files.has(`footage/${found.id}/clip.mp4`));
      const { from, time } = found.clip ?? assert.fail('no clip');
      assert.ok(from <= Math.max(0, found.at - 5) && from >= 0, `${from}`);
      const begins = beginsAt + (found.file === 0 ? 0 : 16_000) + from * 1_000;
      assert.ok(Math.abs(Date.parse(time ?? '') - begins) <= 1);
    }
    const lines = files.get('audit.jsonl')?.toString().trim().split('\n') ?? [];
    const told = lines.map((line) => JSON.parse(line) as { who: string; what: string });
    const names = told.map(({ who, what }) => `${who} ${what}`);
    for (const record of ['ann footage.asked', 'ann footage.searched', 'system footage.ended']) {
      assert.ok(names.includes(record), record);
    }
    assert.equal(names.at(-1), 'ann evidence.exported');
    assert.partialDeepStrictEqual(told.at(-1), {
      detail: { reason, searches: [search], sightings: sightings.map(({ id }) => id) },
    });
    const report = files.get('report.html')?.toString() ?? '';
    for (const text of ['录像检索', 'case 17', said.recordings[0]?.sha256 ?? '-', reason]) {
      assert.ok(report.includes(text), text);
    }
    for (const [, path] of report.matchAll(/(?:src|href)="([^"]+)"/g)) {
      assert.ok(files.has(path ?? ''), path);
    }
    for (const [path, bytes] of files) {
      const flipped = Buffer.from(bytes);
      const at = Math.floor(bytes.length / 2);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      const changed = await verdictOn(await archiveOf(new Map(files).set(path, flipped)));
      assert.equal(changed.ok, false, path);
    }
  });

  it('shows whom it is about, and hides others, in every clip', async () => {
    const footage = [{ search, person: ada }];
    const [hidden, shown] = await Promise.all(
      (['blurred', 'shown'] as const).map(async (faces) =>
        filesOf(await bytesOf(await ann.exportEvidence({ footage }, reason, true, faces))),
      ),
    );
    assert.ok(hidden && shown);
    const manifest = JSON.parse(hidden.get('manifest.json')?.toString() ?? '') as {
      files: { path: string; original?: { sha256: string } }[];
    };
    const inference = await createInference({ manifestPath: testManifest, workers: 1 });
    const count = { others: 0, own: 0, moments: 0 };
    try {
      for (const { id, at, place, clip } of saidIn(hidden).searches[0]?.sightings ?? []) {
        const path = `footage/${id}/clip.mp4`;
        const recorded: Buffer = shown.get(path) ?? assert.fail(path);
        const cut = await bytesOf(await ann.footageClip(id));
        assert.ok(recorded.equals(cut), 'as it was coded');
        const original = manifest.files.find((file) => file.path === path)?.original;
        if (original === undefined) continue;
        assert.equal(original.sha256, createHash('sha256').update(recorded).digest('hex'));
        const moment = (at - (clip?.from ?? 0)) * 1_000;
        for (const each of await facesIn(
          recorded,
          hidden.get(path) ?? recorded,
          moment,
          inference,
        )) {
          const { time, shownFaces } = each;
          assert.ok(shownFaces.length <= 1, `${id}: ${shownFaces.length} are shown at ${time}`);
          count.others += each.hidden;
          count.own += shownFaces.length;
          if (Math.abs(time - moment) >= 50) continue;
          const [box] = shownFaces;
          assert.ok(box !== undefined && place !== null && shareOfSmaller(box, place) > 0.5, id);
          count.moments += 1;
        }
      }
    } finally {
      await inference.close();
    }
    // Followed for seconds, not at the one moment alone.
    const { moments, others, own } = count;
    assert.ok(moments > 0 && own >= 5 && others >= 5, JSON.stringify(count));
  });

  it('leaves without clips of a file that has changed, and not with them', async () => {
    const exported = async () => {
      let count = 0;
      const query = { what: 'evidence.exported' } as const;
      for await (const _ of live.nightglass.services.audit.records(query)) count += 1;
      return count;
    };
    const before = await exported();
    await appendFile(video('1.mkv'), Buffer.alloc(1));
    const [first] = sightings;
    const footage = [{ search, sightings: [first?.id ?? ''] }];
    await assert.rejects(ann.exportEvidence({ footage }, reason, true), { code: 'CONFLICT' });
    assert.equal(await exported(), before);
    const archive = await bytesOf(await ann.exportEvidence({ footage }, reason));
    const verdict = await verdictOn(archive);
    assert.ok(verdict.ok, JSON.stringify(verdict));
    assert.ok(![...(await filesOf(archive)).keys()].some((path) => path.endsWith('.mp4')));
  });

  it('is written by the command, too, from another file with its clip', async () => {
    const last = sightings.at(-1) ?? assert.fail();
    assert.equal(last.file, 1);
    const out = join(folder, 'command.zip');
    const { code, stderr } = await runCommand([
      ...['evidence', 'export', '--search', search, '--sighting', last.id, '--clips'],
      ...['--reason', reason, '--out', out, '--data', live.dataDir],
    ]);
    assert.equal(code, 0, stderr);
    const verified = await runCommand(['evidence', 'verify', out]);
    assert.match(verified.stdout, /^sound: case /);
    const files = await filesOf(await readFile(out));
    assert.ok(files.has(`footage/${last.id}/clip.mp4`));
    const usage = ['evidence', 'export', '--reason', reason, '--out', out, '--data', live.dataDir];
    for (const wrong of [[], ['--search', search], ['--person', ada]]) {
      assert.equal((await runCommand([...usage, ...wrong])).code, 2, wrong.join(' '));
    }
  });
});
