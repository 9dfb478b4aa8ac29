import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { parse } from 'yaml';
import { FrameLedger } from '../../../src/frame/ledger.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';

const read = (path: string) =>
  readFileSync(new URL(`../../../config/${path}`, import.meta.url), 'utf8');

it('Grafana panels and Prometheus rules use only metrics that exist', async () => {
  const metrics = createMetrics({ ledger: new FrameLedger(), version: '0' });
  const text = await metrics.text();
  metrics.close();
  const known = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  const panels = JSON.parse(read('grafana/nightglass.json')).panels as {
    targets: { expr: string }[];
  }[];
  const rules = parse(read('prometheus/nightglass.yml')).groups[0].rules as { expr: string }[];
  const expressions = [...panels.flatMap((panel) => panel.targets), ...rules].map(
    ({ expr }) => expr,
  );
  assert.ok(expressions.length > 20);
  for (const expression of expressions) {
    for (const [name] of expression.matchAll(/\b(nightglass|nodejs|process)_[a-z0-9_]+/g)) {
      assert.ok(
        known.has(name.replace(/_(bucket|sum|count)$/, '')) || known.has(name),
        `${name} in ${expression}`,
      );
    }
  }
});
