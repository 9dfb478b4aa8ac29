import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { auditEntry } from '../../domain/audit-entry.ts';
import type { Clock } from '../../domain/clock.ts';
import type { AlertKind, FederationRefusal } from '../../domain/federation.ts';
import { cameLate, type SiteAlert, type SiteAlertChange } from '../../domain/site-alert.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { SiteAlertPlace } from '../../store/erase-from-site-alerts.ts';
import { SiteAlertTable } from '../../store/site-alert-table.ts';
import type { Store } from '../../store/store.ts';
import type { WatchlistStore } from '../watchlists/watchlist-store.ts';
import { type alertAnswers, alertQuestions } from './alert-messages.ts';
import type { AskedQuestion } from './list-source.ts';
import { PictureParts } from './picture-parts.ts';
import { isNewer } from './rising-seals.ts';

type Question<K extends AlertKind> = z.output<(typeof alertQuestions)[K]>;
type Answer<K extends AlertKind> = z.output<(typeof alertAnswers)[K]>;

export interface SiteAlertsOptions {
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly watchlists: Pick<WatchlistStore, 'find' | 'findPerson'>;
  readonly clock: Clock;
  readonly refused: (site: string, reason: FederationRefusal) => void;
  /** An alert came that was not here; after the commit. */
  readonly received: (site: string) => void;
  /** Something changed, for who looks at it live; after the commit. */
  readonly changed: (change: SiteAlertChange) => void;
}

/**
 * The centre's side: takes what sites tell of their alerts, each alert of a site once. The site owns
 * it; what is deleted there is deleted here.
 */
export class SiteAlerts {
  /** Of this start: what was told to an earlier one, and is sent again, is not taken. */
  readonly session = randomBytes(16).toString('hex');
  readonly #options: SiteAlertsOptions;
  readonly #table: SiteAlertTable;
  readonly #parts: PictureParts;
  readonly #seals = new Map<string, AskedQuestion['seal']>();
  readonly #late = new Map<string, number>();

  constructor(options: SiteAlertsOptions) {
    this.#options = options;
    this.#table = new SiteAlertTable(options.store);
    this.#parts = new PictureParts(options.clock);
  }

  /** How many alerts of a site came late since the start. */
  late(site: string): number {
    return this.#late.get(site) ?? 0;
  }

