import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { fromBufferPromise } from 'yauzl';
import { ZipFile } from 'yazl';
import { fontFolder } from '../../../src/app/package-root.ts';
import { SqliteAlertStore } from '../../../src/services/alerts/alert-store.ts';
import { exportCase } from '../../../src/services/evidence/export-case.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { evidenceKeyIn } from '../../../src/store/evidence-key.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { encodeJpeg } from '../../../src/streams/jpeg-encoder.ts';
import { alertId, makeAlert, makeSighting } from '../store/alert-fixture.ts';
import { openStore } from '../store/open-store.ts';
import { clipsOf } from './clips-of.ts';

export const models = [
  { name: 'nightglass-embed', task: 'embed', sha256: 'e'.repeat(64) },
  { name: 'nightglass-superresolve', task: 'superresolve', sha256: 'f'.repeat(64) },
];

const plain = (shade: number) =>
  encodeJpeg({ width: 112, height: 112, data: new Uint8Array(112 * 112 * 3).fill(shade) }, 92);

/** A data folder with two alerts, the first with a sighting and a review. */
export async function folderWithAlerts(t: TestContext) {
  const { store, clock, dataDir } = openStore(t);
  const audit = new AuditLog({ store, now: clock.now });
  const alerts = new SqliteAlertStore({
    store,
    audit,
    now: clock.now,
    policy: () => ({ retentionDays: 30, twoPersonReview: false }),
  });
  const shades = [10, 40, 70, 100, 130];
  const [frame, face, enhanced, enrolled, best] = await Promise.all(shades.map(plain));
  if (!(frame && face && enhanced && enrolled && best)) throw new Error('no pictures');
  const pictures = { frame, face, enhanced, enrolled, best: [best] };
  const name = 'Ada <script>alert(1)</script>';
  alerts.insert(makeAlert(1, { models, personName: name, best: ['best-1'] }), pictures);
  alerts.insert(makeAlert(2, { models, best: [] }), { ...pictures, enhanced: null, best: [] });
  audit.append({ who: 'ann', what: 'alert.viewed', target: alertId(2) });
  alerts.sight(alertId(1), makeSighting('u', clock.now()), { frame, face, enhanced });
  alerts.review(alertId(1), { action: 'acknowledge', reviewer: 'ann' });
  return { store, audit, alerts, clips: clipsOf(store), clock, dataDir, pictures };
}

/** The same, exported; `file` lies in the data folder. */
export async function exportedCase(t: TestContext) {
  const folder = await folderWithAlerts(t);
  const { alerts, audit, clips, clock, dataDir } = folder;
  const { manifest, bytes } = await exportCase(
    {
      alertIds: [alertId(1), alertId(2)],
      reason: 'asked by police',
      by: { name: 'ann' },
      faces: 'shown',
    },
    {
      alerts,
      audit,
      clips,
      codec: createImageCodec(),
      key: evidenceKeyIn(dataDir),
      fontFolder,
      now: clock.now,
    },
  );
  const archive = await buffer(Readable.from(bytes));
  const file = join(dataDir, 'case.zip');
  writeFileSync(file, archive);
  return { ...folder, manifest, archive, file };
}

/** The files of an archive by path. */
export async function filesOf(archive: Buffer): Promise<Map<string, Buffer>> {
  const zip = await fromBufferPromise(archive, { autoClose: false });
  const files = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    files.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
  }
  return files;
}

/** An archive of these files, whole as a zip archive. */
export function archiveOf(files: ReadonlyMap<string, Buffer>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, bytes] of files) zip.addBuffer(bytes, path);
  zip.end();
  return buffer(zip.outputStream);
}
