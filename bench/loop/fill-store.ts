/*
 * Fills a data folder as months of operation would: alerts of several cameras and lists, a third of
 * them with sightings, most of them reviewed, with pictures, events and audit records.
 *
 *   node bench/loop/fill-store.ts ORDER     (JSON, see FillOrder)
 *
 * Prints what it made as JSON. Everything goes through the product's own services.
 */

import { createHash } from 'node:crypto';
import type { Alert, AlertEvidence } from '../../src/domain/alert.ts';
import { dayMs } from '../../src/domain/bounds.ts';
import { noClip } from '../../src/domain/clip.ts';
import type { Role } from '../../src/domain/principal.ts';
import { createTokenStore } from '../../src/services/access/tokens.ts';
import { createAlertIds } from '../../src/services/alerts/alert-id.ts';
import { SqliteAlertStore } from '../../src/services/alerts/alert-store.ts';
import { WatchlistStore } from '../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../src/store/audit-log.ts';
import { createStore } from '../../src/store/create-store.ts';
import { random } from '../random-numbers.ts';

export interface FillOrder {
  readonly folder: string;
  readonly alerts: number;
  /** People on each list, with an image each. */
  readonly people: number;
  /** Embedding space of their templates. */
  readonly model: string;
  readonly dimension: number;
}

/** What there is to ask for. */
export interface Filled {
  /** Secrets by name of the token. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Ids of alerts at the beginning, in the middle and at the end. */
  readonly first: string;
  readonly middle: string;
  readonly last: string;
  readonly personId: string;
  readonly events: number;
}

const cameras = ['gate', 'yard', 'lobby', 'side', 'garage', 'roof', 'dock', 'stairs'];
/** The second is judged by two people. */
const lists = ['one', 'two', 'other'];
const batch = 500;

const order = JSON.parse(process.argv[2] ?? '') as FillOrder;
const start = Date.now() - 25 * dayMs;
let now = start;
const next = random(20261128);
const whole = (below: number) => Math.floor(next() * below);
const store = createStore({ dataDir: order.folder });
const audit = new AuditLog({ store, now: () => now });
const watchlists = new WatchlistStore({ store, audit, now: () => now });
const policy = (id: string) => watchlists.find(id);
const alerts = new SqliteAlertStore({ store, audit, now: () => now, policy });
const newId = createAlertIds({ clock: { now: () => now } });

const people = store.write(() => lists.map(fillList));
const ids: string[] = [];
for (let from = 0; from < order.alerts; from += batch) {
  store.write(() => {
    for (let at = from; at < Math.min(from + batch, order.alerts); at += 1) {
      now = start + Math.floor((at * 24.9 * dayMs) / order.alerts);
      ids.push(fillAlert(at));
    }
  });
}
now = Date.now();
const tokens = store.write(fillTokens);
const events = Number(store.prepare('SELECT count(*) AS n FROM alert_events').get()?.['n']);
store.close();
const filled: Filled = {
  tokens,
  first: ids[0] ?? '',
  middle: ids[ids.length >> 1] ?? '',
  last: ids.at(-1) ?? '',
  personId: people[0]?.[0]?.id ?? '',
  events,
};
process.stdout.write(`${JSON.stringify(filled)}\n`);

function fillList(id: string, at: number) {
  const grounds = { purpose: 'p', legalBasis: 'l', authorisation: 'a', owner: 'o' };
  const rest = { cameras: '*', retentionDays: 30, twoPersonReview: id === 'two' } as const;
  watchlists.create({ name: id, ...grounds, ...rest }, undefined, id);
  return Array.from({ length: order.people }, (_, number) => {
    const person = watchlists.addPerson(id, { name: `Person ${at}-${number}` });
    const embedding = Float32Array.from({ length: order.dimension }, () => next() - 0.5);
    const norm = Math.hypot(...embedding);
    const image = picture(3000);
    watchlists.addTemplate({
      personId: person.id,
      model: order.model,
      embedding: embedding.map((value) => value / norm),
      quality: 70,
      sourceSha256: createHash('sha256').update(image).digest('hex'),
      flags: [],
      landmarks: [
        { x: 38, y: 52 },
        { x: 74, y: 52 },
        { x: 56, y: 72 },
        { x: 42, y: 92 },
        { x: 71, y: 92 },
      ],
      image,
    });
    return person;
  });
}

