import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { expand, readDashboards } from '../../../scripts/monitoring/dashboards.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: { readonly severity?: string };
  readonly annotations?: { readonly summary?: string };
}

const rulesOf = (file: string): Rule[] =>
  (parse(read(`config/prometheus/${file}`)) as { groups: { rules: Rule[] }[] }).groups.flatMap(
    ({ rules }) => rules,
  );
const recording = rulesOf('recording.yml');
const alerting = rulesOf('alerts.yml');
const dashboards = readDashboards();
const queries = dashboards.flatMap(({ panels }) =>
  panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
);

describe('monitoring files', () => {
  it('use only metrics that exist, and recorded ones that are recorded', () => {
    const metrics = createMetrics({ ledger: new FrameLedger(), version: '0' });
    const known = new Map(metrics.facts().map((metric) => [metric.name, metric]));
    metrics.close();
    const recorded = new Set(recording.map(({ record }) => record));
    const expressions = [...queries, ...[...recording, ...alerting].map(({ expr }) => expr)];
    assert.ok(expressions.length > 100);
    for (const expression of expressions) {
      for (const [name] of expression.matchAll(/\b(nightglass|nodejs|process)_[a-z0-9_]+/g)) {
        const part = name.replace(/_(bucket|sum|count)$/, '');
        const whole = known.get(name) ?? (part === name ? undefined : known.get(part));
        assert.ok(whole, `${name} in ${expression}`);
        assert.equal(
          whole.kind === 'histogram',
          part !== name && whole.name === part,
          `${name} is asked as what it is in ${expression}`,
        );
      }
      for (const [name] of expression.matchAll(/\bnightglass:[a-z0-9_:]+/g)) {
        assert.ok(recorded.has(name), `${name} in ${expression}`);
      }
    }
  });

  it('give every alert a severity and a sentence', () => {
    for (const { alert, labels, annotations } of alerting) {
      assert.match(labels?.severity ?? '', /^(critical|warning|info)$/, alert);
      assert.ok((annotations?.summary ?? '').length > 20, alert);
    }
  });

  it('are told in docs/monitoring.md: each alert with its severity, each dashboard with its picture', () => {
    const text = read('docs/monitoring.md');
    const told = [...text.matchAll(/^\| \[`(Nightglass\w+)`\]\(\S+\) \| ([a-z, ]+) \|/gm)].map(
      ([, name, severity]) => `${name} ${severity}`,
    );
    const bySeverity = new Map<string, string[]>();
    for (const { alert = '', labels } of alerting) {
      bySeverity.set(alert, [...(bySeverity.get(alert) ?? []), labels?.severity ?? '']);
    }
    assert.deepEqual(
      told,
      [...bySeverity].map(([name, severities]) => `${name} ${severities.join(', ')}`),
    );
    for (const { name, title } of dashboards) {
      assert.ok(text.includes(`![${title}](grafana/${name}.svg)`), name);
      assert.match(read(`docs/grafana/${name}.svg`), /^<svg /);
    }
  });

  it('lay panels out without an overlap, each with its own id', () => {
    for (const { name, panels, templating } of dashboards) {
      assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length, name);
      const taken = new Set<string>();
      for (const { title, gridPos } of panels) {
        const { x, y, w, h } = gridPos;
        assert.ok(x >= 0 && x + w <= 24, title);
        for (let column = x; column < x + w; column += 1) {
          for (let row = y; row < y + h; row += 1) {
            assert.ok(!taken.has(`${column} ${row}`), `${name}: ${title} overlaps`);
            taken.add(`${column} ${row}`);
          }
        }
      }
      const values = Object.fromEntries(templating.list.map((one) => [one.name, 'x']));
      for (const { targets = [] } of panels) {
        for (const { expr } of targets) {
          assert.doesNotMatch(expand(expr, { values, scrapeInterval: 15, range: 60 }), /\$/);
        }
      }
    }
  });

  it('give Grafana a data source and the folder of the dashboards', () => {
    const { datasources } = parse(
      read('config/grafana/provisioning/datasources/nightglass.yaml'),
    ) as { datasources: { type: string; url: string }[] };
    assert.equal(datasources[0]?.type, 'prometheus');
    const { providers } = parse(read('config/grafana/provisioning/dashboards/nightglass.yaml')) as {
      providers: { type: string; options: { path: string } }[];
    };
    assert.equal(providers[0]?.type, 'file');
    const uids = dashboards.map(({ uid }) => uid);
    assert.equal(new Set(uids).size, 5);
    for (const { templating } of dashboards) {
      assert.ok(templating.list.some(({ name, type }) => name === 'datasource' && type === name));
    }
  });
});
