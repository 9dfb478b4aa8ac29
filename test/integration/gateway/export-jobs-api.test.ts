import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type ExportJob, NightglassClient } from '../../../src/client/nightglass-client.ts';
import { evidenceBounds } from '../../../src/domain/bounds.ts';
import { NightglassError } from '../../../src/domain/errors.ts';
import type { Principal } from '../../../src/domain/principal.ts';
import type { BlurWatch } from '../../../src/services/evidence/blur/face-blur.ts';
import { verifyCase } from '../../../src/services/evidence/verify-case.ts';
import { inTurns } from '../../../src/services/in-turns.ts';
import { encodeJpeg } from '../../../src/streams/jpeg-encoder.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { sampleAlert, sampleSighting } from '../../support/gateway/sample-alert.ts';
import { madeClip } from '../../support/services/clips-of.ts';

const reason = 'Police request 12/2026';
const { id } = sampleAlert(1);

/** An alert and a sighting with a clip each, and how many of them are looked through. */
async function setUp(t: TestContext) {
  const access = new FakeAccess({
    operator: { role: 'operator' },
    ann: { role: 'reviewer' },
    bob: { role: 'admin' },
  });
  const opened = await openGateway(t, { access, openOnLoopback: false });
  const { services } = opened;
  const jpeg = await encodeJpeg({ width: 32, height: 32, data: new Uint8Array(3072).fill(90) }, 92);
  for (const kind of ['frame', 'face', 'enhanced', 'enrolled']) services.pictures.set(kind, jpeg);
  services.addList('list-1');
  services.raise({ change: 'created', alert: sampleAlert(1, { clip: { state: 'pending' } }) });
  services.sight(id, sampleSighting(1, { clip: { state: 'pending' } }));
  for (const appearance of [0, 1]) {
    const place = { alertId: id, appearance };
    const bytes = new Uint8Array(90_000).fill(appearance + 1);
    const kept = await inTurns(services.clips.keep(place, madeClip(bytes)));
    assert.ok(typeof kept !== 'string');
    assert.ok(services.alertStore.setClip(place, kept));
  }
  const client = (token: string) => new NightglassClient({ address: opened.address, token });
  return { ...opened, access, client, ann: client('ann'), bob: client('bob') };
}

/** A blur that stops where the test says, as long as one takes. */
function heldBlur() {
  const waiting: (() => void)[] = [];
  const asked: BlurWatch[] = [];
  return {
    asked,
    go: () => waiting.shift()?.(),
    async clip(_mp4: Uint8Array, _seen: object | null, watch: BlurWatch = {}): Promise<null> {
      asked.push(watch);
      watch.onShare?.(0.5);
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        watch.signal?.addEventListener('abort', () => resolve());
      });
      watch.signal?.throwIfAborted();
      return null;
    },
  };
}

