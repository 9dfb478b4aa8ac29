import type { z } from 'zod';
import type { Alert } from '../../domain/alert.ts';
import { federationBounds } from '../../domain/bounds.ts';
import type { Clock } from '../../domain/clock.ts';
import { isNightglassError, NightglassError } from '../../domain/errors.ts';
import type { AlertKind, AlertsOnTheWay, FederationRefusal } from '../../domain/federation.ts';
import type { Log } from '../../domain/log.ts';
import { type SiteAlert, type SitePictureKind, toSiteAlert } from '../../domain/site-alert.ts';
import { type CentreAlert, CentreAlertTable } from '../../store/centre-alert-table.ts';
import type { Store } from '../../store/store.ts';
import type { SqliteAlertStore } from '../alerts/alert-store.ts';
import { othersFirst } from '../in-turns.ts';
import { alertAnswers } from './alert-messages.ts';
import type { CentreAlerts } from './centre-alerts.ts';
import { type OutgoingPictures, outgoingPictures, pictureBytes } from './outgoing-pictures.ts';

type Answer<K extends AlertKind> = z.output<(typeof alertAnswers)[K]>;

export interface AlertUplinkOptions {
  readonly store: Store;
  readonly alerts: Pick<SqliteAlertStore, 'find' | 'evidence' | 'awaitsTwoPeople'>;
  readonly waiting: Pick<CentreAlerts, 'onWaiting'>;
  /** Whether a list is the site's own. */
  readonly isOwnList: (watchlistId: string) => boolean;
  /** Whether pictures go there too. */
  readonly pictures: boolean;
  /**
   * Asks the centre.
   * @throws NightglassError `FEDERATION_UNREACHABLE`, `FEDERATION_REFUSED`
   */
  readonly ask: (kind: AlertKind, body: unknown) => Promise<unknown>;
  /** What the centre said since its start; undefined before, and of one that takes no alerts. */
  readonly session: () => string | undefined;
  readonly refused: (reason: FederationRefusal) => void;
  /** An alert was deleted here before the centre had it. */
  readonly lost: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Alerts that were refused and wait; beyond it all wait. */
const mostRefused = 1_000;

/**
 * The site's side: tells the centre of alerts, first what they are, the oldest first, then their
 * pictures, those of the newest first. What the centre has is noted here, so nothing is lost with
 * the line, however long it is cut.
 */
export class AlertUplink {
  readonly #options: AlertUplinkOptions;
  readonly #table: CentreAlertTable;
  /** Until when alerts that were refused wait, monotonic milliseconds. */
  readonly #refused = new Map<string, number>();
  readonly #stop: () => void;
  #outgoing: OutgoingPictures | undefined;
  #goneAfter = 0;
  /** The start of the centre that was asked what it has. */
  #compared: string | undefined;
  #lost = 0;
  #fault: string | null = null;
  #closed = false;
  #woken = false;
  /** Whether the last round failed: then new alerts hurry nothing. */
  #failing = false;
  #wake: (() => void) | undefined;
  #running: Promise<void> | undefined;

  constructor(options: AlertUplinkOptions) {
    this.#options = options;
    this.#table = new CentreAlertTable(options.store);
    this.#stop = options.waiting.onWaiting(() => {
      this.#woken = true;
      if (!this.#failing) this.#wake?.();
    });
  }

