import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { expand, readDashboards } from '../../../scripts/monitoring/dashboards.ts';
import { axisMarks, timeMarks } from '../../../scripts/monitoring/drawing/chart-scale.ts';
import { drawDashboard } from '../../../scripts/monitoring/drawing/draw-dashboard.ts';
import { formatValue } from '../../../scripts/monitoring/drawing/format-value.ts';
import { hasData, settings } from '../../../scripts/monitoring/panel-answers.ts';
import type { Prometheus, Series } from '../../../scripts/monitoring/prometheus-process.ts';

const target = { refId: 'A', expr: 'x', legendFormat: '' };
const answer = (series: readonly Series[]) => ({ target, expression: 'x', series });

describe('panels asked as Grafana asks them', () => {
  it('have their variables put in, and fail for one that nobody sets', () => {
    const given = { values: { camera: 'lobby' }, scrapeInterval: 15, range: 3600 };
    assert.equal(
      expand('rate(a{camera=~"$camera"}[$__rate_interval]) + increase(a[$__range])', given),
      'rate(a{camera=~"lobby"}[60s]) + increase(a[3600s])',
    );
    assert.throws(() => expand('a{x="$other"}', given), /Cannot expand \$other/);
  });

  it('count as answered only by a number', () => {
    assert.equal(hasData(answer([])), false);
    assert.equal(hasData(answer([{ metric: {}, value: [1, 'NaN'] }])), false);
    assert.equal(hasData(answer([{ metric: {}, value: [1, '0'] }])), true);
    assert.equal(
      hasData(
        answer([
          {
            metric: {},
            values: [
              [1, 'NaN'],
              [2, '3'],
            ],
          },
        ]),
      ),
      true,
    );
  });

  it('are asked for each value of a variable of one, for all of one of several', () => {
    const named = (name: string) => {
      const found = readDashboards().find((dashboard) => dashboard.name === name);
      assert.ok(found);
      return found;
    };
    const known = { camera: ['a', 'b'], watchlist: ['w'] };
    assert.deepEqual(settings(named('camera'), known), [{ camera: 'a' }, { camera: 'b' }]);
    assert.deepEqual(settings(named('watchlists'), known), [{ watchlist: '.*' }]);
    assert.deepEqual(settings(named('inference'), known), [{}]);
  });
});

describe('pictures of panels', () => {
  it('show numbers in their unit', () => {
    const shown: [number, string, string][] = [
      [0.0005, 's', '500 µs'],
      [0.0425, 's', '42.5 ms'],
      [1.5, 's', '1.5 s'],
      [600, 's', '10 min'],
      [622_080, 's', '7.2 days'],
      [1_572_864, 'bytes', '1.5 MiB'],
      [0.651, 'percentunit', '65.1 %'],
      [-0.0001, 'short', '0'],
      [Number.NaN, 'short', '–'],
    ];
    for (const [value, unit, words] of shown) assert.equal(formatValue(value, unit), words);
  });

  it('have round axes that hold all values', () => {
    assert.deepEqual(axisMarks(0, 4), [0, 1, 2, 3, 4]);
    assert.deepEqual(axisMarks(0, 0), [0, 0.25, 0.5, 0.75, 1]);
    assert.deepEqual(
      axisMarks(0, 3 * 1024 ** 2, 'bytes'),
      [0, 1, 2, 3].map((n) => n * 1024 ** 2),
    );
    assert.deepEqual(timeMarks(3600 * 10, 3600 * 10 + 300, 6)[1], { at: 36_060, label: '10:01' });
  });

  it('say so where there is no data, and hold the words of whoever named a camera', async () => {
    const empty: Prometheus = {
      address: '',
      get: () => Promise.reject(new Error('not asked')),
      query: async () => [],
      queryRange: async () => [{ metric: { camera: '<a & b>' }, values: [[0, '1']] }],
      [Symbol.asyncDispose]: async () => undefined,
    };
    for (const dashboard of readDashboards()) {
      const [values = {}] = settings(dashboard, { camera: ['<a>'], watchlist: ['w'] });
      const shown = { start: 0, end: 60, scrapeInterval: 15, values };
      const svg = await drawDashboard(dashboard, empty, shown);
      assert.match(svg, /^<svg .+<\/svg>\n$/s);
      assert.ok(svg.includes('No data'), dashboard.name);
      assert.ok(!svg.includes('<a'), dashboard.name);
      assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
    }
  });
});
