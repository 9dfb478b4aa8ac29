/*
 * Search time of the gallery by size, against the memory bandwidth of the same
 * moment: the time in which native code reads as many bytes as the templates have.
 *
 *   node bench/benches/gallery-process.ts ORDER     (JSON, see bench-gallery.ts)
 *
 * Prints what it measured as JSON. A process of its own: it takes gigabytes.
 */

import { freemem } from 'node:os';
import type { Template } from '../../src/domain/watchlist.ts';
import { WatchlistGallery } from '../../src/services/search/gallery.ts';
import { random } from '../random-numbers.ts';
import { spread } from '../samples.ts';
import { batchSize, dimension, type GalleryOrder, type GallerySize } from './bench-gallery.ts';

const order = JSON.parse(process.argv[2] ?? '') as GalleryOrder;
const next = random(5);
const model = 'm';

function randomVector(): Float32Array {
  const vector = Float32Array.from({ length: dimension }, () => next() - 0.5);
  let sum = 0;
  for (const value of vector) sum += value * value;
  const norm = Math.sqrt(sum);
  return vector.map((value) => value / norm);
}

/** People with a template each; vectors are made as they are loaded, so that they need no memory twice. */
function templatesOf(people: number): Iterable<Template> {
  // Fresh numbers for each would take minutes: neighbours differ in some.
  const base = randomVector();
  return {
    *[Symbol.iterator]() {
      for (let i = 0; i < people; i += 1) {
        for (let change = 0; change < 8; change += 1) {
          base[Math.floor(next() * dimension)] = (next() - 0.5) * 0.15;
        }
        const poorView = { embedding: base, recipe: 'r' };
        yield {
          ...{ id: `t${i}`, personId: `p${i}`, model, embedding: base, poorView },
        } as unknown as Template;
      }
    },
  };
}

function galleryOf(people: number): WatchlistGallery {
  const list = {
    ...{ id: 'l', name: 'l', purpose: 'p', legalBasis: 'b', authorisation: 'a', owner: 'o' },
    ...{
      cameras: '*' as const,
      uses: ['live' as const],
      fpir: 0.001,
      fixedThreshold: null,
      expiresAt: null,
    },
    ...{ retentionDays: 1, twoPersonReview: false, createdAt: 0, updatedAt: 0 },
    ...{ priority: 'normal' as const, sound: 'tone' as const },
    review: { revision: 1, authors: [], since: null, before: null, confirmed: null },
  };
  const templates = templatesOf(people)[Symbol.iterator]();
  const personOf = (i: number) => ({
    ...{ id: `p${i}`, watchlistId: 'l', name: `P${i}`, note: '', createdAt: 0, updatedAt: 0 },
  });
  let change:
    | ((change: { kind: 'person'; watchlistId: string; personId: string }) => void)
    | undefined;
  const gallery = new WatchlistGallery({
    source: {
      list: () => [list],
      find: () => list,
      findPerson: (id) => personOf(Number(id.slice(1))),
      templates: () => [templates.next().value as Template],
      enrolled: () => [],
      lookAlikes: { ofPeople: () => [] },
      onChange(listener) {
        change = listener as typeof change;
        return () => undefined;
      },
      externalVersion: () => '1',
    },
    now: () => 0,
    poorViews: { below: 9, scale: 0.88 },
    calibration: () => ({
      impostorQuantiles: [
        [1e-2, 0.2],
        [1e-4, 0.4],
      ],
    }),
  });
  for (let i = 0; i < people; i += 1) {
    change?.({ kind: 'person', watchlistId: 'l', personId: `p${i}` });
  }
  return gallery;
}

/** Milliseconds of several ways, in turns, so that all meet the same machine. */
function timesOf<K extends string>(ways: Readonly<Record<K, () => unknown>>): Record<K, number[]> {
  const names = Object.keys(ways) as K[];
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    K,
    number[]
  >;
  for (const name of names) ways[name]();
  const end = performance.now() + order.secondsEach * 1000;
  for (let round = 0; round < 5 || (performance.now() < end && round < 2000); round += 1) {
    for (const name of names) {
      const started = performance.now();
      ways[name]();
      times[name].push(performance.now() - started);
    }
  }
  return times;
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

/** The least of the times: what the memory can do when nobody else asks it. */
const least = (times: readonly number[]) => Math.min(...times);

function measure(people: number): GallerySize {
  const bytes = people * dimension * 4;
  // Templates and poor views, what a matrix takes while it grows, and the bytes of the floor.
  const needed = bytes * 5.5;
  if (freemem() < needed)
    return { people, bytes, skipped: `${Math.ceil(needed / 2 ** 30)} GiB of free memory` };
  const gallery = galleryOf(people);
  const probes = Array.from({ length: batchSize }, () => ({
    ...{ model, fused: randomVector(), raw: randomVector(), enhanced: randomVector() },
  }));
  const requests = probes.map((probe) => ({ probe, cameraId: 'camera' }));
  const [first] = probes;
  if (first === undefined) throw new Error('There is no probe');
  // Its value occurs nowhere: the whole of it is read, natively and with the widest loads there are.
  const memory = Buffer.alloc(bytes, 1);
  const floats = new Float32Array(memory.buffer, memory.byteOffset, bytes / 4);
  const times = timesOf({
    read: () => memory.indexOf(7),
    search: () => gallery.search(first, 'camera'),
    batch: () => gallery.searchAll(requests).next(),
    small: () => gallery.search({ ...first, interEyeDistance: 8 }, 'camera'),
  });
  const script =
    people > 100_000 ? null : timesOf({ script: () => plainJavaScript(floats, first.fused) });
  gallery[Symbol.dispose]();
  return {
    people,
    bytes,
    read: { ...spread(times.read), least: least(times.read) },
    search: { ...spread(times.search), least: least(times.search) },
    batch: { ...spread(times.batch), least: least(times.batch) },
    small: { ...spread(times.small), least: least(times.small) },
    scriptMs: script === null ? null : spread(script.script).median,
  };
}

process.stdout.write(JSON.stringify(order.sizes.map(measure)));
