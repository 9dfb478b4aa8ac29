/*
 * What encryption at rest costs, against the same store without.
 *
 *   node bench/benches/encryption-process.ts ORDER     (JSON, see bench-encryption.ts)
 *
 * Prints what it measured as JSON.
 */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Alert, AlertEvidence } from '../../src/domain/alert.ts';
import { SqliteAlertStore } from '../../src/services/alerts/alert-store.ts';
import { WatchlistGallery } from '../../src/services/search/gallery.ts';
import { WatchlistStore } from '../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../src/store/audit-log.ts';
import { createStore } from '../../src/store/create-store.ts';
import { makeKey, StoreKeys } from '../../src/store/encryption/store-keys.ts';
import { largeStep, Reencryption, smallStep } from '../../src/store/reencrypt.ts';
import type { Store } from '../../src/store/store.ts';
import { TemplateTable } from '../../src/store/template-table.ts';
import { random } from '../random-numbers.ts';
import { spread } from '../samples.ts';
import {
  dimension,
  type EncryptionFigures,
  type EncryptionOrder,
  type EncryptionWay,
} from './bench-encryption.ts';

const order = JSON.parse(process.argv[2] ?? '') as EncryptionOrder;
const next = random(9);
const now = () => Date.now();
const [key, newKey] = [makeKey(), makeKey()];
const keys = StoreKeys.parse(key.text, 'bench');
const bothKeys = StoreKeys.parse(`${newKey.text}\n${key.text}`, 'bench');
const noise = new Uint8Array(2 ** 20).map(() => next() * 256);
/** Different each time, at no cost. */
const picture = (bytes: number): Uint8Array => {
  const from = Math.floor(next() * (noise.length - bytes));
  return noise.subarray(from, from + bytes);
};

rmSync(order.folder, { recursive: true, force: true });
const ways = { plain: fill('plain', undefined), sealed: fill('sealed', keys) };
const measured = measure();
const { rotation, step } = rotate();
rmSync(order.folder, { recursive: true, force: true });
const figures: EncryptionFigures = {
  templates: order.templates,
  alertBytes: bytesOf(evidence()),
  ...measured,
  rotation,
  smallStep: spread(step),
};
process.stdout.write(JSON.stringify(figures));

function open(name: string, of: StoreKeys | undefined): Store {
  const dataDir = join(order.folder, name);
  return createStore({ dataDir, holdsFolder: true, ...(of === undefined ? {} : { keys: of }) });
}

/** A store with its templates; their pictures are small, for they are not read. */
function fill(name: string, of: StoreKeys | undefined) {
  const store = open(name, of);
  const audit = new AuditLog({ store, now });
  const lists = new WatchlistStore({ store, audit, now });
  const list = lists.create({
    ...{ name: 'l', purpose: 'p', legalBasis: 'b', authorisation: 'a', owner: 'o', cameras: '*' },
  } as Parameters<WatchlistStore['create']>[0]);
  const table = new TemplateTable(store);
  const addPerson = "INSERT INTO people VALUES (?, ?, ?, '', 0, 0)";
  for (let at = 0; at < order.templates; at += 1000) {
    store.write(() => {
      for (let i = at; i < Math.min(at + 1000, order.templates); i += 1) {
        store.prepare(addPerson).run(`p${i}`, list.id, `P${i}`);
        table.insert(templateOf(i), `t${i}`, i);
      }
    });
  }
  store.compact();
  const alerts = new SqliteAlertStore({ store, audit, now, policy: (id) => lists.find(id) });
  return { store, lists, alerts, listId: list.id };
}

function templateOf(i: number) {
  return {
    ...{ personId: `p${i}`, model: 'm', quality: 80, sourceSha256: `${i}`, flags: [] },
    embedding: Float32Array.from({ length: dimension }, () => next() - 0.5),
    landmarks: Array.from({ length: 5 }, () => ({ x: next() * 200, y: next() * 200 })),
    image: picture(600),
  } as unknown as Parameters<TemplateTable['insert']>[0];
}

