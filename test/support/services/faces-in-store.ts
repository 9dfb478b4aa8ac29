import { mulberry32 } from '../../../demo/media/random.ts';
import type { Template } from '../../../src/domain/watchlist.ts';
import { SqliteAlertStore } from '../../../src/services/alerts/alert-store.ts';
import { WatchlistStore } from '../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import type { Store } from '../../../src/store/store.ts';
import { alertId, makeAlert } from '../store/alert-fixture.ts';
import { listInput, templateFor } from './watchlist-fixture.ts';

/** What shows or describes faces, as it was put into a store. */
export interface FacesInStore {
  readonly lists: WatchlistStore;
  readonly alerts: SqliteAlertStore;
  readonly audit: AuditLog;
  readonly listId: string;
  readonly templates: readonly {
    readonly id: string;
    readonly personId: string;
    readonly embedding: Float32Array;
    readonly landmarks: Template['landmarks'];
    readonly image: Uint8Array;
  }[];
  readonly pictures: readonly {
    readonly alertId: string;
    readonly kind: 'frame' | 'face' | 'enrolled';
    readonly jpeg: Uint8Array;
  }[];
}

/** Head of a JPEG file as encoders write it. */
export const jpegHead = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46, 0x49, 0x46);

/** Opens what services need of a store. */
export function servicesOn(store: Store, now: () => number) {
  const audit = new AuditLog({ store, now });
  const lists = new WatchlistStore({ store, audit, now });
  const alerts = new SqliteAlertStore({ store, audit, now, policy: (id) => lists.find(id) });
  return { audit, lists, alerts };
}

/** Puts people with pictures and alerts with evidence into a store. */
export function putFaces(
  store: Store,
  now: () => number,
  people = 8,
  alertCount = 4,
): FacesInStore {
  const random = mulberry32(11);
  const jpeg = (bytes: number) => {
    const noise = Uint8Array.from({ length: bytes }, () => random() * 256);
    noise.set(jpegHead);
    return noise;
  };
  const { audit, lists, alerts } = servicesOn(store, now);
  const list = lists.create(listInput());
  const templates = Array.from({ length: people }, (_, n) => {
    const person = lists.addPerson(list.id, { name: `Person ${n}` });
    const embedding = Float32Array.from({ length: 128 }, () => random() * 2 - 1);
    const landmarks = Array.from({ length: 5 }, () => ({
      x: random() * 1000,
      y: random() * 1000,
    })) as unknown as Template['landmarks'];
    const image = jpeg(3000 + Math.floor(random() * 6000));
    const poorView = { embedding: embedding.map((value) => value / 3), recipe: 'r' };
    const template = templateFor(person.id, embedding, { image, landmarks, poorView });
    const { id } = lists.addTemplate(template);
    return { id, personId: person.id, embedding, landmarks, image };
  });
  const pictures = Array.from({ length: alertCount }, (_, n) => {
    const evidence = { frame: jpeg(20_000), face: jpeg(2500), enrolled: jpeg(2600) };
    const all = { ...evidence, enhanced: null, best: [jpeg(1500)] };
    alerts.insert(makeAlert(n + 1, { watchlistId: list.id, createdAt: now() }), all);
    return (['frame', 'face', 'enrolled'] as const).map((kind) => ({
      alertId: alertId(n + 1),
      kind,
      jpeg: evidence[kind],
    }));
  }).flat();
  return { lists, alerts, audit, listId: list.id, templates, pictures };
}
