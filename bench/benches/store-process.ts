/*
 * The services on SQLite and on PostgreSQL with the same content, in turns.
 *
 *   node bench/benches/store-process.ts ORDER     (JSON, see bench-store.ts)
 *
 * Prints what it measured as JSON.
 *
 * Over 300 lines: each operation, its floor and the content that both hold are one measurement.
 */

import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import type { Alert, AlertEvidence } from '../../src/domain/alert.ts';
import { dayMs } from '../../src/domain/bounds.ts';
import { noClip } from '../../src/domain/clip.ts';
import { createAlertIds } from '../../src/services/alerts/alert-id.ts';
import { SqliteAlertStore } from '../../src/services/alerts/alert-store.ts';
import { WatchlistGallery } from '../../src/services/search/gallery.ts';
import { WatchlistStore } from '../../src/services/watchlists/watchlist-store.ts';
import { alertStatistics } from '../../src/store/alert-statistics.ts';
import { AuditLog } from '../../src/store/audit-log.ts';
import { createStore } from '../../src/store/create-store.ts';
import { moveStore } from '../../src/store/move/move-store.ts';
import { openAlerts } from '../../src/store/open-alerts.ts';
import { openStore } from '../../src/store/postgres/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { TemplateTable } from '../../src/store/template-table.ts';
import { random } from '../random-numbers.ts';
import { type Summary, summarise } from '../samples.ts';
import {
  dimension,
  operations,
  type StoreFigures,
  type StoreFloor,
  type StoreOperation,
  type StoreOrder,
  type StoreTimes,
} from './bench-store.ts';

const order = JSON.parse(process.argv[2] ?? '') as StoreOrder;
const next = random(16);
const now = () => Date.now();
const newId = createAlertIds({ clock: { now } });
const noise = new Uint8Array(2 ** 20).map(() => next() * 256);
/** Different each time, at no cost. */
const picture = (bytes: number): Uint8Array<ArrayBuffer> => {
  const from = Math.floor(next() * (noise.length - bytes));
  return noise.subarray(from, from + bytes);
};
const listIds = ['small', 'large'] as const;
const batch = 1000;

type Side = 'sqlite' | 'postgres';
const sides = ['sqlite', 'postgres'] as const;

/** Of each side, the alerts that were stored while it was measured. */
const stored: Record<Side, string[]> = { sqlite: [], postgres: [] };
/** What takes long is done a few times. */
const few: ReadonlySet<StoreOperation> = new Set(['verify', 'statistics', 'small', 'large']);
const ways: Record<StoreOperation, (side: Side, round: number) => () => unknown> = {
  alert: (side, round) => {
    const [alert, pictures] = [alertOf(order.alerts + round), evidence()];
    stored[side].push(alert.id);
    return () => opened[side].alerts.insert(alert, pictures);
  },
  sighting: (side, round) => {
    const at = now();
    const { scores, threshold, meanGate, quality, interEyeDistance, place } = alertOf(0);
    const sighting = {
      ...{ scores, threshold, meanGate, quality, interEyeDistance, place, clip: noClip },
      ...{ capturedAt: at, lastSeenAt: at, keyframes: 1, isEnhanced: true },
      ...{ cameraId: 'c1', trackId: `joined-${round}` },
    };
    return () => opened[side].alerts.sight(stored[side][round] ?? '', sighting, null);
  },
  audit: (side, round) => () =>
    opened[side].audit.append({ who: 'bench', what: 'token.created', target: `t${round}` }),
  page: (side) => () => opened[side].alerts.page({ limit: 200 }),
  picture: (side, round) => () => opened[side].alerts.evidence(stored[side][round] ?? '', 'frame'),
  open: (side) => () => openAlerts(opened[side].store),
  statistics: (side) => () => inTurns(alertStatistics(opened[side].store, allAlerts())),
  retention: (side) => () => opened[side].alerts.purgeExpired(now() + 400 * dayMs, 4),
  verify: (side) => () => opened[side].audit.verifySlowly(),
  small: (side) => () => load(side, ['small']),
  large: (side) => () => load(side, ['small', 'large']),
};

rmSync(order.folder, { recursive: true, force: true });
mkdirSync(order.folder, { recursive: true });
const folders = { sqlite: join(order.folder, 'one'), postgres: join(order.folder, 'other') };
fill();
const move = moveCopy();
const opened = { sqlite: services('sqlite'), postgres: services('postgres') };
const floor = await measureFloors();
const measured = await measure();
const auditRecords = Number(
  opened.postgres.store.prepare('SELECT count(*) AS n FROM audit').get()?.['n'],
);
for (const side of sides) opened[side].store.close();
rmSync(order.folder, { recursive: true, force: true });
const figures: Omit<StoreFigures, 'server'> = {
  ...{ templates: order.templates, alerts: order.alerts, auditRecords },
  ...{ pictureBytes: bytesOf(evidence()), move, floor },
  ...measured,
};
process.stdout.write(JSON.stringify(figures));

