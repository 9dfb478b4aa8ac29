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
  }[];
}

export interface FederationMetrics {
  watch(levels: () => FederationLevels): void;
  refused(reason: FederationRefusal): void;
}

/** Sites and their centre; nothing where there is neither. */
export function registerFederationMetrics(registry: Registry): FederationMetrics {
  let levels: (() => FederationLevels) | undefined;
  const level = (
    name: string,
    help: string,
    labelNames: readonly string[],
    fill: (gauge: Gauge, now: FederationLevels) => void,
  ) =>
    new Gauge({
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
  };
}
