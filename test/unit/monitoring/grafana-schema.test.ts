import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { grafanaTypes } from '../../support/monitoring/type-breaches.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'config', 'grafana', 'dashboards');

interface Stored {
  readonly panels: readonly {
    readonly type: string;
    readonly title: string;
    readonly options?: unknown;
    readonly targets?: readonly unknown[];
  }[];
}

describe('dashboards, by the types of Grafana’s foundation SDK', () => {
  const types = grafanaTypes();
  const dashboard = types.type('Dashboard');
  const query = types.type('Query');
  assert.ok(dashboard && query);

  for (const name of readdirSync(folder)) {
    const stored = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Stored;

    it(`${name} has nothing that Grafana does not know, and no value of another kind`, () => {
      // Queries are of any data source to it: they are checked as those of Prometheus.
      assert.deepEqual(types.breaches(stored, dashboard, name, ['targets']), []);
      for (const { type, title, options, targets = [] } of stored.panels) {
        for (const target of targets) {
          assert.deepEqual(types.breaches(target, query, `${name} "${title}"`), []);
        }
        // A row has a title alone.
        if (type === 'row') continue;
        const known = types.type('PanelOptions', type);
        assert.ok(known !== undefined, `${title}: ${type} is a kind of panel`);
        if (options !== undefined) {
          assert.deepEqual(types.breaches(options, known, `${name} "${title}".options`), []);
        }
      }
    });

    it(`${name} would be refused with a misspelt key or a value of another kind`, () => {
      const wrong = [
        { ...stored, pannels: [] },
        { ...stored, editable: 'yes' },
        { ...stored, panels: stored.panels.map((panel) => ({ ...panel, gridPos: { x: '0' } })) },
        { ...stored, panels: [{ ...stored.panels[0], titel: '' }] },
      ];
      for (const one of wrong) {
        assert.notDeepEqual(types.breaches(one, dashboard, name, ['targets']), []);
      }
    });
  }
});
