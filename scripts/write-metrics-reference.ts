/*
 * Writes docs/metrics.md from the metrics as the code registers them:
 *
 *   node scripts/write-metrics-reference.ts
 */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FrameLedger } from '../src/domain/frame/ledger.ts';
import { createMetrics } from '../src/telemetry/metrics.ts';
import { metricsReference } from '../src/telemetry/metrics-reference.ts';

const metrics = createMetrics({ ledger: new FrameLedger(), version: '0' });
const file = fileURLToPath(new URL('../docs/metrics.md', import.meta.url));
writeFileSync(file, metricsReference(metrics.facts()));
metrics.close();
process.stdout.write(`Written to ${file}\n`);
