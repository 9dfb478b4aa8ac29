/*
 * Approximate against exact search of one gallery of synthetic templates.
 *
 *   node bench/ann/ann-process.ts ORDER     (JSON, see ann-contract.ts)
 *
 * Prints what it measured as JSON. A process of its own: it takes gigabytes.
 */

import { rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Index, MetricKind, exactSearch as nativeSearch, type ScalarKind } from 'usearch';
import type { AnnOrder, AnnResult, AnnRow } from './ann-contract.ts';
import { type Best, exactSearch, type Rows, ShardedSearch } from './exact-search.ts';
import { FaceLikeTemplates } from './face-like-templates.ts';

const order = JSON.parse(process.argv[2] ?? '') as AnnOrder;
const { dimension, templates: count } = order;
const batch = 16;
const say = (line: string) => void process.stderr.write(`  ${line}\n`);

interface Probe {
  readonly vector: Float32Array;
  readonly isMate: boolean;
  exact: Best;
}

interface Found {
  readonly found: readonly Best[];
  readonly perProbeMs: number;
}

function draw(): { rows: Rows; probes: Probe[] } {
  const draws = new FaceLikeTemplates(dimension, order.seed);
  const values = new Float32Array(new SharedArrayBuffer(count * dimension * 4));
  const row = (at: number) => values.subarray(at * dimension, (at + 1) * dimension);
  for (let at = 0; at < count; at += 1) draws.stranger(row(at));
  const nobody = { row: -1, score: 0 };
  const probes = Array.from({ length: order.strangers * 1.5 }, (_, at) => {
    const vector = new Float32Array(dimension);
    const isMate = at >= order.strangers;
    if (isMate) {
      const of = Math.floor(draws.uniform() * count);
      draws.mate(row(of), 0.5 + 0.3 * draws.uniform(), vector);
    } else draws.stranger(vector);
    return { vector, isMate, exact: nobody };
  });
  return { rows: { values, dimension }, probes };
}

function timed(
  probes: readonly Probe[],
  search: (part: readonly Float32Array[]) => readonly Best[],
): Found {
  const vectors = probes.map(({ vector }) => vector);
  search(vectors.slice(0, batch));
  const found: Best[] = [];
  const started = performance.now();
  for (let from = 0; from < vectors.length; from += batch) {
    for (const best of search(vectors.slice(from, from + batch))) found.push(best);
  }
  return { found, perProbeMs: (performance.now() - started) / vectors.length };
}

/** Share whose best is found; one of equal score is as good. */
function recall(probes: readonly Probe[], found: readonly Best[], isMate: boolean): number {
  const asked = [...probes.keys()].filter((at) => probes[at]?.isMate === isMate);
  const right = asked.filter((at) => {
    const [exact, best] = [probes[at]?.exact, found[at]];
    return exact?.row === best?.row || Math.abs((exact?.score ?? 0) - (best?.score ?? 1)) < 1e-6;
  });
  return right.length / asked.length;
}

function rerank(rows: Rows, query: Float32Array, candidates: Iterable<bigint>): Best {
  let best = { row: -1, score: Number.NEGATIVE_INFINITY };
  for (const key of candidates) {
    const at = Number(key);
    if (at >= count) continue;
    let score = 0;
    const start = at * dimension;
    for (let i = 0; i < dimension; i += 1) {
      score += (rows.values[start + i] as number) * (query[i] as number);
    }
    if (score > best.score) best = { row: at, score };
  }
  return best;
}

/** One level for all: no component of a unit vector of ours is beyond it but by cutting. */
function toBytes(values: Float32Array, scale: number): Int8Array {
  const bytes = new Int8Array(values.length);
  for (let i = 0; i < values.length; i += 1) {
    bytes[i] = Math.max(-127, Math.min(127, Math.round((values[i] as number) * scale)));
  }
  return bytes;
}

/** All rows as bytes, natively; the best of them again by their exact scores. */
function scanOfBytes(rows: Rows, probes: readonly Probe[]): AnnRow {
  const started = performance.now();
  let greatest = 0;
  for (const value of rows.values) if (value > greatest) greatest = value;
  const scale = 127 / greatest;
  const bytes = toBytes(rows.values, scale);
  const buildSeconds = (performance.now() - started) / 1000;
  const reranked = 32;
  const asked = probes.filter((_, at) => at % 5 === 0);
  const { found, perProbeMs } = timed(asked, (part) => {
    const flat = new Int8Array(part.length * dimension);
    for (const [at, query] of part.entries()) flat.set(toBytes(query, scale), at * dimension);
    const matches = nativeSearch(bytes, flat, dimension, reranked, MetricKind.IP, 1);
    return part.map((query, at) =>
      rerank(rows, query, matches.keys.subarray(at * reranked, (at + 1) * reranked)),
    );
  });
  return row('all as bytes', reranked, {
    probes: asked,
    found,
    perProbeMs,
    bytes: bytes.length,
    buildSeconds,
  });
}

