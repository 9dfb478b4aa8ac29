import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readDump, writeDump } from '../../../../tools/evaluation/dump.ts';
import { pictureDistance } from '../../../../tools/evaluation/picture-distance.ts';
import { folderProtocol, loadProtocol } from '../../../../tools/evaluation/protocol.ts';
import { svgPlot } from '../../../../tools/evaluation/svg-plot.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nightglass-protocol-'));
});
after(() => rm(folder, { recursive: true }));

async function put(...names: string[]) {
  for (const name of names) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, '');
  }
}

describe('folderProtocol', () => {
  it('names people by folder or file, and tracks by the folder below', async () => {
    await put('g/ann/1.jpg', 'g/ann/2.png', 'g/bob.JPEG', 'g/notes.txt');
    await put('p/ann/t1/2.jpg', 'p/ann/t1/1.jpg', 'p/ann/t2/1.webp', 'p/zoe/1.bmp');
    const at = (name: string) => path.join(folder, name);
    const protocol = await folderProtocol({ gallery: at('g'), probes: at('p'), tracks: true });
    assert.deepEqual(
      protocol.gallery.map(({ identity, file }) => [identity, path.relative(folder, file)]),
      [
        ['ann', 'g/ann/1.jpg'],
        ['ann', 'g/ann/2.png'],
        ['bob', 'g/bob.JPEG'],
      ],
    );
    assert.deepEqual(
      protocol.probes.map(({ identity, track, file }) => [identity, track, path.basename(file)]),
      [
        ['ann', 'ann/t1', '1.jpg'],
        ['ann', 'ann/t1', '2.jpg'],
        ['ann', 'ann/t2', '1.webp'],
        ['zoe', undefined, '1.bmp'],
      ],
    );
    const without = await folderProtocol({ gallery: at('g'), probes: at('p'), tracks: false });
    assert.equal(without.probes.length, 1);
  });

  it('says what is wrong with a folder', async () => {
    await put('empty/readme.txt');
    const empty = path.join(folder, 'empty');
    await assert.rejects(folderProtocol({ gallery: empty, probes: empty, tracks: false }), {
      code: 'USAGE',
    });
    await assert.rejects(
      folderProtocol({ gallery: '/nonexistent', probes: empty, tracks: false }),
      { code: 'USAGE' },
    );
  });
});

describe('loadProtocol', () => {
  it('reads the development form, files relative to it', async () => {
    const file = path.join(folder, 'protocol.json');
    const landmarks = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const probe = {
      level: 'L1',
      identity: 'a',
      track: 'a/v1',
      file: 'p/1.jpg',
      single: false,
      video: true,
      landmarks,
    };
    await writeFile(
      file,
      JSON.stringify({
        gallery: [{ identity: 'a', file: 'g/1.jpg', landmarks }],
        probes: [probe, { ...probe, video: false }],
      }),
    );
    const { gallery, probes } = await loadProtocol(file);
    assert.equal(gallery[0]?.file, path.join(folder, 'g/1.jpg'));
    assert.deepEqual(gallery[0]?.landmarks?.[4], { x: 9, y: 10 });
    assert.deepEqual(
      probes.map(({ track, single, level }) => [track, single, level]),
      [
        ['a/v1', false, 'L1'],
        [undefined, false, 'L1'],
      ],
    );
  });

  it('refuses another form', async () => {
    const file = path.join(folder, 'bad.json');
    await writeFile(file, '{"gallery":[]}');
    await assert.rejects(loadProtocol(file), { code: 'USAGE' });
  });
});

describe('dump', () => {
  it('comes back as it was written; a row of NaN is a face not acquired', async () => {
    const out = path.join(folder, 'dump');
    const dump = {
      dimension: 2,
      gallery: [Float32Array.of(1, 0)],
      probes: [null, Float32Array.of(0.25, -0.5)],
    };
    await writeDump(out, dump);
    assert.deepEqual(await readDump(out), dump);
    await writeFile(path.join(out, 'p.f32'), 'abc');
    await assert.rejects(readDump(out), { code: 'USAGE' });
  });
});

describe('pictureDistance', () => {
  const picture = (f: (i: number) => number) => ({
    width: 16,
    height: 16,
    data: Uint8Array.from({ length: 768 }, (_, i) => f(Math.floor(i / 3))),
  });
  const truth = picture((i) => (i * 37) % 200);

  it('of a picture from itself is none', () => {
    const { psnr, ssim } = pictureDistance(truth, truth);
    assert.equal(psnr, Number.POSITIVE_INFINITY);
    assert.ok(Math.abs(ssim - 1) < 1e-12);
  });

  it('follows the definition for a constant shift', () => {
    const { psnr, ssim } = pictureDistance(
      picture((i) => ((i * 37) % 200) + 10),
      truth,
    );
    assert.ok(Math.abs(psnr - 20 * Math.log10(25.5)) < 1e-9);
    assert.ok(ssim > 0.97 && ssim < 1);
  });

  it('finds no structure in grey', () => {
    assert.ok(
      pictureDistance(
        picture(() => 100),
        truth,
      ).ssim < 0.1,
    );
  });
});

describe('svgPlot', () => {
  const axis = { label: 'x < y & z', scale: 'log' as const, ticks: [0.01, 0.1, 1] };

  it('keeps lines within the axes and escapes text', () => {
    const svg = svgPlot(
      [
        {
          name: 'a',
          points: [
            { x: 0, y: 5 },
            { x: 1, y: 0 },
          ],
        },
      ],
      {
        title: 'T',
        x: axis,
        y: { ...axis, scale: 'linear', ticks: [0, 1] },
      },
    );
    assert.match(svg, /x &lt; y &amp; z/);
    assert.match(svg, /points="64\.0,40\.0 470\.0,372\.0"/);
    assert.doesNotMatch(svg, /NaN|Infinity/);
  });
});
