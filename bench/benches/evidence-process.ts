/*
 * What a case costs: export and verification.
 *
 *   node bench/benches/evidence-process.ts ORDER     (JSON, see bench-evidence.ts)
 *
 * Prints what it measured as JSON.
 */

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { readFootage } from '../../demo/footage/footage-file.ts';
import type { EncodedSource } from '../../demo/media/encoded-source.ts';
import { blurDetector, faceBlur } from '../../src/app/blur-faces.ts';
import { fontFolder } from '../../src/app/package-root.ts';
import { shippedManifest } from '../../src/app/shipped-files.ts';
import type { Alert } from '../../src/domain/alert.ts';
import { createInference } from '../../src/inference/inference.ts';
import { SqliteAlertStore } from '../../src/services/alerts/alert-store.ts';
import { ClipStore } from '../../src/services/alerts/clip-store.ts';
import { type CaseRequest, exportCase } from '../../src/services/evidence/export-case.ts';
import { verifyCase } from '../../src/services/evidence/verify-case.ts';
import { inTurns } from '../../src/services/in-turns.ts';
import { AuditLog } from '../../src/store/audit-log.ts';
import { createStore } from '../../src/store/create-store.ts';
import { evidenceKeyIn } from '../../src/store/evidence-key.ts';
import { makeClip } from '../../src/streams/clips/make-clip.ts';
import { createImageCodec } from '../../src/streams/image-codec.ts';
import { NativePicture } from '../../src/streams/native-picture.ts';
import { shownPictures } from '../../src/streams/redraw/shown-pictures.ts';
import { upright } from '../../src/streams/shape/orientation.ts';
import {
  type CaseCost,
  clipSeconds,
  type EvidenceFigures,
  type EvidenceOrder,
} from './bench-evidence.ts';

const order = JSON.parse(process.argv[2] ?? '') as EvidenceOrder;
const startedAt = Date.UTC(2026, 0, 1);
const codec = createImageCodec();

rmSync(order.folder, { recursive: true, force: true });
const footage = await readFootage(order.footage);
const source = footage?.cameras[0]?.source;
if (source === undefined) throw new Error(`Cannot read the footage ${order.footage}`);
const inference = await createInference({
  manifestPath: order.manifest,
  completeFrom: shippedManifest,
  workers: 1,
});
try {
  process.stdout.write(JSON.stringify(await measure(source)));
} finally {
  await inference.close();
  rmSync(order.folder, { recursive: true, force: true });
}

async function measure(camera: EncodedSource): Promise<EvidenceFigures> {
  const store = createStore({ dataDir: order.folder, holdsFolder: true });
  const now = () => startedAt;
  const audit = new AuditLog({ store, now });
  const policy = () => ({ retentionDays: 30, twoPersonReview: false });
  const alerts = new SqliteAlertStore({ store, audit, now, policy });
  const clips = new ClipStore({ store, quota: 2 ** 33, leftFree: 0, freeBytes: () => undefined });
  const ids = await fill(alerts, clips, camera);
  const blur = faceBlur(inference.detector(blurDetector), codec);
  const key = evidenceKeyIn(order.folder);
  const options = { alerts, audit, clips, codec, blur, fontFolder, key, now };
  const request = { alertIds: ids, reason: 'bench of the export', by: { name: 'bench' } };
  const file = join(order.folder, 'case.zip');
  const exported = async (changes: Partial<CaseRequest>): Promise<CaseCost> => {
    const clock = clocks();
    const { bytes } = await exportCase({ ...request, ...changes }, options);
    const archive = await buffer(Readable.from(bytes));
    writeFileSync(file, archive);
    return { ...clock(), bytes: archive.length };
  };
  const pictures = await exported({ faces: 'shown' });
  const hiddenPictures = await exported({ faces: 'blurred' });
  const whole = await exported({ faces: 'shown', withClips: true });
  const clock = clocks();
  if (!(await verifyCase(file)).ok) throw new Error('The case is broken');
  const verified = { ...clock(), bytes: whole.bytes };
  const hidden = await exported({ faces: 'blurred', withClips: true });
  store.close();
  const { width, height, framesPerSecond } = camera;
  const footageSaid = `${width}x${height} at ${framesPerSecond} pictures a second`;
  return {
    footage: footageSaid,
    alerts: ids.length,
    pictures,
    hiddenPictures,
    whole,
    verified,
    hidden,
  };
}

