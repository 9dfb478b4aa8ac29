/*
 * Search time of the gallery against its floor: the bare dot products of one
 * query with as many rows, in the same memory, by the same kernel. A search
 * runs on the event loop, so it has to be short.
 *
 *   node bench/gallery.ts [--json]
 */

import { WatchlistGallery } from '../src/watchlist/gallery.ts';
import { VectorMatrix } from '../src/watchlist/vector-matrix.ts';
import type { Template } from '../src/watchlist/watchlist.ts';

const dimension = 256;
const rounds = 30;

function randomVector(): Float32Array {
  const vector = Float32Array.from({ length: dimension }, () => Math.random() - 0.5);
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}

function median(work: () => void): number {
  for (const end = performance.now() + 200; performance.now() < end; ) work();
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return times[rounds >> 1] as number;
}

function plainJavaScript(rows: Float32Array, query: Float32Array): number {
  let best = -1;
  for (let start = 0; start < rows.length; start += dimension) {
    let sum = 0;
    for (let i = 0; i < dimension; i += 1) {
      sum += (rows[start + i] as number) * (query[i] as number);
    }
    if (sum > best) best = sum;
  }
  return best;
}

const results = [1000, 10_000, 100_000].map((people) => {
  const templates = Array.from(
    { length: people },
    (_, i) =>
      ({ id: `t${i}`, personId: `p${i}`, model: 'm', embedding: randomVector() }) as Template,
  );
  const list = {
    ...{ id: 'l', name: 'l', purpose: 'p', legalBasis: 'b', authorisation: 'a', owner: 'o' },
    ...{ cameras: '*' as const, fpir: 0.001, fixedThreshold: null, expiresAt: null },
    ...{ retentionDays: 1, twoPersonReview: false, createdAt: 0, updatedAt: 0 },
  };
  const person = (i: number) => ({
    ...{ id: `p${i}`, watchlistId: 'l', name: `P${i}`, note: '', createdAt: 0, updatedAt: 0 },
  });
  const loadStart = performance.now();
  const gallery = new WatchlistGallery({
    source: {
      list: () => [list],
      find: () => list,
      people: () => templates.map((_, i) => person(i)),
      findPerson: () => undefined,
      templates: () => [],
      templatesOfList: () => templates,
      onChange: () => () => undefined,
      externalVersion: () => '1',
    },
    now: () => 0,
    calibration: () => ({
      impostorQuantiles: [
        [1e-2, 0.2],
        [1e-4, 0.4],
      ],
    }),
  });
  const loadMs = performance.now() - loadStart;
  const matrix = new VectorMatrix(dimension);
  for (const { embedding } of templates) matrix.push(embedding);
  const flat = new Float32Array(people * dimension);
  for (const [row, { embedding }] of templates.entries()) flat.set(embedding, row * dimension);

  const query = randomVector();
  const probe = { model: 'm', fused: query, raw: randomVector(), enhanced: randomVector() };
  const searchMs = median(() => gallery.search(probe, 'camera'));
  const floorMs = median(() => matrix.scores(query));
  const scriptMs = median(() => plainJavaScript(flat, query));
  return { people, dimension, searchMs, floorMs, scriptMs, timesFloor: searchMs / floorMs, loadMs };
});

if (process.argv.includes('--json')) {
  console.log(JSON.stringify(results));
} else {
  console.table(
    results.map(({ people, searchMs, floorMs, scriptMs, timesFloor, loadMs }) => ({
      people,
      'search ms (median)': searchMs.toFixed(3),
      'floor ms': floorMs.toFixed(3),
      'times floor': timesFloor.toFixed(2),
      'plain JavaScript ms': scriptMs.toFixed(2),
      'load ms': loadMs.toFixed(0),
    })),
  );
}
