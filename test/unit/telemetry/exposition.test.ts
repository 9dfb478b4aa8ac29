import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { exposition } from '../../../src/telemetry/exposition.ts';

describe('exposition', () => {
  it('writes what prom-client writes', async () => {
    const registers = [new Registry()];
    const [registry] = registers as [Registry];
    new Counter({ name: 'a_total', help: 'of a', labelNames: ['x', 'y'], registers }).inc(
      { x: 'one', y: 'a "b" \\ c\nd' },
      2,
    );
    new Gauge({ name: 'b', help: 'line\nbreak \\', registers }).set(1.5);
    new Gauge({ name: 'c', help: 'empty', labelNames: ['x'], registers });
    new Gauge({
      name: 'd',
      help: 'collected',
      labelNames: ['x'],
      registers,
      collect() {
        this.set({ x: 'late' }, 7);
      },
    });
    const histogram = new Histogram({ name: 'e', help: 'h', labelNames: ['x'], registers });
    histogram.observe({ x: 'one' }, 0.3);
    assert.equal(await exposition(registry), await registry.metrics());
  });
});