  /**
   * Takes what a site tells, and answers.
   * @returns undefined for what gets no answer
   * @throws NightglassError `STORE_UNWRITABLE`
   */
  answer({ body, kind, seal, site }: AskedQuestion & { readonly kind: AlertKind }): unknown {
    const parsed = alertQuestions[kind].safeParse(body);
    if (!parsed.success) {
      // It is the site's: an answer that says nothing lets it go on with other alerts.
      this.#options.refused(site, 'format');
      return {};
    }
    if (parsed.data.session !== this.session) return { stale: true, ...nothing };
    if (!isNewer(seal, this.#seals.get(site))) {
      this.#options.refused(site, 'replayed');
      return undefined;
    }
    this.#seals.set(site, seal);
    if (kind === 'alert') return this.#alert(site, parsed.data as Question<'alert'>);
    if (kind === 'pictures') return this.#pictures(site, parsed.data as Question<'pictures'>);
    if (kind === 'piece') return this.#piece(site, parsed.data as Question<'piece'>);
    if (kind === 'gone') return this.#gone(site, (parsed.data as Question<'gone'>).alerts);
    const { alerts } = parsed.data as Question<'have'>;
    const complete = this.#table.complete(site, alerts);
    const lacks = alerts.map(({ id }) => id).filter((id) => !complete.has(id));
    return { stale: false, lacks };
  }

  #alert(site: string, { alert: told, version }: Question<'alert'>): Answer<'alert'> {
    const { audit, clock, received, store } = this.#options;
    store.write(() => {
      if (this.#table.wasPurged(site, told.id)) return;
      const at = clock.now();
      const isKnown = this.#isKnownPerson(told);
      const alert = isKnown ? told : { ...told, personName: '' };
      const isNew = this.#table.put(site, alert, version, at);
      if (!isKnown) this.#table.deletePicture(site, told.id, 'enrolled');
      this.#tell(isNew ? 'received' : 'changed', site, told.id);
      if (!isNew) return;
      const { cameraId, createdAt, id, watchlistId } = alert;
      const late = cameLate(createdAt, at);
      const detail = { site, watchlist: watchlistId, camera: cameraId, raisedAt: createdAt, late };
      audit.record(auditEntry({ name: `site ${site}` }, 'federation.alert_received', id, detail));
      store.afterCommit(() => {
        if (late) this.#late.set(site, this.late(site) + 1);
        received(site);
      });
    });
    return { stale: false };
  }

  #pictures(site: string, { alert, pictures, version }: Question<'pictures'>): Answer<'pictures'> {
    const { store } = this.#options;
    return store.write(() => {
      const present = this.#table.find(site, alert);
      if (present === undefined) return { stale: false, lacks: [] };
      const here = this.#table.pictures(site, alert);
      const there = new Set(pictures.map(({ kind }) => kind));
      const left = [...here.keys()].filter((kind) => !there.has(kind));
      for (const kind of left) this.#table.deletePicture(site, alert, kind);
      if (left.length > 0) this.#tell('changed', site, alert);
      const lacks = pictures
        .filter(({ kind, sha256 }) => here.get(kind) !== sha256)
        .filter(({ kind }) => kind !== 'enrolled' || this.#isKnownPerson(present))
        .map(({ kind }) => kind);
      if (lacks.length === 0) this.#table.pictured(site, alert, version);
      return { stale: false, lacks };
    });
  }

  #piece(site: string, { alert, data, offset, picture }: Question<'piece'>): Answer<'piece'> {
    const { refused, store } = this.#options;
    const answer = (next: number | null, { busy = false, isWrong = false } = {}) => ({
      ...{ stale: false, next, busy },
      refused: isWrong,
    });
    const isHere = this.#table.find(site, alert) !== undefined;
    if (!isHere) return answer(null);
    const piece = { alert, picture, offset, data: Buffer.from(data, 'base64') };
    const part = this.#parts.take(site, piece);
    if (part.state === 'busy') return answer(0, { busy: true });
    if (part.state === 'more') return answer(part.next);
    if (part.state === 'wrong') {
      refused(site, 'format');
      return answer(null, { isWrong: true });
    }
    const { kind, sha256 } = picture;
    store.write(() => {
      const present = this.#table.find(site, alert);
      if (present === undefined) return;
      if (kind === 'enrolled' && !this.#isKnownPerson(present)) return;
      this.#table.putPicture(site, alert, kind, { jpeg: part.jpeg, sha256 });
      this.#tell('pictured', site, alert, kind);
    });
    return answer(null);
  }

  #gone(site: string, alerts: readonly string[]): Answer<'gone'> {
    const { audit, store } = this.#options;
    store.write(() => {
      const gone = alerts.filter((id) => {
        this.#table.forgetPurged(site, id);
        this.#tell('gone', site, id);
        return this.#table.delete(site, id);
      });
      if (gone.length === 0) return;
      const entry = auditEntry({ name: `site ${site}` }, 'federation.alerts_deleted', site, {
        alerts: gone,
      });
      audit.record(entry);
    });
    // What was deleted shall not wait in the journal.
    store.compact();
    return { stale: false };
  }

  /** Says of alerts that changed here, by no word of their site, how they are now. */
  erased(alerts: readonly SiteAlertPlace[]): void {
    const { changed, clock, store } = this.#options;
    for (const { alertId, site } of alerts) {
      const alert = store.readOr(() => this.#table.find(site, alertId), undefined);
      if (alert === undefined) continue;
      changed({ change: 'changed', alert, at: clock.now(), picture: null });
    }
  }

  /** Says what came of an alert, as it is now, once that is committed. Within {@link Store.write}. */
  #tell(
    change: SiteAlertChange['change'],
    site: string,
    id: string,
    picture: SiteAlertChange['picture'] = null,
  ): void {
    const alert = this.#table.find(site, id);
    if (alert === undefined) return;
    const { changed, clock, store } = this.#options;
    const at = clock.now();
    store.afterCommit(() => changed({ change, alert, at, picture }));
  }

  /** Whom this centre has deleted is known by no name here, whatever a site that lags says. */
  #isKnownPerson({ ownList, personId, personName, watchlistId }: SiteAlert): boolean {
    const { watchlists } = this.#options;
    if (personName === '') return false;
    if (ownList && watchlists.find(watchlistId) === undefined) return true;
    return watchlists.findPerson(personId)?.watchlistId === watchlistId;
  }
}

const nothing = { lacks: [], next: 0, busy: false, refused: false };
