import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { NightglassClient } from '../../../src/client/nightglass-client.ts';
import { verifyCase } from '../../../src/services/evidence/verify-case.ts';
import { inTurns } from '../../../src/services/in-turns.ts';
import { encodeJpeg } from '../../../src/streams/jpeg-encoder.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { openGateway } from '../../support/gateway/open-gateway.ts';
import { sampleAlert, sampleSighting } from '../../support/gateway/sample-alert.ts';
import { madeClip } from '../../support/services/clips-of.ts';
import { archiveOf, filesOf } from '../../support/services/exported-case.ts';

const reason = 'Police request 12/2026';
const ids = [1, 2, 3].map((n) => sampleAlert(n).id);
const [gate = '', both = '', yard = ''] = ids;

/** Three alerts: of `gate`, of `gate` with a sighting at `yard`, of `yard`. */
async function setUp(t: TestContext, list: { readonly twoPersonReview?: boolean } = {}) {
  const access = new FakeAccess({
    operator: { role: 'operator' },
    ann: { role: 'reviewer' },
    bob: { role: 'reviewer' },
    'gate-only': { role: 'reviewer', cameras: ['gate'] },
    'yard-only': { role: 'admin', cameras: ['yard'] },
    'other-list': { role: 'admin', watchlists: ['list-2'] },
  });
  const opened = await openGateway(t, { access, openOnLoopback: false });
  const { services, call } = opened;
  const jpeg = await encodeJpeg({ width: 32, height: 32, data: new Uint8Array(3072).fill(90) }, 92);
  for (const kind of ['frame', 'face', 'enhanced', 'enrolled', 'best-1', 'best-2'])
    services.pictures.set(kind, jpeg);
  services.addList('list-1', list);
  services.raise({ change: 'created', alert: sampleAlert(1) });
  services.raise({ change: 'created', alert: sampleAlert(2) });
  services.sight(both, sampleSighting(1));
  services.raise({ change: 'created', alert: sampleAlert(3, { cameraId: 'yard' }) });
  const folder = mkdtempSync(join(tmpdir(), 'nightglass-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'case.zip');
  return {
    ...opened,
    client: (token: string) => new NightglassClient({ address: opened.address, token }),
    exported: () => services.audit.list({ what: 'evidence.exported' }),
    ask: (token: string, json: object) => call('/api/evidence/export', { token, json }),
    verify(archive: Uint8Array, key?: string) {
      writeFileSync(file, archive);
      return verifyCase(file, key);
    },
  };
}

describe('evidence', () => {
  it('leaves with the reason on record, and holds against the published key', async (t) => {
    const { client, exported, verify, call } = await setUp(t);
    const file = await client('ann').exportEvidence([gate, both], reason);
    assert.deepEqual(
      [file.type, /^case-[\w-]{36}\.zip$/.test(file.name)],
      ['application/zip', true],
    );
    const {
      status,
      body: key,
      headers,
    } = await call<string>('/.well-known/nightglass-evidence-key');
    assert.equal(status, 200);
    assert.match(headers.get('content-type') ?? '', /^application\/x-pem-file/);
    assert.equal(await client('operator').evidenceKey(), key);
    const archive = Buffer.from(await file.arrayBuffer());
    const verdict = await verify(archive, key);
    assert.ok(verdict.ok, JSON.stringify(verdict));
    const records = exported();
    assert.deepEqual(
      records.map(({ who, target, hash }) => [who, target, hash]),
      [['ann', verdict.caseId, verdict.auditHead.hash]],
    );
    assert.partialDeepStrictEqual(records[0]?.detail, { reason, alerts: [gate, both] });

    const files = await filesOf(archive);
    assert.ok(files.has(`alerts/${both}/sighting-1-enhanced.jpg`));
    assert.ok(!files.has(`alerts/${yard}/face.jpg`));
    for (const [path, bytes] of files) {
      const flipped = Buffer.from(bytes);
      const at = Math.floor(bytes.length / 2);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      const changed = await archiveOf(new Map(files).set(path, flipped));
      assert.equal((await verify(changed, key)).ok, false, path);
    }
  });

  it('has the clips where they are asked for, each as it was recorded', async (t) => {
    const { services, client, verify } = await setUp(t);
    const alert = sampleAlert(5, { clip: { state: 'pending' } });
    services.raise({ change: 'created', alert });
    services.sight(alert.id, sampleSighting(1, { clip: { state: 'pending' } }));
    const recorded = (appearance: number) => new Uint8Array(600_000).fill(appearance + 1);
    for (const appearance of [0, 1]) {
      const place = { alertId: alert.id, appearance };
      const kept = await inTurns(services.clips.keep(place, madeClip(recorded(appearance))));
      assert.ok(typeof kept !== 'string', String(kept));
      assert.ok(services.alertStore.setClip(place, kept));
    }
    const plain = await client('ann').exportEvidence([alert.id], reason);
    const without = await filesOf(Buffer.from(await plain.arrayBuffer()));
    assert.ok(![...without.keys()].some((path) => path.endsWith('.mp4')));
    const full = await client('ann').exportEvidence([alert.id, gate], reason, true);
    const archive = Buffer.from(await full.arrayBuffer());
    const verdict = await verify(archive, services.evidence.publicKey());
    assert.ok(verdict.ok, JSON.stringify(verdict));
    const files = await filesOf(archive);
    for (const [appearance, name] of ['clip', 'sighting-1-clip'].entries()) {
      const path = `alerts/${alert.id}/${name}.mp4`;
      assert.ok(files.get(path)?.equals(recorded(appearance)), name);
      const shown = await client('operator').clip(alert.id, appearance);
      assert.deepEqual(new Uint8Array(await shown.arrayBuffer()), recorded(appearance));
      assert.equal((await client('operator').clipFaces(alert.id, appearance)).duration, 2_000);
      assert.ok(files.get('report.html')?.includes(`href="${path}"`), name);
    }
    const clip = `alerts/${alert.id}/clip.mp4`;
    const flipped = recorded(0);
    flipped[300_000] = 9;
    const changed = await archiveOf(new Map(files).set(clip, Buffer.from(flipped)));
    assert.deepEqual(await verify(changed), { ok: false, file: clip, why: 'it was changed' });
  });

  it('asks for 1 to 20 alerts that are there and a reason, else nothing leaves', async (t) => {
    const { ask, exported } = await setUp(t);
    const refused: [object, number][] = [
      [{ alerts: [gate] }, 400],
      [{ alerts: [gate], reason: 'a ' }, 400],
      [{ alerts: [gate], reason: 'x'.repeat(1001) }, 400],
      [{ alerts: [], reason }, 400],
      [{ alerts: Array.from({ length: 21 }, (_, n) => sampleAlert(n).id), reason }, 400],
      [{ alerts: gate, reason }, 400],
      [{ reason }, 400],
      [{ alerts: [gate, sampleAlert(9).id], reason }, 404],
      [{ alerts: ['../..'], reason }, 400],
    ];
    for (const [at, [json, status]] of refused.entries()) {
      assert.equal((await ask('ann', json)).status, status, `refused ${at}`);
    }
    assert.equal(exported().length, 0);
  });

  it('reaches no further than the token', async (t) => {
    const { ask, exported } = await setUp(t);
    const statuses = async (token: string) => {
      const answers = [];
      for (const id of ids) answers.push((await ask(token, { alerts: [id], reason })).status);
      return answers;
    };
    assert.deepEqual(await statuses('operator'), [403, 403, 403]);
    assert.deepEqual(await statuses('other-list'), [404, 404, 404]);
    assert.equal(exported().length, 0);
    assert.deepEqual(await statuses('gate-only'), [200, 403, 404]);
    assert.deepEqual(await statuses('yard-only'), [404, 403, 200]);
    assert.equal((await ask('gate-only', { alerts: [gate, yard], reason })).status, 404);
    assert.equal((await ask('gate-only', { alerts: [gate, both], reason })).status, 403);
    assert.equal(exported().length, 2);
  });

  it('shows people whom the alerts are not about to nobody but an admin, on record', async (t) => {
    const { ask, exported, client } = await setUp(t);
    const json = { alerts: [yard], reason, faces: 'shown' };
    assert.equal((await ask('ann', json)).status, 403);
    assert.equal((await ask('ann', { ...json, faces: 'some' })).status, 400);
    assert.equal(exported().length, 0);
    assert.equal((await ask('yard-only', json)).status, 200);
    await client('ann').exportEvidence([yard], reason);
    const choices = exported().map(({ detail }) => (detail as { faces: string }).faces);
    assert.deepEqual(choices.sort(), ['blurred', 'shown']);
  });

  it('is kept from who is to judge without the machine’s view, and verdicts of others are', async (t) => {
    const { services, client, ask, exported } = await setUp(t, { twoPersonReview: true });
    assert.equal((await ask('ann', { alerts: [yard, gate], reason })).status, 403);
    assert.equal(exported().length, 0);
    const judge = (reviewer: string, action: 'acknowledge' | 'confirm' | 'dismiss') =>
      services.reviewElsewhere(gate, { action, reviewer, reason: `seen by ${reviewer}` });
    judge('ann', 'acknowledge');
    judge('ann', 'confirm');
    assert.equal((await ask('bob', { alerts: [gate], reason })).status, 403);
    judge('bob', 'dismiss');
    const archive = await client('ann').exportEvidence([gate], reason);
    const files = await filesOf(Buffer.from(await archive.arrayBuffer()));
    const { alerts } = JSON.parse(files.get('case.json')?.toString() ?? '') as {
      alerts: { reviews: { reviewer: string; action: string }[] }[];
    };
    assert.deepEqual(
      alerts[0]?.reviews.map(({ reviewer, action }) => [reviewer, action]),
      [
        ['ann', 'acknowledge'],
        ['ann', 'confirm'],
      ],
    );
  });

  it('does not leave where it cannot be recorded', async (t) => {
    const { services, call } = await setUp(t);
    services.writable = false;
    const json = { alerts: [gate], reason };
    const { status, body } = await call<{ error: { code: string } }>('/api/evidence/export', {
      token: 'ann',
      json,
    });
    assert.deepEqual([status, body.error.code], [503, 'AUDIT_UNAVAILABLE']);
  });
});
