// Over 300 lines: one protocol of drawn faces, made once, for every option of the command.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { alignedTemplate112, mapLandmarks } from '../../../src/domain/geometry/landmarks.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { readDump } from '../../../tools/evaluation/dump.ts';
import {
  type TinyModels,
  tinyDimension,
  writeTinyModels,
} from '../../support/inference/tiny-models.ts';

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const people = ['ann', 'bob', 'eve', 'joe'];

/** Each person is a pattern of coarse colour fields, which the tiny recogniser tells apart. */
function portrait(person: number, pixels: number, noise: number) {
  const data = new Uint8Array(pixels * pixels * 3);
  for (let y = 0; y < pixels; y += 1) {
    for (let x = 0; x < pixels; x += 1) {
      const field = Math.floor((x / pixels) * 5) + 5 * Math.floor((y / pixels) * 5);
      for (let c = 0; c < 3; c += 1) {
        const grain = (((x * 31 + y * 17 + c * 7) * (noise + 1)) % 23) * (noise > 0 ? 1 : 0);
        data[(y * pixels + x) * 3 + c] =
          ((field * (person * 2 + 3) * 29 + c * 50 + person * 60) % 200) + grain;
      }
    }
  }
  return { width: pixels, height: pixels, data };
}

function landmarksAt(pixels: number): number[] {
  const k = pixels / 160;
  return mapLandmarks(alignedTemplate112, ({ x, y }) => ({
    x: (x + 24) * k,
    y: (y + 24) * k,
  })).flatMap(({ x, y }) => [x, y]);
}

