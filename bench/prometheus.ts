/** One reading of a Prometheus exposition: values by series. */
export interface Scrape {
  readonly series: readonly Series[];
}

interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A histogram between two readings. */
export interface Distribution {
  readonly count: number;
  readonly sum: number;
  /** Cumulative counts by upper bound, rising; the last bound is infinite. */
  readonly buckets: readonly { readonly upTo: number; readonly count: number }[];
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Reads the Prometheus text format. */
export function parseScrape(text: string): Scrape {
  const series: Series[] = [];
  for (const row of text.split('\n')) {
    const match = row.startsWith('#') ? null : line.exec(row);
    if (match === null) continue;
    const [, name = '', inner = '', value = ''] = match;
    const labels: Record<string, string> = {};
    for (const [, key = '', text = ''] of inner.matchAll(label)) labels[key] = text;
    series.push({
      name,
      labels,
      value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value),
    });
  }
  return { series };
}

/** Sum of all series of a name whose labels include those given. */
export function total(scrape: Scrape, name: string, labels: Record<string, string> = {}): number {
  return matching(scrape, name, labels).reduce((sum, { value }) => sum + value, 0);
}

/** Growth of a counter between two readings. */
export function growth(
  before: Scrape,
  after: Scrape,
  name: string,
  labels: Record<string, string> = {},
): number {
  return total(after, name, labels) - total(before, name, labels);
}

/** Values of a label that a metric has. */
export function labelValues(
  scrape: Scrape,
  name: string,
  key: string,
  where: Record<string, string> = {},
): string[] {
  const values = matching(scrape, name, where).map(({ labels }) => labels[key] ?? '');
  return [...new Set(values)];
}

/** What a histogram took in between two readings. */
export function distribution(
  before: Scrape,
  after: Scrape,
  name: string,
  labels: Record<string, string> = {},
): Distribution {
  const bounds = labelValues(after, `${name}_bucket`, 'le');
  return {
    count: growth(before, after, `${name}_count`, labels),
    sum: growth(before, after, `${name}_sum`, labels),
    buckets: bounds
      .map((le) => ({
        upTo: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le),
        count: growth(before, after, `${name}_bucket`, { ...labels, le }),
      }))
      .sort((a, b) => a.upTo - b.upTo),
  };
}

/** A quantile estimated as Prometheus does it: linear within the bucket. NaN without values. */
export function quantile({ count, buckets }: Distribution, share: number): number {
  if (count === 0) return Number.NaN;
  const rank = share * count;
  let below = { upTo: 0, count: 0 };
  for (const bucket of buckets) {
    if (bucket.count >= rank) {
      if (bucket.upTo === Number.POSITIVE_INFINITY) return below.upTo;
      const within = bucket.count - below.count;
      const part = within === 0 ? 1 : (rank - below.count) / within;
      return below.upTo + (bucket.upTo - below.upTo) * part;
    }
    below = bucket;
  }
  return below.upTo;
}

function matching(scrape: Scrape, name: string, labels: Record<string, string>): Series[] {
  const wanted = Object.entries(labels);
  return scrape.series.filter(
    (series) =>
      series.name === name && wanted.every(([key, value]) => series.labels[key] === value),
  );
}
