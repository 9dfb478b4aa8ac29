import type { Registry } from 'prom-client';

/** What is known of a metric without any value. */
export interface MetricFacts {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram. */
  readonly buckets: readonly number[];
}

/** As prom-client 15 keeps them; its types tell only part of it. */
interface Registered {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  readonly upperBounds?: readonly number[];
  readonly type: MetricFacts['kind'];
}

/** Facts of all metrics of a registry, by name. */
export function metricFacts(registry: Registry): MetricFacts[] {
  return (registry.getMetricsAsArray() as unknown as readonly Registered[])
    .map(({ name, help, type, labelNames = [], upperBounds = [] }) => ({
      name,
      kind: type,
      help,
      labels: labelNames.filter((label) => label !== 'le'),
      buckets: [...upperBounds],
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