describe('nightglass evaluate', { timeout: 600_000 }, () => {
  let folder: string;
  let models: TinyModels;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'nightglass-evaluate-'));
    models = await writeTinyModels();
    const codec = createImageCodec();
    const protocol = {
      gallery: [] as object[],
      probes: [] as object[],
      strangers: [] as object[],
    };
    for (const level of ['still', 'clean', 'L1']) {
      await mkdir(path.join(folder, 'pictures', level), { recursive: true });
    }
    for (const [i, identity] of people.entries()) {
      const add = async (name: string, pixels: number, noise: number) => {
        const file = `pictures/${name}.jpg`;
        await writeFile(
          path.join(folder, file),
          await codec.encodeJpeg(portrait(i, pixels, noise), 95),
        );
        return { identity, file, landmarks: landmarksAt(pixels) };
      };
      protocol.gallery.push(await add(`still/${identity}`, 160, 0));
      for (const [level, pixels] of [
        ['clean', 150],
        ['L1', 48],
      ] as const) {
        for (let n = 1; n <= 3; n += 1) {
          const probe = await add(`${level}/${identity}-${n}`, pixels, n);
          protocol.probes.push({
            ...probe,
            level,
            track: `${identity}/v1`,
            single: n === 1,
            video: true,
          });
        }
      }
    }
    for (let i = 0; i < 5; i += 1) {
      const file = `pictures/stranger-${i}.jpg`;
      const bytes = await codec.encodeJpeg(portrait(10 + i, 48, 1), 95);
      await writeFile(path.join(folder, file), bytes);
      const level = i === 4 ? 'clean' : 'L1';
      protocol.strangers.push({ file, level, landmarks: landmarksAt(48) });
    }
    await writeFile(path.join(folder, 'protocol.json'), JSON.stringify(protocol));
    await writeFile(path.join(folder, 'pictures/L1/bob-2.jpg'), 'no picture');
  });
  after(async () => {
    await models[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  function nightglass(...args: string[]) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [main, 'evaluate', '--manifest', models.manifestPath, ...args],
      { encoding: 'utf8', timeout: 180_000 },
    );
    return { status, stdout, stderr };
  }

  it('writes report, plots and dumps, and finds everyone', async () => {
    const report = path.join(folder, 'out/report.md');
    const dump = path.join(folder, 'dump');
    const { status, stdout, stderr } = nightglass(
      '--protocol',
      path.join(folder, 'protocol.json'),
      '--report',
      report,
      '--dump',
      dump,
      '--json',
    );
    assert.equal(status, 0, stderr);
    const result = JSON.parse(stdout);
    const row = (level: string, kind: string, branch: string) =>
      result.rows.find(
        (r: Record<string, unknown>) => r.level === level && r.kind === kind && r.branch === branch,
      );
    for (const branch of ['raw', 'enhanced', 'fused']) {
      assert.equal(row('clean', 'single', branch).rank1, 1);
      assert.equal(row('L1', 'track', branch).rank1, 1);
    }
    assert.equal(row('L1', 'track', 'fused').probes, people.length);
    const [clean, l1] = result.levels;
    assert.deepEqual([clean.pictures, clean.acquired, clean.enhanced], [12, 12, 0]);
    // The file that is no picture was not acquired; the faces of 48 pixels are small enough to enhance.
    assert.deepEqual([l1.pictures, l1.acquired, l1.enhanced], [12, 11, 11]);
    assert.match(await readFile(report, 'utf8'), /## Tracks, pooled as the live path does/);
    for (const plot of ['det', 'rank', 'quality']) {
      assert.match(await readFile(path.join(folder, `out/report-${plot}.svg`), 'utf8'), /^<svg/);
    }
    for (const branch of ['raw', 'enhanced', 'fused']) {
      const { dimension, gallery, probes } = await readDump(path.join(dump, branch));
      assert.deepEqual([dimension, gallery.length, probes.length], [tinyDimension, 4, 24]);
      assert.deepEqual(
        probes.flatMap((p, i) => (p === null ? [i] : [])),
        [6 + 4],
      );
    }
  });

  it('leaves parts of the chain out, and says so', () => {
    const { status, stdout, stderr } = nightglass(
      '--protocol',
      path.join(folder, 'protocol.json'),
      '--levels',
      'L1',
      '--without',
      'denoise',
      'fusion',
    );
    assert.equal(status, 0, stderr);
    assert.match(stdout, /Left out: denoise, gate/);
    assert.doesNotMatch(stdout, /tiny-denoise/);
    assert.match(stdout, /\| L1 \| 12 \| 11 \| 11 \| [\d.]+ \| 0\.50 \|/);
  });

  it('sets thresholds by strangers, and tells what each part of the chain is worth', async () => {
    const experts = await writeTinyModels({ experts: true });
    try {
      const { status, stdout, stderr } = nightglass(
        '--manifest',
        experts.manifestPath,
        '--protocol',
        path.join(folder, 'protocol.json'),
        '--levels',
        'L1',
        '--without',
        'raw',
        '--dump',
        path.join(folder, 'experts'),
        '--json',
      );
      assert.equal(status, 0, stderr);
      const result = JSON.parse(stdout);
      // Four strangers stand at L1; the fifth is one of another level.
      const [row] = result.strangers;
      assert.deepEqual([row.level, row.kind, row.strangers, row.acquired], ['L1', 'single', 4, 4]);
      assert.deepEqual(
        row.points.map(({ fpir, falsePositives }: Record<string, number>) => [
          fpir,
          falsePositives,
        ]),
        [
          [0.01, 0],
          [0.003, 0],
        ],
      );
      assert.equal(result.levels[0].meanGate, 0);
      // The branch that is left is the enhanced one, and it alone.
      const [fused, enhanced, raw] = await Promise.all(
        ['fused', 'enhanced', 'raw'].map(async (branch) => {
          const { probes } = await readDump(path.join(folder, 'experts', branch));
          return probes.find((probe) => probe !== null) as Float32Array;
        }),
      );
      assert.deepEqual(fused, enhanced);
      assert.notDeepEqual(fused, raw);
    } finally {
      await experts[Symbol.asyncDispose]();
    }
  });

  it('gives each ablation the figures of a run without that part', () => {
    const run = (...args: string[]) => {
      const { status, stdout, stderr } = nightglass(
        '--protocol',
        path.join(folder, 'protocol.json'),
        '--json',
        ...args,
      );
      assert.equal(status, 0, stderr);
      return JSON.parse(stdout);
    };
    const { ablations, levels } = run('--ablations');
    const identityOf = (of: { level: string; identity: unknown }[]) =>
      of.find(({ level }) => level === 'L1')?.identity as never;
    for (const [title, without] of [
      ['without denoiser', ['denoise']],
      ['without either: the enlarged crop in the enhanced branch', ['denoise', 'superresolve']],
      ['enhanced branch alone', ['raw']],
    ] as const) {
      const alone = run('--without', ...without);
      const ablation = ablations.find((each: { title: string }) => each.title === title);
      const fused = alone.rows.find(
        (row: Record<string, unknown>) =>
          row.level === 'L1' && row.kind === 'single' && row.branch === 'fused',
      );
      const at = ablation.levels.find(({ level }: { level: string }) => level === 'L1');
      assert.deepEqual([at.rank1, at.tpir], [fused.rank1, fused.tpir], title);
      const { enhanced, pairs } = identityOf(alone.levels) as { enhanced: number; pairs: number };
      assert.equal(pairs, people.length);
      assert.ok(Math.abs(at.identity - enhanced) < 1e-4, title);
    }
    const whole = identityOf(levels) as { raw: number; enhanced: number };
    const plain = ablations.find(({ title }: { title: string }) =>
      title.startsWith('without either'),
    );
    assert.notEqual(identityOf(plain.levels), whole.enhanced);
    const alone = ablations.find(({ title }: { title: string }) => title === 'raw branch alone');
    assert.equal(identityOf(alone.levels), null);
  });

  it('takes strangers from a list of their own, whose levels count', async () => {
    const list = path.join(folder, 'strangers.json');
    const strangers = Array.from({ length: 4 }, (_, i) => ({
      file: `pictures/stranger-${i}.jpg`,
      level: 'L1',
      identity: `stranger ${i % 2}`,
      landmarks: landmarksAt(48),
    }));
    await writeFile(list, JSON.stringify({ strangers }));
    const report = path.join(folder, 'strangers/report.md');
    const { status, stderr } = nightglass(
      '--protocol',
      path.join(folder, 'protocol.json'),
      '--levels',
      'L1',
      '--strangers',
      list,
      '--report',
      report,
    );
    assert.equal(status, 0, stderr);
    // The protocol itself has four of that level.
    assert.match(await readFile(report, 'utf8'), /\| L1 \| single \| fused \| 8 \| 0\.3 \| 0 \(/);
  });

  it('refuses a list of strangers of another form, and ablations of a chain without a part', () => {
    const protocol = ['--protocol', path.join(folder, 'protocol.json')];
    const form = nightglass(...protocol, '--strangers', path.join(folder, 'protocol.json.json'));
    assert.deepEqual([form.status, /Cannot read the strangers/.test(form.stderr)], [2, true]);
    const both = nightglass(...protocol, '--ablations', '--without', 'gate');
    assert.deepEqual([both.status, /whole chain/.test(both.stderr)], [2, true]);
  });

  it('refuses to leave out both branches', () => {
    const { status, stderr } = nightglass(
      '--protocol',
      path.join(folder, 'protocol.json'),
      '--without',
      'raw',
      'enhanced',
    );
    assert.equal(status, 2);
    assert.match(stderr, /both branches/);
  });

  it('compares with another system', async () => {
    const other = path.join(folder, 'other');
    const { status, stderr } = nightglass(
      '--protocol',
      path.join(folder, 'protocol.json'),
      '--dump',
      other,
    );
    assert.equal(status, 0, stderr);
    const again = nightglass(
      '--protocol',
      path.join(folder, 'protocol.json'),
      '--compare',
      path.join(other, 'raw'),
      '--json',
    );
    const { rows } = JSON.parse(again.stdout);
    const of = (branch: string) =>
      rows.find(
        (r: Record<string, unknown>) =>
          r.branch === branch && r.level === 'L1' && r.kind === 'single',
      );
    assert.equal(of('compared').tpir, of('raw').tpir);
  });

  it('ends with exit code 2 when it is asked for a level that is not there', () => {
    const { status, stderr } = nightglass(
      '--protocol',
      path.join(folder, 'protocol.json'),
      '--levels',
      'L7',
    );
    assert.equal(status, 2);
    assert.match(stderr, /the protocol has clean, L1/);
  });

  it('ends with exit code 2 when it is asked for nothing', () => {
    const { status, stderr } = nightglass();
    assert.equal(status, 2);
    assert.match(stderr, /--protocol/);
  });
});