interface Outcome extends Found {
  readonly probes: readonly Probe[];
  readonly bytes: number;
  readonly buildSeconds: number;
}

function row(way: string, reranked: number, outcome: Outcome): AnnRow {
  const { probes, found, perProbeMs, bytes, buildSeconds } = outcome;
  const shares = { mates: recall(probes, found, true), strangers: recall(probes, found, false) };
  say(`${way}: ${JSON.stringify(shares)}, ${perProbeMs.toFixed(2)} ms`);
  return { way, reranked, ...shares, perProbeMs, bytes, buildSeconds };
}

function build(rows: Rows, { kind, links, buildWidth }: AnnOrder['graphs'][number], file: string) {
  const index = new Index({
    ...{ dimensions: dimension, metric: MetricKind.IP, quantization: kind as ScalarKind },
    ...{ connectivity: links, expansion_add: buildWidth, expansion_search: 64, multi: false },
  });
  const started = performance.now();
  const step = 10_000;
  for (let from = 0; from < count; from += step) {
    const to = Math.min(count, from + step);
    const keys = BigUint64Array.from({ length: to - from }, (_, at) => BigInt(from + at));
    index.add(keys, rows.values.subarray(from * dimension, to * dimension), order.threads);
    if ((from / step) % 10 === 9) say(`${kind}: ${to} of ${count} in the graph`);
  }
  const buildSeconds = (performance.now() - started) / 1000;
  index.save(file);
  return { buildSeconds, bytes: statSync(file).size };
}

function graphRows(rows: Rows, probes: readonly Probe[]): AnnRow[] {
  const file = join(tmpdir(), `nightglass-ann-${process.pid}`);
  const out: AnnRow[] = [];
  try {
    for (const graph of order.graphs) {
      const built = build(rows, graph, file);
      for (const width of order.widths) {
        const index = new Index({
          ...{
            dimensions: dimension,
            metric: MetricKind.IP,
            quantization: graph.kind as ScalarKind,
          },
          ...{
            connectivity: graph.links,
            expansion_add: graph.buildWidth,
            expansion_search: width,
          },
          multi: false,
        });
        index.load(file);
        const reranked = 32;
        const outcome = timed(probes, (part) => {
          const matches = index.search([...part], reranked, 1);
          return part.map((query, at) => rerank(rows, query, matches.get(at).keys));
        });
        const way = `graph ${graph.kind}, ${graph.links} links, built ${graph.buildWidth}, searched ${width}`;
        out.push(row(way, reranked, { ...outcome, ...built, probes }));
      }
    }
  } finally {
    rmSync(file, { force: true });
  }
  return out;
}

async function measure(): Promise<AnnResult> {
  const { rows, probes } = draw();
  say(`${count} templates drawn`);
  const exact = timed(probes, exactSearch(rows, 0, count));
  for (const [at, best] of exact.found.entries()) (probes[at] as Probe).exact = best;
  const out = [row('exact', 0, { ...exact, probes, bytes: 0, buildSeconds: 0 })];
  let shardedMs = 0;
  {
    await using sharded = await ShardedSearch.open(rows, order.threads);
    const part = probes.slice(0, batch).map(({ vector }) => vector);
    await sharded.search(part);
    const started = performance.now();
    const rounds = 10;
    for (let round = 0; round < rounds; round += 1) {
      const found = await sharded.search(part);
      if (found.some(({ row: best }, at) => best !== probes[at]?.exact.row)) {
        throw new Error('Shards and the whole find different templates');
      }
    }
    shardedMs = (performance.now() - started) / (rounds * batch);
  }
  out.push(scanOfBytes(rows, probes), ...graphRows(rows, probes));
  const best = probes.filter(({ isMate }) => !isMate).map(({ exact: { score } }) => score);
  best.sort((a, b) => a - b);
  return {
    ...{ templates: count, dimension, strangers: order.strangers, mates: order.strangers / 2 },
    bestStranger: best[best.length >> 1] ?? 0,
    rows: out,
    sharded: { threads: order.threads, perProbeMs: shardedMs },
  };
}

process.stdout.write(JSON.stringify(await measure()));