  state(): AlertsOnTheWay {
    const none = { waiting: 0, oldestAt: null };
    const waiting = this.#options.store.readOr(() => this.#table.waiting(), none);
    return { ...waiting, lost: this.#lost, fault: this.#fault };
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stop();
    this.#wake?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      let pause: number = federationBounds.pollMs;
      try {
        this.#woken = false;
        await this.#sayGone();
        await this.#compare();
        while (!this.#closed && (await this.#step()));
        this.#failing = false;
      } catch (error) {
        pause = federationBounds.retryMs;
        this.#failing = true;
        this.#failed(error);
      }
      if (!this.#closed) await this.#pause(pause);
    }
  }

  /** One question. @returns whether there is more to do at once */
  async #step(): Promise<boolean> {
    const { clock } = this.#options;
    if (this.#options.session() === undefined) return false;
    for (const [id, until] of this.#refused) {
      if (until <= clock.monotonic()) this.#refused.delete(id);
    }
    if (this.#refused.size >= mostRefused) return false;
    await othersFirst();
    let next = this.#table.untold(0);
    while (next !== undefined && this.#refused.has(next.alertId)) {
      next = this.#table.untold(next.number);
    }
    if (next !== undefined) return this.#orSkip(next, (alert) => this.#tell(alert));
    next = this.#table.unpictured(Number.MAX_SAFE_INTEGER);
    while (next !== undefined && this.#refused.has(next.alertId)) {
      next = this.#table.unpictured(next.number);
    }
    return next !== undefined && this.#orSkip(next, (alert) => this.#sendPictures(alert));
  }

  /** One alert that is refused leaves the others as they are. */
  async #orSkip(
    alert: CentreAlert,
    work: (alert: CentreAlert) => Promise<boolean>,
  ): Promise<boolean> {
    try {
      const more = await work(alert);
      this.#fault = null;
      return more;
    } catch (error) {
      const isOurs = isNightglassError(error, 'FEDERATION_REFUSED', 'NOT_FOUND');
      if (!isOurs) throw error;
      const { clock, log } = this.#options;
      this.#refused.set(alert.alertId, clock.monotonic() + federationBounds.refusedMs);
      this.#fault = error.message;
      log.warn({ err: error, alertId: alert.alertId }, 'The centre does not take an alert');
      return true;
    }
  }

  async #tell(row: CentreAlert): Promise<boolean> {
    const { alerts, isOwnList, store } = this.#options;
    const found = alerts.find(row.alertId);
    if (found === undefined) return this.#sayGone();
    const { alert, reviews } = found;
    const blind = alerts.awaitsTwoPeople(alert);
    const told = toSiteAlert(alert, reviews, { blind, ownList: isOwnList(alert.watchlistId) });
    const answer = await this.#ask('alert', { version: row.version, alert: small(told) });
    if (answer.stale) return false;
    store.write(() => this.#table.told(row));
    return true;
  }

  /** One question about an alert's pictures. */
  async #sendPictures(row: CentreAlert): Promise<boolean> {
    const { alerts } = this.#options;
    const found = alerts.find(row.alertId);
    if (found === undefined) return this.#sayGone();
    const before = this.#outgoing;
    const isSame = before?.alert === row.alertId && before.version === row.version;
    const [picture] = before?.wanted ?? [];
    if (!isSame || picture === undefined) {
      return this.#announce(row, found.alert, isSame ? before.refused : []);
    }
    const jpeg = pictureBytes(alerts, row.alertId, picture, before);
    if (jpeg === null) {
      // It is another one by now: what there is is announced again.
      this.#outgoing = undefined;
      return true;
    }
    const { offset } = before;
    const data = Buffer.from(jpeg.subarray(offset, offset + federationBounds.pieceBytes));
    const body = { alert: row.alertId, picture, offset, data: data.toString('base64') };
    const { busy, next, refused, stale } = await this.#ask('piece', body);
    if (stale || busy) {
      this.#outgoing = undefined;
      return false;
    }
    if (next !== null) {
      this.#outgoing = { ...before, offset: next };
      return true;
    }
    const wanted = before.wanted.slice(1);
    const beside = refused ? [...before.refused, picture.kind] : before.refused;
    this.#outgoing = { ...before, wanted, refused: beside, offset: 0, jpeg: undefined };
    return true;
  }

  /** Says which pictures there are. Where the centre lacks none they are all there. */
  async #announce(
    row: CentreAlert,
    alert: Alert,
    refused: readonly SitePictureKind[],
  ): Promise<boolean> {
    const { alerts, pictures, store } = this.#options;
    this.#outgoing = undefined;
    const announced = pictures ? await outgoingPictures(alerts, alert) : [];
    const body = { alert: row.alertId, version: row.version, pictures: announced };
    const { lacks, stale } = await this.#ask('pictures', body);
    if (stale) return false;
    const wanted = announced.filter(({ kind }) => lacks.includes(kind) && !refused.includes(kind));
    if (wanted.length === 0) store.write(() => this.#table.pictured(row));
    else {
      this.#outgoing = { alert: row.alertId, version: row.version, wanted, refused, offset: 0 };
    }
    return true;
  }

  /** After each start of the centre: whether it has what it had. */
  async #compare(): Promise<void> {
    const { session, store } = this.#options;
    const now = session();
    if (now === undefined || now === this.#compared) return;
    for (let after = 0; !this.#closed; ) {
      const rows = this.#table.complete(after, federationBounds.have);
      const last = rows.at(-1);
      if (last === undefined) break;
      const alerts = rows.map(({ alertId, version }) => ({ id: alertId, version }));
      const { lacks, stale } = await this.#ask('have', { alerts });
      if (stale) return;
      if (lacks.length > 0) store.write(() => this.#table.lacked(lacks));
      after = last.number;
    }
    this.#compared = now;
  }

  /** Says which alerts are gone, of some that are looked at. @returns whether some were */
  async #sayGone(): Promise<boolean> {
    const { lost, store } = this.#options;
    if (this.#options.session() === undefined) return false;
    const { gone, next } = this.#table.gone(this.#goneAfter);
    for (let at = 0; at < gone.length; at += federationBounds.gone) {
      const some = gone.slice(at, at + federationBounds.gone);
      const ids = some.map(({ alertId }) => alertId);
      const { stale } = await this.#ask('gone', { alerts: ids });
      if (stale) return false;
      store.write(() => this.#table.forget(ids));
      for (const { told } of some) {
        if (told > 0) continue;
        this.#lost += 1;
        lost();
      }
    }
    this.#goneAfter = next ?? 0;
    return gone.length > 0;
  }

  async #ask<K extends AlertKind>(kind: K, body: object): Promise<Answer<K>> {
    const { ask, refused, session } = this.#options;
    const parsed = alertAnswers[kind].safeParse(await ask(kind, { session: session(), ...body }));
    if (parsed.success) return parsed.data as Answer<K>;
    refused('format');
    throw new NightglassError(
      'FEDERATION_REFUSED',
      'The centre does not take it, or its answer is not in the format',
    );
  }

  #failed(error: unknown): void {
    const fault = error instanceof Error ? error.message : String(error);
    if (fault !== this.#fault) {
      this.#options.log.warn({ err: error }, 'Alerts do not reach the centre, they wait');
    }
    this.#fault = fault;
    this.#outgoing = undefined;
  }

  /** Waits, until something is to be told, or until it is closed. */
  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(ms, resolve);
    this.#wake = resolve;
    if (this.#woken && !this.#failing) resolve();
    await promise;
    cancel();
    this.#wake = undefined;
  }
}

/** Without reasons where they make it too large for one question. */
function small(alert: SiteAlert): SiteAlert {
  const room = federationBounds.alertBytes - 4_096;
  if (Buffer.byteLength(JSON.stringify(alert)) <= room) return alert;
  return { ...alert, reviews: alert.reviews.map((review) => ({ ...review, reason: '' })) };
}