/** Some as it is at a site; pictures of old alerts are small, for they are not read. */
function fill(): void {
  const store = createStore({ dataDir: folders.sqlite, holdsFolder: true });
  const { lists, alerts } = servicesOf(store);
  for (const [at, id] of listIds.entries()) {
    const grounds = { purpose: 'p', legalBasis: 'b', authorisation: 'a', owner: 'o' };
    lists.create({ name: id, ...grounds, cameras: '*', retentionDays: 30 }, undefined, id);
    fillList(store, id, order.templates[at] ?? 0);
  }
  for (let from = 0; from < order.alerts; from += batch) {
    store.write(() => {
      for (let n = from; n < Math.min(from + batch, order.alerts); n += 1) {
        alerts.insert(alertOf(n), { ...evidence(300), best: [] });
      }
    });
  }
  store.close();
}

function fillList(store: Store, list: string, people: number): void {
  const table = new TemplateTable(store);
  const vector = () => Float32Array.from({ length: dimension }, () => next() - 0.5);
  for (let from = 0; from < people; from += batch) {
    store.write(() => {
      for (let n = from; n < Math.min(from + batch, people); n += 1) {
        const personId = `${list}-${n}`;
        store.prepare("INSERT INTO people VALUES (?, ?, ?, '', 0, 0)").run(personId, list, `P${n}`);
        const landmarks = Array.from({ length: 5 }, () => ({ x: next() * 200, y: next() * 200 }));
        table.insert(
          {
            ...{ personId, model: 'm', quality: 80, sourceSha256: personId, flags: [] },
            ...{ embedding: vector(), poorView: { embedding: vector(), recipe: 'r' } },
            ...{ landmarks: landmarks as never, image: picture(600) },
          },
          `t-${personId}`,
          n,
        );
      }
    });
  }
}

function moveCopy(): StoreFigures['move'] {
  cpSync(folders.sqlite, folders.postgres, { recursive: true });
  const started = performance.now();
  const { rows } = moveStore({ dataDir: folders.postgres, url: order.url, now: now() });
  return {
    rows: Object.values(rows).reduce((sum, count) => sum + count, 0),
    seconds: (performance.now() - started) / 1000,
  };
}

function services(side: Side) {
  const url = side === 'postgres' ? order.url : undefined;
  return servicesOf(openStore({ dataDir: folders[side], holdsFolder: true }, url));
}

function servicesOf(store: Store) {
  const audit = new AuditLog({ store, now });
  const lists = new WatchlistStore({ store, audit, now });
  const alerts = new SqliteAlertStore({ store, audit, now, policy: (id) => lists.find(id) });
  return { store, audit, lists, alerts };
}

/** Each in turns on both, so that both meet the same machine. */
async function measure(): Promise<Pick<StoreFigures, Side>> {
  const names = Object.keys(operations) as StoreOperation[];
  const table = () => Object.fromEntries(names.map((name) => [name, { times: [], hold: 0 }]));
  type Samples = Record<StoreOperation, { times: number[]; hold: number }>;
  const samples = { sqlite: table(), postgres: table() } as unknown as Record<Side, Samples>;
  for (const name of names) {
    const rounds = few.has(name) ? order.runs : order.samples;
    for (let round = 0; round < rounds; round += 1) {
      for (const side of sides) {
        const { time, hold } = await timeOf(ways[name](side, round));
        const of = samples[side][name];
        of.times.push(time);
        of.hold = Math.max(of.hold, hold);
      }
    }
    process.stderr.write(`${name}\n`);
  }
  const figuresOf = (side: Side) =>
    Object.fromEntries(
      names.map((name): [StoreOperation, StoreTimes] => {
        const { times, hold } = samples[side][name];
        return [name, { time: summarise(times), hold }];
      }),
    ) as Record<StoreOperation, StoreTimes>;
  return { sqlite: figuresOf('sqlite'), postgres: figuresOf('postgres') };
}

function allAlerts() {
  return { from: 0, to: now() + dayMs, cameras: '*', watchlists: '*' } as const;
}

async function inTurns(steps: Generator<void, unknown>): Promise<void> {
  while (steps.next().done !== true) await new Promise((resolve) => setImmediate(resolve));
}

