import { metricLabels } from '../../../src/telemetry/metric-labels.ts';

const line = /^([a-zA-Z_:][\w:]*)\{(.*)\} /;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Where an exposition breaks the law of labels; empty when it does not. */
export function breachesOf(exposition: string): string[] {
  const breaches = new Set<string>();
  const seen = new Map<string, Set<string>>();
  for (const row of exposition.split('\n')) {
    const match = row.startsWith('#') ? null : line.exec(row);
    if (match === null) continue;
    const [, name = '', inner = ''] = match;
    for (const [, key = '', value = ''] of inner.matchAll(label)) {
      if (key === 'le') continue;
      const rule = metricLabels[key];
      if (rule === undefined) breaches.add(`${name}: no rule for the label ${key}`);
      else if (rule.values?.includes(value) === false) breaches.add(`${name}: ${key}="${value}"`);
      const values = seen.get(`${name} ${key}`) ?? new Set();
      seen.set(`${name} ${key}`, values.add(value));
    }
  }
  for (const [where, values] of seen) {
    const [name = '', key = ''] = where.split(' ');
    const rule = metricLabels[key];
    if (rule !== undefined && values.size > rule.atMost) {
      breaches.add(`${name}: ${values.size} values of ${key}`);
    }
  }
  return [...breaches];
}