function fillAlert(at: number): string {
  const list = whole(10) < 6 ? 0 : whole(10) < 6 ? 1 : 2;
  const own = people[list] ?? [];
  const person = own[whole(own.length)];
  const watchlistId = lists[list] ?? 'one';
  const alert = newAlert(watchlistId, person?.id ?? '', person?.name ?? '', at);
  alerts.insert(alert, pictures());
  for (let n = at % 3 === 0 ? 1 + whole(4) : 0; n > 0; n -= 1) {
    now += 1000;
    const { scores, threshold, meanGate, quality, interEyeDistance, place } = alert;
    alerts.sight(
      alert.id,
      {
        ...{ scores, threshold, meanGate, quality, interEyeDistance, place },
        ...{ capturedAt: now, lastSeenAt: now, keyframes: 1, isEnhanced: true },
        clip: noClip,
        ...{ cameraId: cameras[whole(8)] ?? 'gate', trackId: `${alert.trackId}-${n}` },
      },
      null,
    );
  }
  review(alert.id, watchlistId, whole(100));
  return alert.id;
}

function review(id: string, watchlistId: string, share: number): void {
  if (share < 30) return;
  const by = (reviewer: string, action: 'acknowledge' | 'confirm' | 'dismiss') =>
    alerts.review(id, { action, reviewer, reason: action === 'dismiss' ? 'somebody else' : '' });
  by('operator', 'acknowledge');
  if (share < 40) return;
  const action = share < 75 ? 'confirm' : 'dismiss';
  by('reviewer', action);
  if (watchlistId === 'two' && share < 90) by('reviewer2', action);
}

function newAlert(watchlistId: string, personId: string, personName: string, at: number): Alert {
  const fused = 0.45 + next() * 0.4;
  const names = ['Sharpness', 'InterEyeDistance', 'UnderExposurePrevention', 'DynamicRange'];
  return {
    id: newId(),
    state: 'new',
    revision: 0,
    watchlistId,
    watchlistName: watchlistId,
    personId,
    personName,
    templateId: `template-${personId}`,
    cameraId: cameras[at % cameras.length] ?? 'gate',
    trackId: `track-${at}`,
    ...{ capturedAt: now - 80, createdAt: now, updatedAt: now, lastSeenAt: now },
    ...{ still: null, sightings: [], place: { x: 0.4, y: 0.2, width: 0.1, height: 0.15 } },
    scores: { raw: fused - 0.03, enhanced: fused - 0.01, fused },
    ...{ threshold: 0.45, fpir: 0.001, gallerySize: order.people, meanGate: 0.4 },
    ...{ quality: next() * 100, interEyeDistance: 10 + whole(60), keyframes: 3 },
    components: names.map((name) => ({
      name: name as Alert['components'][number]['name'],
      ...{ value: 57, raw: 0.6, unit: 'crispness', ok: true },
    })),
    best: ['best-1', 'best-2'],
    clip: noClip,
    models: ['detect', 'embed', 'embed-enhanced', 'fuse', 'denoise', 'superresolve'].map(
      (task) => ({
        name: `${task}@0.2.0`,
        task: task as Alert['models'][number]['task'],
        sha256: createHash('sha256').update(task).digest('hex'),
      }),
    ),
    configHash: 'c0ffee',
    stored: true,
  };
}

function fillTokens(): Record<string, string> {
  const made = createTokenStore({ store, audit, now: () => now });
  const roles: Role[] = ['viewer', 'operator', 'reviewer', 'admin'];
  const limited = { cameras: ['gate'], watchlists: ['one'] };
  return Object.fromEntries([
    ...roles.map((role) => [role, made.create({ name: role, role }).secret]),
    ['limited', made.create({ name: 'limited', role: 'operator', ...limited }).secret],
  ]);
}

function pictures(): AlertEvidence {
  const [frame, face, enhanced, enrolled] = [600, 300, 300, 200].map(picture);
  return {
    frame: frame as Uint8Array<ArrayBuffer>,
    face: face as Uint8Array<ArrayBuffer>,
    enhanced: enhanced ?? null,
    enrolled: enrolled ?? null,
    best: [picture(250), picture(260)],
  };
}

/** So many bytes and up to as many more: no two alerts hold the same picture. */
function picture(bytes: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(bytes + whole(bytes));
  for (let at = 0; at < 16; at += 1) all[at] = whole(256);
  return all;
}
