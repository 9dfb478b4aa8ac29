import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { distribution, growth, parseScrape, quantile, total } from '../../../bench/prometheus.ts';

const reading = (a: number, b: number, c: number) =>
  parseScrape(`# HELP t_seconds time
# TYPE t_seconds histogram
t_seconds_bucket{le="0.1",stage="detect"} ${a}
t_seconds_bucket{le="0.2",stage="detect"} ${b}
t_seconds_bucket{le="+Inf",stage="detect"} ${c}
t_seconds_sum{stage="detect"} ${c / 10}
t_seconds_count{stage="detect"} ${c}
drops_total{camera="a b",reason="busy"} ${a}
drops_total{camera="c",reason="rate"} ${b}
`);

describe('readings of the metrics', () => {
  it('sums series by their labels', () => {
    const scrape = reading(1, 2, 4);
    assert.equal(total(scrape, 'drops_total'), 3);
    assert.equal(total(scrape, 'drops_total', { reason: 'busy' }), 1);
    assert.equal(total(scrape, 'nothing'), 0);
  });

  it('takes growth between two readings', () => {
    assert.equal(growth(reading(1, 2, 4), reading(6, 9, 9), 'drops_total', { camera: 'a b' }), 5);
  });

  it('estimates quantiles of what came between, linear within a bucket', () => {
    const between = distribution(reading(10, 10, 10), reading(20, 30, 30), 't_seconds', {
      stage: 'detect',
    });
    assert.equal(between.count, 20);
    assert.equal(quantile(between, 0.25), 0.05);
    assert.equal(quantile(between, 0.5), 0.1);
    assert.ok(Math.abs(quantile(between, 0.75) - 0.15) < 1e-9);
  });

  it('says the last bound for what lies beyond it, and nothing without values', () => {
    const beyond = distribution(reading(0, 0, 0), reading(0, 0, 5), 't_seconds');
    assert.equal(quantile(beyond, 0.5), 0.2);
    assert.ok(Number.isNaN(quantile({ count: 0, sum: 0, buckets: [] }, 0.5)));
  });
});
