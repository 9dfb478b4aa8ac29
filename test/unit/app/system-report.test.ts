import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openModelCards } from '../../../src/app/model-cards.ts';
import { shippedManifest } from '../../../src/app/shipped-files.ts';
import { alertLatency, systemReport } from '../../../src/app/system-report.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { systemSchema } from '../../../src/gateway/schemas/system.ts';
import { RecentLatencies } from '../../../src/telemetry/recent-latencies.ts';

describe('system report', () => {
  it('tells of the models that run, with what their manifest says', async () => {
    const cards = await openModelCards(shippedManifest);
    const ledger = new FrameLedger();
    ledger.drop('gate', 'busy');
    const latencies = new RecentLatencies({ monotonic: () => 0 });
    latencies.observe('detect', 0.02);
    latencies.observe(alertLatency, 0.2);
    const placed = (model: string) => ({
      model,
      task: 'detect' as const,
      provider: 'cpu' as const,
      precision: 'fp32' as const,
      sha256: 'ab',
      partly: false,
    });
    const report = systemReport({
      templates: undefined,
      nodes: [],
      inference: {
        ok: true,
        models: [placed('nightglass-detect'), placed('unknown')],
        disabled: [],
        workers: [],
        queues: [],
      },
      cards,
      latencies,
      ledger,
      store: { mode: 'disk', durable: true, since: 0 },
      encrypted: true,
      disk: undefined,
      uptimeSeconds: 3,
    });
    systemSchema.parse({ ...report, version: '0', clients: 0 });
    const [detect, unknown] = report.models;
    assert.match(detect?.licence ?? '', /Apache-2\.0/);
    assert.deepEqual([detect?.card, unknown?.card], [true, false]);
    assert.deepEqual(
      report.stages.map(({ stage, count }) => [stage, count]),
      [['detect', 1]],
    );
    assert.equal(report.alertLatency?.count, 1);
    assert.deepEqual(report.drops, [{ cameraId: 'gate', reason: 'busy', count: 1 }]);
    assert.match((await cards.card('nightglass-detect')) ?? '', /^# /);
    assert.equal(await cards.card('../../package.json'), undefined);
  });
});