/** Wall and processor time from now on, seconds. */
function clocks(): () => Pick<CaseCost, 'seconds' | 'processor'> {
  const [wall, used] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(used);
    return { seconds: (performance.now() - wall) / 1000, processor: (user + system) / 1e6 };
  };
}

/** Alerts with pictures and clips of the footage. @returns their ids */
async function fill(alerts: SqliteAlertStore, clips: ClipStore, camera: EncodedSource) {
  const count = Math.round(clipSeconds * camera.framesPerSecond);
  const ids: string[] = [];
  for (let number = 0; number < order.alerts; number += 1) {
    const id = `01J${String(number).padStart(23, '0')}`;
    const made = await inTurns(makeClip(recordingOf(camera, number * 7, count), upright));
    if (typeof made === 'string') throw new Error(`No clip: ${made}`);
    const { frame, face } = await picturesOf(Buffer.concat([...made.file]));
    const evidence = { frame, face, enhanced: face, enrolled: face, best: [face, face] };
    alerts.insert(alertOf(id), evidence);
    const place = { alertId: id, appearance: 0 };
    const kept = await inTurns(clips.keep(place, made));
    if (typeof kept === 'string' || !alerts.setClip(place, kept)) throw new Error(`Clip: ${kept}`);
    ids.push(id);
  }
  return ids;
}

/** Pictures of a loop from some key picture on. */
function recordingOf(
  { units, duration, codec: kind, width, height }: EncodedSource,
  skip: number,
  count: number,
) {
  const keys = [...units.keys()].filter((at) => units[at]?.key === true);
  const from = keys[skip % keys.length] ?? 0;
  const pictures = Array.from({ length: count }, (_, at) => {
    const { data, key, time } = units[(from + at) % units.length] as (typeof units)[number];
    const shown =
      time + duration * Math.floor((from + at) / units.length) - (units[from]?.time ?? 0);
    return {
      ...{ codec: kind as 'h264', data: Buffer.from(data), key, damaged: false },
      ...{ timestamp: Math.round(shown * 90), clockRate: 90_000 },
      ...{ arrivedAt: startedAt + Math.round(shown), arrivedMonotonic: shown },
    };
  });
  return {
    ...{ place: { alertId: '', appearance: 0 }, cameraId: 'bench', trackId: 't', faces: [] },
    ...{ pictures, size: { width, height }, from: 0, until: Number.POSITIVE_INFINITY, cut: null },
  };
}

async function picturesOf(clip: Buffer) {
  for await (const { frame } of shownPictures(clip)) {
    const picture = NativePicture.create(frame);
    try {
      const crop = { x: 0, y: 0, width: 112, height: 112 };
      return { frame: await picture.jpeg({ quality: 90 }), face: await picture.jpeg({ crop }) };
    } finally {
      picture.dispose();
    }
  }
  throw new Error('The clip has no picture');
}

function alertOf(id: string): Alert {
  return {
    ...{ id, state: 'new', revision: 0, watchlistId: 'l', watchlistName: 'List', personId: 'p' },
    ...{ personName: 'Somebody', templateId: 't', cameraId: 'bench', trackId: `t-${id}` },
    ...{ capturedAt: startedAt, createdAt: startedAt, updatedAt: startedAt, lastSeenAt: startedAt },
    ...{ still: null, sightings: [], scores: { raw: 0.5, enhanced: 0.6, fused: 0.6 } },
    ...{ threshold: 0.4, fpir: 0.001, gallerySize: 10, meanGate: 0.5, quality: 70 },
    ...{ interEyeDistance: 14, components: [], place: null, keyframes: 2 },
    ...{ best: ['best-1', 'best-2'], clip: { state: 'pending' }, stored: true, configHash: 'c' },
    models: [{ name: 'nightglass-superresolve', task: 'superresolve', sha256: '0'.repeat(64) }],
  };
}