/** As a starting program does. */
async function load(side: Side, ids: readonly string[]): Promise<void> {
  const { lists } = opened[side];
  const gallery = await WatchlistGallery.open({
    source: {
      list: () => lists.list().filter(({ id }) => ids.includes(id)),
      find: (id) => lists.find(id),
      findPerson: (id) => lists.findPerson(id),
      templates: (personId) => lists.templates(personId),
      enrolled: (id, after, limit) => lists.enrolled(id, after, limit),
      lookAlikes: lists.lookAlikes,
      onChange: (listener) => lists.onChange(listener),
      externalVersion: () => lists.externalVersion(),
    },
    now,
    calibration: () => undefined,
  });
  gallery[Symbol.dispose]();
}

/** @returns milliseconds, and the longest pause between two turns of the event loop */
async function timeOf(work: () => unknown): Promise<{ time: number; hold: number }> {
  const started = performance.now();
  let last = started;
  let hold = 0;
  const tick = () => {
    const at = performance.now();
    hold = Math.max(hold, at - last);
    last = at;
  };
  const timer = setInterval(tick, 1);
  await work();
  const time = performance.now() - started;
  tick();
  clearInterval(timer);
  return { time, hold };
}

function alertOf(number: number): Alert {
  const at = now();
  const list = number % 2 === 0 ? 'small' : 'large';
  const people = order.templates[number % 2] ?? 1;
  const personId = `${list}-${number % people}`;
  const about = { watchlistId: list, watchlistName: list, personId, personName: 'P' };
  return {
    ...{ id: newId(), ...about, state: 'new', revision: 0, templateId: `t-${personId}` },
    ...{ cameraId: `c${number % 16}`, trackId: `track-${number}`, capturedAt: at, createdAt: at },
    ...{ updatedAt: at, lastSeenAt: at, still: null, sightings: [], clip: noClip },
    ...{ place: { x: 0.4, y: 0.2, width: 0.1, height: 0.15 }, meanGate: 0.4 },
    ...{ scores: { raw: 0.5, enhanced: 0.52, fused: 0.53 }, threshold: 0.45, fpir: 0.001 },
    ...{ gallerySize: people, quality: next() * 100, interEyeDistance: 30, keyframes: 3 },
    ...{ components: [], best: [], models: [], configHash: 'c0ffee', stored: true },
  } as unknown as Alert;
}

function evidence(largest = 200_000): AlertEvidence {
  const of = (share: number) => picture(Math.ceil(largest * share));
  return {
    ...{ frame: of(1), face: of(0.06), enhanced: of(0.2), enrolled: of(0.1), best: [of(0.14)] },
  };
}

function bytesOf({ frame, face, enhanced, enrolled, best }: AlertEvidence): number {
  const all = [frame, face, enhanced, enrolled, ...best];
  return all.reduce((sum, each) => sum + (each?.byteLength ?? 0), 0);
}

async function measureFloors(): Promise<StoreFigures['floor']> {
  const database = new DatabaseSync(join(order.folder, 'floor.db'));
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE floor (body BLOB)',
  );
  const client = new pg.Client({ connectionString: order.url });
  await client.connect();
  await client.query('CREATE TABLE floor (body BYTEA)');
  const [insertHere, selectHere] = [
    database.prepare('INSERT INTO floor VALUES (?)'),
    database.prepare('SELECT 1'),
  ];
  const insertThere = { name: 'i', text: 'INSERT INTO floor VALUES ($1)' };
  const ways: Record<Side, Record<keyof StoreFloor, () => unknown>> = {
    sqlite: {
      write: () => insertHere.run(picture(400)),
      pictures: () => insertHere.run(picture(bytesOf(evidence()))),
      read: () => selectHere.get(),
    },
    postgres: {
      write: () => client.query({ ...insertThere, values: [Buffer.from(picture(400))] }),
      pictures: () =>
        client.query({ ...insertThere, values: [Buffer.from(picture(bytesOf(evidence())))] }),
      read: () => client.query({ name: 's', text: 'SELECT 1' }),
    },
  };
  const floorOf = async (kind: keyof StoreFloor): Promise<Record<Side, Summary>> => {
    const times: Record<Side, number[]> = { sqlite: [], postgres: [] };
    for (let round = 0; round < order.samples; round += 1) {
      for (const side of sides) {
        const started = performance.now();
        await ways[side][kind]();
        times[side].push(performance.now() - started);
      }
    }
    return { sqlite: summarise(times.sqlite), postgres: summarise(times.postgres) };
  };
  const [write, pictures, read] = [
    await floorOf('write'),
    await floorOf('pictures'),
    await floorOf('read'),
  ];
  await client.query('DROP TABLE floor');
  await client.end();
  database.close();
  const of = (side: Side) => ({ write: write[side], pictures: pictures[side], read: read[side] });
  return { sqlite: of('sqlite'), postgres: of('postgres') };
}
