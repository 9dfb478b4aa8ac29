import { Counter, Gauge, type Registry } from 'prom-client';

/** Watchlists and the alerts that they wait on, asked at each scrape. */
export interface WatchlistSource {
  readonly lists: readonly {
    readonly id: string;
    /** Wall milliseconds; null never. */
    readonly expiresAt: number | null;
    readonly inForce: boolean;
    readonly people: number;
    /** Enrolled images of the recogniser in use, and of others: those match nobody. */
    readonly usableTemplates: number;
    readonly outdatedTemplates: number;
  }[];
  readonly openAlerts: readonly {
    readonly watchlistId: string;
    readonly state: string;
    readonly count: number;
    /** Creation of the oldest, wall milliseconds. */
    readonly oldest: number;
  }[];
  /** Templates of other models that wait to be made again, and that could not be. */
  readonly templatesPending: number;
  readonly templatesFailed: number;
  /** Alerts that could not be written: held in memory, and fallen out of it. */
  readonly unstored: { readonly waiting: number; readonly lost: number };
}

/** States of an alert without a verdict; a closed set, it is a metric's label. */
export const openStates = ['new', 'acknowledged', 'escalated'] as const;

type Source = () => WatchlistSource | undefined;

/** Watchlists, as they stand at each scrape. */
export function registerWatchlistMetrics(registry: Registry, source: Source): void {
  const registers = [registry];
  registerLists(registers, source);
  registerTemplates(registers, source);
  registerOpenAlerts(registers, source);
  registerUnstoredAlerts(registers, source);
}

function registerLists(registers: Registry[], source: Source): void {
  new Gauge({
    name: 'nightglass_watchlist_expiry_timestamp_seconds',
    help: 'When the watchlist expires and is purged; no series for one that does not',
    labelNames: ['watchlist'],
    registers,
    collect() {
      this.reset();
      for (const { id, expiresAt } of source()?.lists ?? []) {
        if (expiresAt !== null) this.set({ watchlist: id }, expiresAt / 1000);
      }
    },
  });
  new Gauge({
    name: 'nightglass_watchlist_in_force',
    help: '1 while the watchlist may match, 0 while it waits for review and once it has expired',
    labelNames: ['watchlist'],
    registers,
    collect() {
      this.reset();
      for (const { id, inForce } of source()?.lists ?? []) {
        this.set({ watchlist: id }, inForce ? 1 : 0);
      }
    },
  });
  new Gauge({
    name: 'nightglass_watchlist_people',
    help: 'People enrolled',
    labelNames: ['watchlist'],
    registers,
    collect() {
      this.reset();
      for (const { id, people } of source()?.lists ?? []) this.set({ watchlist: id }, people);
    },
  });
}

function registerTemplates(registers: Registry[], source: Source): void {
  new Gauge({
    name: 'nightglass_watchlist_templates',
    help: 'Enrolled images; usable="no": made with another recognition model, they match nobody',
    labelNames: ['watchlist', 'usable'],
    registers,
    collect() {
      this.reset();
      for (const { id, usableTemplates, outdatedTemplates } of source()?.lists ?? []) {
        this.set({ watchlist: id, usable: 'yes' }, usableTemplates);
        this.set({ watchlist: id, usable: 'no' }, outdatedTemplates);
      }
    },
  });
  new Gauge({
    name: 'nightglass_templates_pending',
    help: 'Enrolled images of other models that wait to be made again for the models in use',
    registers,
    collect() {
      this.set(source()?.templatesPending ?? 0);
    },
  });
  new Gauge({
    name: 'nightglass_templates_failed',
    help: 'Enrolled images that could not be made again: their people need a picture again',
    registers,
    collect() {
      this.set(source()?.templatesFailed ?? 0);
    },
  });
}

function registerOpenAlerts(registers: Registry[], source: Source): void {
  new Gauge({
    name: 'nightglass_alerts_open',
    help: 'Stored alerts without a verdict (counted every 15 s)',
    labelNames: ['watchlist', 'state'],
    registers,
    collect() {
      this.reset();
      const { lists = [], openAlerts = [] } = source() ?? {};
      for (const { id } of lists) {
        for (const state of openStates) this.set({ watchlist: id, state }, 0);
      }
      for (const { watchlistId, state, count } of openAlerts) {
        this.set({ watchlist: watchlistId, state }, count);
      }
    },
  });
  new Gauge({
    name: 'nightglass_alert_open_oldest_timestamp_seconds',
    help: 'Creation of the alert that has waited longest for a verdict; no series when none waits',
    labelNames: ['watchlist'],
    registers,
    collect() {
      this.reset();
      const oldest = new Map<string, number>();
      for (const { watchlistId, oldest: at } of source()?.openAlerts ?? []) {
        oldest.set(watchlistId, Math.min(at, oldest.get(watchlistId) ?? at));
      }
      for (const [watchlist, at] of oldest) this.set({ watchlist }, at / 1000);
    },
  });
}

function registerUnstoredAlerts(registers: Registry[], source: Source): void {
  new Gauge({
    name: 'nightglass_alerts_unstored',
    help: 'Alerts held in memory because the data folder cannot be written',
    registers,
    collect() {
      this.set(source()?.unstored.waiting ?? 0);
    },
  });
  new Counter({
    name: 'nightglass_alerts_lost_total',
    help: 'Alerts that could never be written and fell out of memory',
    registers,
    collect() {
      this.reset();
      this.inc(source()?.unstored.lost ?? 0);
    },
  });
}
