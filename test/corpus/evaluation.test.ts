import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createInference } from '../../src/inference/inference.ts';
import { createImageCodec } from '../../src/streams/image-codec.ts';
import { type Evaluation, evaluate } from '../../tools/evaluation/evaluate.ts';
import { loadProtocol, type Protocol } from '../../tools/evaluation/protocol.ts';
import {
  sharedFolder,
  sharedMissing,
  writeThirdPartyManifest,
} from '../support/third-party-manifest.ts';

/** Rank-1 and TPIR of the reference on single frames, as the shared README states them. */
const stated = { clean: [91.5, 72.6], L1: [78.6, 41.5], L2: [38.3, 9.5] } as const;
type Level = keyof typeof stated;
const levels = Object.keys(stated) as Level[];

/** The independent scorer needs numpy. */
const python = process.env.NIGHTGLASS_PYTHON ?? 'python3';
const noScorer =
  sharedMissing === false && spawnSync(python, ['-c', 'import numpy']).status !== 0
    ? `needs numpy in ${python} (set NIGHTGLASS_PYTHON)`
    : false;

describe('evaluation of the reference recogniser', {
  skip: sharedMissing,
  timeout: 900_000,
}, () => {
  let out: string;
  let protocol: Protocol;
  let evaluation: Evaluation;

  before(async () => {
    out = await mkdtemp(path.join(tmpdir(), 'nightglass-evaluate-'));
    const whole = await loadProtocol(path.join(sharedFolder, 'faces/eval/protocol.json'));
    // Single frames alone: tracks would take ten times as long.
    const single = whole.probes.filter((p) => p.single && levels.includes(p.level as Level));
    protocol = { ...whole, probes: single };
    await using manifest = await writeThirdPartyManifest();
    const inference = await createInference({
      manifestPath: manifest.path,
      allowOutside: true,
      models: { detect: null, embed: 'retail-0095' },
      workers: 3,
      requestTimeout: 120_000,
    });
    try {
      evaluation = await evaluate({
        protocol,
        codec: createImageCodec(),
        ports: {
          find: () => Promise.resolve([]),
          aligner: inference.aligner(),
          enhancer: inference.enhancer(),
          embedder: inference.embedder(),
          fuser: inference.fuser(),
        },
        landmarks: 'given',
        dump: out,
        draws: 20,
      });
    } finally {
      await inference.close();
    }
  });
  after(() => rm(out, { recursive: true, force: true }));

  function percentages(level: string, kind: 'single' | 'track-plain'): [string, string] {
    const row = evaluation.rows.find(
      (r) => r.level === level && r.kind === kind && r.branch === 'raw',
    );
    assert.ok(row !== undefined);
    return [(row.rank1 * 100).toFixed(1), (row.tpir * 100).toFixed(1)];
  }

  it('gives the stated figures, as far as another decoder and interpolation allow', (t) => {
    for (const level of levels) {
      const [rank1, tpir] = percentages(level, 'single');
      t.diagnostic(`${level}: rank-1 ${rank1}, TPIR ${tpir}; stated ${stated[level].join(', ')}`);
      assert.ok(Math.abs(Number(rank1) - stated[level][0]) < 2.5, `rank-1 at ${level}: ${rank1}`);
      assert.ok(Math.abs(Number(tpir) - stated[level][1]) < 3, `TPIR at ${level}: ${tpir}`);
    }
  });

  it('counts as the independent scorer does, to the last digit', { skip: noScorer }, async () => {
    const pack = path.join(out, 'pack');
    await mkdir(pack);
    const probes = protocol.probes.map(({ level, identity, single, track }, i) => ({
      level,
      identity,
      single,
      video: track !== undefined,
      track: track ?? `${identity}/${i}`,
    }));
    await writeFile(
      path.join(pack, 'protocol.json'),
      JSON.stringify({ gallery: protocol.gallery, probes }),
    );
    const script = path.join(sharedFolder, 'tools/score.py');
    const { status, stdout, stderr } = spawnSync(
      python,
      [script, pack, path.join(out, 'raw'), '256'],
      {
        encoding: 'utf8',
      },
    );
    assert.equal(status, 0, stderr);
    const scores = JSON.parse(stdout);
    for (const level of levels) {
      const [rank1, tpir] = percentages(level, 'single');
      assert.deepEqual(
        [scores[level].rank1.toFixed(1), scores[level].tpir.toFixed(1)],
        [rank1, tpir],
      );
      if (level === 'clean') continue;
      const track = scores[level].track;
      assert.deepEqual(
        [track.rank1.toFixed(1), track.tpir.toFixed(1)],
        percentages(level, 'track-plain'),
      );
    }
  });
});
