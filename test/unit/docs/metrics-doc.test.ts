import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { metricsReference } from '../../../src/telemetry/metrics-reference.ts';

it('docs/metrics.md is what the code registers', () => {
  const metrics = createMetrics({ ledger: new FrameLedger(), version: '0' });
  const expected = metricsReference(metrics.facts());
  metrics.close();
  const written = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
  assert.equal(written, expected, 'run: node scripts/write-metrics-reference.ts');
});
