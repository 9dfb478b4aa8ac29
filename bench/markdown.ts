import type { Spread } from './samples.ts';

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

/** Milliseconds, to two figures or so. */
export function ms(value: number): string {
  return Number.isFinite(value) ? `${rounded(value)} ms` : '–';
}

/** A share of one, in percent. */
export function percent(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(1)} %` : '–';
}

/** A number to two figures or so. */
export function rounded(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value.toFixed(Math.abs(value) < 10 ? 1 : 0);
}

/** `28 ms (27–30)`: the median of several runs and the least and greatest of them. */
export function withSpread(
  { median, low, high, n }: Spread,
  show: (value: number) => string,
): string {
  if (n < 2) return show(median);
  const bare = (value: number) => show(value).replace(/ .*$/, '');
  return `${show(median)} (${bare(low)}–${bare(high)})`;
}

/** `rate 20, busy 1`, or `none`. */
export function counts(by: Readonly<Record<string, number>>): string {
  const some = Object.entries(by).filter(([, count]) => count > 0);
  return some.length === 0
    ? 'none'
    : some.map(([name, count]) => `${name} ${Math.round(count)}`).join(', ');
}

/** `1 camera`, `4 cameras`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