async function until(
  client: NightglassClient,
  jobId: string,
  holds: (progress: ExportJob['progress']) => boolean,
): Promise<ExportJob['progress']> {
  for (;;) {
    const { progress } = await client.exportJob(jobId);
    if (holds(progress)) return progress;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const isReady = ({ state }: ExportJob['progress']) => state === 'ready';

describe('an export that is watched', { timeout: 300_000 }, () => {
  it('says what is being done, and is fetched once', async (t) => {
    const { services, ann, bob } = await setUp(t);
    const blur = heldBlur();
    services.onBlurClip = blur.clip;
    const job = await ann.startExport([id], reason, true);
    assert.equal(job.progress.state, 'running');
    const first = await until(ann, job.id, (at) => at.state === 'running' && at.share > 0);
    assert.partialDeepStrictEqual(first, { step: 'clips', done: 0, total: 2, share: 0.25 });
    await assert.rejects(ann.exportedCase(job.id), { status: 409 });
    blur.go();
    const second = await until(ann, job.id, (at) => at.state === 'running' && at.done === 1);
    assert.partialDeepStrictEqual(second, { step: 'clips', done: 1, total: 2, share: 0.75 });
    assert.ok(second.state === 'running' && typeof second.secondsLeft === 'number');
    await assert.rejects(bob.exportJob(job.id), { status: 404 }, 'nobody else sees it');
    await assert.rejects(bob.exportedCase(job.id), { status: 404 });
    await assert.rejects(bob.cancelExport(job.id), { status: 404 });
    blur.go();
    const ready = await until(ann, job.id, isReady);
    const signal = AbortSignal.abort();
    await assert.rejects(ann.exportedCase(job.id, { signal }), { name: 'AbortError' });
    const file = await ann.exportedCase(job.id);
    assert.equal(file.name, `case-${ready.state === 'ready' ? ready.caseId : ''}.zip`);
    const folder = mkdtempSync(join(tmpdir(), 'nightglass-'));
    t.after(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'case.zip'), Buffer.from(await file.arrayBuffer()));
    assert.ok((await verifyCase(join(folder, 'case.zip'), await ann.evidenceKey())).ok);
    await assert.rejects(ann.exportedCase(job.id), { status: 404 });
    assert.equal(services.audit.list({ what: 'evidence.exported' }).length, 1);
  });

  it('says what it withholds, and why it failed', async (t) => {
    const { services, ann } = await setUp(t);
    services.onBlurClip = async () => {
      throw new NightglassError('STREAM_UNSUPPORTED', 'Cannot read the clip');
    };
    const job = await ann.startExport([id], reason, true);
    const ready = await until(ann, job.id, ({ state }) => state !== 'running');
    assert.partialDeepStrictEqual(ready, {
      state: 'ready',
      withheld: ['clip', 'sighting-1-clip'].map((name) => ({
        path: `alerts/${id}/${name}.mp4`,
        reason: 'undecodable',
      })),
    });
    await ann.cancelExport(job.id);
    await assert.rejects(ann.exportJob(job.id), { status: 404 });
    services.writable = false;
    const other = await ann.startExport([id], reason);
    const failed = await until(ann, other.id, ({ state }) => state !== 'running');
    assert.partialDeepStrictEqual(failed, {
      state: 'failed',
      error: { code: 'AUDIT_UNAVAILABLE' },
    });
  });

  it('is given up when the one who asked says so, and gives its place back, ready or not', async (t) => {
    const { services, ann } = await setUp(t);
    const blur = heldBlur();
    services.onBlurClip = blur.clip;
    const jobs = [await ann.startExport([id], reason, true)];
    jobs.push(await ann.startExport([id], reason, true));
    for (const job of jobs) {
      await until(ann, job.id, (at) => at.state === 'running' && at.step === 'clips');
    }
    const third = await ann.startExport([id], reason, true);
    const refused = await until(ann, third.id, ({ state }) => state !== 'running');
    assert.partialDeepStrictEqual(refused, { state: 'failed', error: { code: 'BUSY' } });
    await assert.rejects(ann.exportEvidence([id], reason), { status: 503 });
    for (const job of jobs) await ann.cancelExport(job.id);
    assert.deepEqual(
      blur.asked.map(({ signal }) => signal?.aborted),
      [true, true],
    );
    assert.equal(services.audit.list({ what: 'evidence.exported' }).length, 0, 'nothing left');
    services.onBlurClip = async () => null;
    // The places are free once those that were given up have noticed.
    for (let round = 0; round < 3; round += 1) {
      const next = await ann.startExport([id], reason, true);
      const end = await until(ann, next.id, ({ state }) => state !== 'running');
      if (end.state === 'failed') round -= 1;
      await ann.cancelExport(next.id);
    }
    await ann.exportEvidence([id], reason, true);
  });

  it('is bounded in number, for reviewers, and asks for what the export in one go does', async (t) => {
    const { services, ann, bob, client } = await setUp(t);
    await assert.rejects(client('operator').startExport([id], reason), { status: 403 });
    await assert.rejects(ann.startExport([], reason), { status: 400 });
    await assert.rejects(ann.startExport([id], 'a'), { status: 400 });
    await assert.rejects(ann.startExport([sampleAlert(7).id], reason), { status: 404 });
    await assert.rejects(ann.startExport([id], reason, false, 'shown'), { status: 403 });
    const shown = await bob.startExport([id], reason, true, 'shown');
    await until(bob, shown.id, isReady);
    services.onBlurClip = async () => {
      throw new NightglassError('INFERENCE_TIMEOUT', 'Cannot detect: no result');
    };
    const failed: string[] = [];
    for (let number = 0; number < evidenceBounds.jobs + 2; number += 1) {
      const job = await ann.startExport([id], reason, true);
      await until(ann, job.id, ({ state }) => state === 'failed');
      failed.push(job.id);
    }
    await assert.rejects(ann.exportJob(failed[0] ?? ''), { status: 404 }, 'the oldest went');
    assert.equal((await ann.exportJob(failed.at(-1) ?? '')).progress.state, 'failed');
    assert.equal((await bob.exportJob(shown.id)).progress.state, 'ready');
  });

  it('does not leave for one who may no longer have it when it is fetched', async (t) => {
    const { access, services, ann, bob } = await setUp(t);
    const blur = heldBlur();
    services.onBlurClip = blur.clip;
    const becomes = (token: string, changes: Partial<Principal>) => {
      const principal = access.tokens.get(token) ?? assert.fail(token);
      access.tokens.set(token, { ...principal, ...changes });
    };
    const held = await ann.startExport([id], reason, true);
    await until(ann, held.id, (at) => at.state === 'running' && at.share > 0);
    const shown = await bob.startExport([id], reason, true, 'shown');
    await until(bob, shown.id, isReady);
    becomes('bob', { role: 'reviewer' });
    await assert.rejects(bob.exportedCase(shown.id), { status: 403, code: 'FORBIDDEN' });
    // The sighting is of another camera.
    becomes('ann', { cameras: ['gate'] });
    blur.go();
    await until(ann, held.id, (at) => at.state === 'running' && at.done === 1);
    blur.go();
    await until(ann, held.id, isReady);
    await assert.rejects(ann.exportedCase(held.id), { status: 403, code: 'FORBIDDEN' });
    await assert.rejects(ann.startExport([id], reason), { status: 403, code: 'FORBIDDEN' });
    becomes('ann', { watchlists: ['list-2'] });
    await assert.rejects(ann.exportedCase(held.id), { status: 404 });
    becomes('ann', { cameras: '*', watchlists: '*' });
    becomes('bob', { role: 'admin' });
    for (const [client, job] of [[ann, held] as const, [bob, shown] as const]) {
      assert.match((await client.exportedCase(job.id)).name, /^case-/);
    }
  });
});
