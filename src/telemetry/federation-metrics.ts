import { Counter, Gauge, type Registry } from 'prom-client';
import { type FederationRefusal, federationRefusals } from '../domain/federation.ts';

/** What is asked at each scrape. */
export interface FederationLevels {
  readonly connected: boolean;
  /** At a centre. */
  readonly sites: readonly {
    readonly site: string;
    readonly up: boolean;
    readonly behind: number;
    /** Alerts that it has not told all of; null where it does not say. */
    readonly waiting: number | null;
  }[];
  /** At a site. */
  readonly alerts?: {
    readonly waiting: number;
    readonly oldestAt: number | null;
    readonly now: number;
  };
}

export interface FederationMetrics {
  watch(levels: () => FederationLevels): void;
  refused(reason: FederationRefusal): void;
  /** At a centre: alerts of a site are counted from now on, from 0. */
  expect(site: string): void;
  /** At a centre: an alert of a site came. */
  received(site: string): void;
  /** At a site: an alert was deleted before the centre had it. */
  lost(): void;
}

type Level = (
  name: string,
  help: string,
  labelNames: readonly string[],
  fill: (gauge: Gauge, now: FederationLevels) => void,
) => void;

/** Sites and their centre; nothing where there is neither. */
export function registerFederationMetrics(registry: Registry): FederationMetrics {
  let levels: (() => FederationLevels) | undefined;
  const level: Level = (name, help, labelNames, fill) =>
    void new Gauge({
      ...{ name, help, labelNames, registers: [registry] },
      collect() {
        this.reset();
        const now = levels?.();
        if (now !== undefined) fill(this as Gauge, now);
      },
    });
  level(
    'nightglass_federation_connected',
    '1 while the NATS server between site and centre is reached, 0 while it is not',
    [],
    (gauge, { connected }) => gauge.set(connected ? 1 : 0),
  );
  level(
    'nightglass_federation_site_up',
    'At the centre: 1 while a site is heard, 0 while it is not',
    ['site'],
    (gauge, { sites }) => {
      for (const { site, up } of sites) gauge.set({ site }, up ? 1 : 0);
    },
  );
  level(
    'nightglass_federation_site_lists_behind',
    'At the centre: lists that a site does not have as they are here',
    ['site'],
    (gauge, { sites }) => {
      for (const { site, behind } of sites) gauge.set({ site }, behind);
    },
  );
  watchAlerts(level);
  const { lost, received } = alertCounters(registry);
  const refused = new Counter({
    name: 'nightglass_federation_refused_total',
    help: 'Messages that were not believed, and lists that could not be taken',
    labelNames: ['refusal'],
    registers: [registry],
  });
  return {
    watch(next) {
      levels = next;
      for (const refusal of federationRefusals) refused.inc({ refusal }, 0);
    },
    refused: (refusal) => refused.inc({ refusal }),
    expect: (site) => received.inc({ site }, 0),
    received: (site) => received.inc({ site }),
    lost: () => lost.inc(),
  };
}

/** Alerts on their way. */
function watchAlerts(level: Level): void {
  level(
    'nightglass_federation_site_alerts_waiting',
    'At the centre: alerts that a site says are not all here',
    ['site'],
    (gauge, { sites }) => {
      for (const { site, waiting } of sites) if (waiting !== null) gauge.set({ site }, waiting);
    },
  );
  level(
    'nightglass_federation_alerts_waiting',
    'At a site: alerts that are not all at the centre',
    [],
    (gauge, { alerts }) => alerts && gauge.set(alerts.waiting),
  );
  level(
    'nightglass_federation_alerts_oldest_seconds',
    'At a site: age of the oldest alert that is not all at the centre, 0 for none',
    [],
    (gauge, { alerts }) => {
      if (alerts === undefined) return;
      const { now, oldestAt } = alerts;
      gauge.set(oldestAt === null ? 0 : Math.max(0, now - oldestAt) / 1000);
    },
  );
}

function alertCounters(registry: Registry) {
  const received = new Counter({
    name: 'nightglass_federation_alerts_received_total',
    help: 'At the centre: alerts of sites that came, each once',
    labelNames: ['site'],
    registers: [registry],
  });
  const lost = new Counter({
    name: 'nightglass_federation_alerts_lost_total',
    help: 'At a site: alerts that were deleted before the centre had them',
    registers: [registry],
  });
  return { received, lost };
}
