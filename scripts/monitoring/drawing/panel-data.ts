import type { Panel } from '../dashboards.ts';
import type { Answer } from '../panel-answers.ts';

/** A line of a chart: its name and its samples, [seconds, value]. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

/** What an answer's series are called: the panel's own words, with labels put in. */
export function legendOf(format: string, labels: Readonly<Record<string, string>>): string {
  if (format !== '') return format.replaceAll(/\{\{(\w+)\}\}/g, (_, label) => labels[label] ?? '');
  const own = Object.entries(labels).filter(
    ([name]) => !['__name__', 'job', 'instance'].includes(name),
  );
  return own.map(([name, value]) => `${name}=${value}`).join(', ');
}

/** All lines of a panel's answers, sorted by name within a query. */
export function linesOf(answers: readonly Answer[]): Line[] {
  return answers.flatMap(({ target, series }) =>
    series
      .map(({ metric, values = [] }) => ({
        name: legendOf(target.legendFormat, metric),
        points: values.map(([at, value]) => [at, Number(value)] as const),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
}

/** The present values of a panel's answers. */
export function valuesOf(
  answers: readonly Answer[],
): { readonly name: string; readonly value: number }[] {
  return answers.flatMap(({ target, series }) =>
    series
      .map(({ metric, value }) => ({
        name: legendOf(target.legendFormat, metric),
        value: Number(value?.[1] ?? Number.NaN),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
}

/** The words and colour that a panel has for a value. */
export function looksOf(panel: Panel, value: number): { words?: string; colour?: string } {
  const { mappings = [], thresholds } = panel.fieldConfig?.defaults ?? {};
  const mapped = mappings
    .map(({ options }) => options[String(value)])
    .find((one) => one !== undefined);
  const step = thresholds?.steps.findLast((one) => one.value === null || value >= one.value);
  const colour = mapped?.color ?? step?.color;
  return {
    ...(mapped === undefined ? {} : { words: mapped.text }),
    ...(colour === undefined ? {} : { colour }),
  };
}