function evidence(): AlertEvidence {
  const [frame, face, enhanced] = [picture(200_000), picture(12_000), picture(40_000)];
  return { frame, face, enhanced, enrolled: picture(20_000), best: [picture(28_000)] };
}

function bytesOf({ frame, face, enhanced, enrolled, best }: AlertEvidence): number {
  return [frame, face, enhanced, enrolled, ...best].reduce(
    (sum, each) => sum + (each?.byteLength ?? 0),
    0,
  );
}

function alertOf(id: string, watchlistId: string): Alert {
  const at = now();
  const about = { id, watchlistId, watchlistName: 'l', personId: 'p1', personName: 'P1' };
  return {
    ...{ ...about, state: 'new', revision: 0, templateId: 't1', cameraId: 'c', trackId: id },
    ...{ capturedAt: at, createdAt: at, updatedAt: at, lastSeenAt: at, still: null },
    ...{ sightings: [], place: null, scores: { raw: 0.5, enhanced: null, fused: 0.5 } },
    ...{ threshold: 0.4, fpir: 0.01, gallerySize: 1, meanGate: 1, quality: 70, keyframes: 1 },
    ...{ interEyeDistance: 20, components: [], best: [], models: [], configHash: '', stored: true },
  } as unknown as Alert;
}

/** Both ways in turns, so that they meet the same machine. */
function measure(): { plain: EncryptionWay; sealed: EncryptionWay } {
  const names = ['plain', 'sealed'] as const;
  const times = Object.fromEntries(
    names.map((name) => [name, { alert: [], evidence: [], load: [], loadTime: [] }]),
  ) as unknown as Record<(typeof names)[number], Record<keyof EncryptionWay, number[]>>;
  for (let n = 0; n < order.alerts; n += 1) {
    for (const name of names) {
      const { alerts, listId } = ways[name];
      const id = `01J${String(n).padStart(23, '0')}`;
      const [alert, pictures] = [alertOf(id, listId), evidence()];
      times[name].alert.push(costOf(() => alerts.insert(alert, pictures)));
      times[name].evidence.push(costOf(() => alerts.evidence(id, 'frame')));
    }
  }
  for (let n = 0; n < order.loads; n += 1) {
    for (const name of names) {
      const { lists } = ways[name];
      const load = () =>
        new WatchlistGallery({ source: lists, now, calibration: () => undefined })[
          Symbol.dispose
        ]();
      times[name].loadTime.push(timeOf(() => times[name].load.push(costOf(load))));
    }
  }
  const way = (name: (typeof names)[number]): EncryptionWay => ({
    alert: spread(times[name].alert),
    evidence: spread(times[name].evidence),
    load: spread(times[name].load),
    loadTime: spread(times[name].loadTime),
  });
  return { plain: way('plain'), sealed: way('sealed') };
}

/** A new key: some steps as of a running program, the rest as the command does it. */
function rotate() {
  ways.sealed.store.close();
  const store = open('sealed', bothKeys);
  const work = new Reencryption(store);
  const step: number[] = [];
  for (let n = 0; n < 200; n += 1) step.push(costOf(() => work.step(smallStep)));
  const values = work.pending;
  const size = store
    .prepare(
      'SELECT (SELECT sum(length(image) + length(sealed)) FROM templates) + (SELECT sum(length(jpeg)) FROM alert_evidence) AS bytes',
    )
    .get();
  const ms = costOf(() => {
    while (work.step(largeStep) > 0);
    store.compact();
  });
  for (const each of [store, ways.plain.store]) each.close();
  return { rotation: { values, bytes: Number(size?.['bytes']), seconds: ms / 1000 }, step };
}

/** Milliseconds of processor time: what others do on the machine is no part of it. */
function costOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Milliseconds of wall time. */
function timeOf(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}
