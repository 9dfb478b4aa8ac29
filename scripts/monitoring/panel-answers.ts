import { type Dashboard, expand, type Panel, type Target } from './dashboards.ts';
import type { Prometheus, Series } from './prometheus-process.ts';

/** The query of a panel and what Prometheus says to it. */
export interface Answer {
  readonly target: Target;
  /** As it was sent. */
  readonly expression: string;
  readonly series: readonly Series[];
}

/** The time shown, seconds since the epoch, and what stands for the dashboard's variables. */
export interface Shown {
  readonly start: number;
  readonly end: number;
  readonly scrapeInterval: number;
  readonly values: Readonly<Record<string, string>>;
}

/** Asks all queries of a panel as Grafana would. */
export async function askPanel(
  panel: Panel,
  prometheus: Prometheus,
  shown: Shown,
): Promise<readonly Answer[]> {
  const { start, end, scrapeInterval, values } = shown;
  const answers: Answer[] = [];
  for (const target of panel.targets ?? []) {
    const expression = expand(target.expr, { values, scrapeInterval, range: end - start });
    // Grafana asks for about a point a pixel, and never oftener than there are samples.
    const step = Math.max(scrapeInterval, Math.ceil((end - start) / 300));
    const series =
      target.instant === true
        ? await prometheus.query(expression, end)
        : await prometheus.queryRange(expression, { start, end, step });
    answers.push({ target, expression, series });
  }
  return answers;
}

/** True when a query gave at least one number. */
export function hasData({ series }: Answer): boolean {
  return series.some(({ value, values = [] }) =>
    [...values, ...(value ? [value] : [])].some(([, text]) => Number.isFinite(Number(text))),
  );
}

/**
 * All ways to set a dashboard's variables that its panels must answer to: each
 * value of a variable of one, `.*` for one of several.
 */
export function settings(
  { templating }: Dashboard,
  known: Readonly<Record<string, readonly string[]>>,
): readonly Record<string, string>[] {
  let all: Record<string, string>[] = [{}];
  for (const { name, type, includeAll } of templating.list) {
    if (type !== 'query') continue;
    const choices = includeAll === true ? ['.*'] : known[name];
    if (choices === undefined) throw new RangeError(`Cannot set $${name}: no values are known`);
    all = all.flatMap((one) => choices.map((value) => ({ ...one, [name]: value })));
  }
  return all;
}
