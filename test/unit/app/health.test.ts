import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { type HealthSources, healthReport } from '../../../src/app/health.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';

const well: HealthSources = {
  inference: { ok: true, models: [], disabled: [], workers: [], queues: [] },
  store: { mode: 'disk', durable: true, since: 0 },
  clockHold: undefined,
  anchorFault: undefined,
  backupFault: undefined,
  unstored: { waiting: 0, lost: 0 },
  outdatedLists: [],
  unreviewedLists: [],
  cameraProblems: new Map(),
  receiverProblems: [],
  footageProblems: [],
  armingProblems: [],
  clusterProblems: [],
  cameras: { list: () => [] },
  ledger: new FrameLedger(),
  faults: { faultOf: () => null },
  tls: undefined,
  idle: [],
  now: 0,
  uptimeSeconds: 1,
  closing: false,
};

describe('health report', () => {
  it('is ok and ready when nothing is wrong', () => {
    const { status, ready, problems } = healthReport(well);
    assert.deepEqual({ status, ready, problems }, { status: 'ok', ready: true, problems: [] });
  });

  it('tells which model runs on the CPU in part', () => {
    const model = {
      model: 'm',
      task: 'embed',
      provider: 'webgpu',
      precision: 'fp16',
      sha256: '',
      partly: true,
    } as const;
    const { providers } = healthReport({
      ...well,
      inference: { ...well.inference, models: [model] },
    });
    assert.equal(providers[0]?.partly, true);
  });

  it('is loud about a list that other weights have made blind', () => {
    const { status, problems } = healthReport({ ...well, outdatedLists: ['barred'] });
    assert.equal(status, 'degraded');
    assert.match(problems[0]?.message ?? '', /barred matches nobody/);
  });

  it('names each list that waits for its review, in the words of the alert', () => {
    const { status, problems } = healthReport({ ...well, unreviewedLists: ['barred', 'vip'] });
    assert.equal(status, 'degraded');
    assert.deepEqual(
      problems,
      ['barred', 'vip'].map((id) => ({
        ...{ watchlistId: id, code: 'REVIEW_PENDING' },
        message: `Watchlist ${id} waits for its review and matches nobody.`,
      })),
    );
    const rules = readFileSync('config/prometheus/alerts.yml', 'utf8');
    assert.ok(
      rules.includes("'Watchlist {{ $labels.watchlist }} waits for its review and matches nobody'"),
    );
  });

  it('is loud about a search of footage that does not go on', () => {
    const problem = { code: 'FOOTAGE_STALLED', message: 'The search of footage 7 waits.' };
    const { status, problems } = healthReport({ ...well, footageProblems: [problem] });
    assert.deepEqual([status, problems], ['degraded', [problem]]);
  });

  it('says what of a valid configuration cannot work', () => {
    const idle = [{ key: 'cameras', message: 'no camera is enabled: nothing is analysed' }];
    const { status, problems } = healthReport({ ...well, idle });
    assert.equal(status, 'degraded');
    assert.deepEqual(problems, [
      { code: 'CONFIG_IDLE', message: 'cameras: no camera is enabled: nothing is analysed.' },
    ]);
  });

  it('says when the certificate ends, and what is wrong with its files', () => {
    const tls = {
      expiresAt: 20 * 86_400_000,
      minVersion: '1.2',
      clientCertificates: 'none',
    } as const;
    const fine = healthReport({ ...well, tls });
    assert.deepEqual([fine.status, fine.tls], ['ok', tls]);
    const codes = (more: Partial<HealthSources>) =>
      healthReport({ ...well, tls, ...more }).problems.map(({ code }) => code);
    assert.deepEqual(codes({ now: 7 * 86_400_000 }), ['TLS_EXPIRING']);
    assert.deepEqual(codes({ tls: { ...tls, fault: 'Cannot speak TLS' } }), ['TLS_INVALID']);
  });
});
