import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fontFolder } from '../app/package-root.ts';
import type { CaseProgress, WithheldFile } from '../domain/case-progress.ts';
import { systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import { SqliteAlertStore } from '../services/alerts/alert-store.ts';
import { ClipStore } from '../services/alerts/clip-store.ts';
import type { CaseManifest } from '../services/evidence/case-manifest.ts';
import type { SearchChoice } from '../services/evidence/case-search.ts';
import { exportCase } from '../services/evidence/export-case.ts';
import { TimeLeft } from '../services/evidence/time-left.ts';
import { WatchlistStore } from '../services/watchlists/watchlist-store.ts';
import { AuditLog } from '../store/audit-log.ts';
import { evidenceKeyIn } from '../store/evidence-key.ts';
import { FootageJobTable } from '../store/footage-job-table.ts';
import { FootageSightingTable } from '../store/footage-sighting-table.ts';
import { createImageCodec } from '../streams/image-codec.ts';
import { checkedRecording } from '../streams/recorded/checked-recording.ts';
import { DiskWaits } from '../streams/recorded/disk-waits.ts';
import { openBlur, reserve, timeStampsOf } from './case-output.ts';
import { commandActor } from './command-actor.ts';
import { type DataFolderOptions, dataFolderOf } from './data-folder.ts';
import { openStoreOf } from './open-store-of.ts';
import { showProgress } from './progress.ts';
import { storeKeysOf } from './store-keys.ts';

export interface ExportOptions extends DataFolderOptions {
  readonly alert?: readonly string[];
  /** A search of recorded footage, and what of it. */
  readonly search?: string;
  readonly sighting?: readonly string[];
  readonly person?: readonly string[];
  readonly reason: string;
  readonly out: string;
  readonly clips?: boolean;
  readonly unblurred?: boolean;
  readonly json?: boolean;
}

/** Writes a case to a file, on record. @throws NightglassError */
export async function exportEvidence(options: ExportOptions): Promise<void> {
  const now = () => systemClock.now();
  const footage = choicesOf(options);
  await using resources = new AsyncDisposableStack();
  const dataDir = dataFolderOf(options);
  const store = openStoreOf(options, storeKeysOf(options));
  resources.defer(() => store.close());
  const health = store.health();
  // What cannot be recorded does not leave.
  if (!health.durable) {
    throw new NightglassError('STORE_UNWRITABLE', `Cannot write the data folder: ${health.reason}`);
  }
  const audit = new AuditLog({ store, now });
  const alerts = resources.use(
    new SqliteAlertStore({ store, audit, now, policy: () => undefined }),
  );
  // For reading alone: nothing is kept here.
  const clips = new ClipStore({ store, quota: 0, leftFree: 0, freeBytes: () => undefined });
  const codec = createImageCodec();
  const waits = new DiskWaits(systemClock);
  await reserve(options.out);
  const progress = options.json === true ? undefined : showProgress('Making the case');
  const timeLeft = new TimeLeft(() => systemClock.monotonic());
  try {
    const { manifest, bytes } = await exportCase(
      {
        alertIds: options.alert ?? [],
        footage,
        reason: options.reason,
        by: commandActor(),
        withClips: options.clips === true,
        faces: options.unblurred === true ? 'shown' : 'blurred',
      },
      {
        alerts,
        audit,
        clips,
        codec,
        footage: {
          jobs: new FootageJobTable(store),
          found: new FootageSightingTable(store),
          watchlists: new WatchlistStore({ store, audit, now }),
          open: (file, signal) => checkedRecording(file, { waits, signal }),
        },
        ...(options.unblurred === true ? {} : { blur: await openBlur(options, codec, resources) }),
        key: evidenceKeyIn(dataDir),
        fontFolder,
        timeStamps: timeStampsOf(options),
        now,
        onProgress: (at) => progress?.update(...progressOf(at, timeLeft.after(at))),
      },
    );
    progress?.done();
    await pipeline(Readable.from(bytes), createWriteStream(options.out, { flags: 'r+' }));
    process.stdout.write(said(options, manifest));
  } catch (error) {
    progress?.done();
    await rm(options.out, { force: true });
    throw error;
  }
}

function said({ json, out }: ExportOptions, { caseId, key, files, withheld = [] }: CaseManifest) {
  if (json === true) {
    return `${JSON.stringify({ file: out, caseId, key, files: files.length, withheld })}\n`;
  }
  const lines = withheld.map(withheldLine).join('');
  return `case ${caseId}: ${files.length} files in ${out}\nsigned with key ${key}\n${lines}`;
}

/** Of the whole: hiding faces in clips is nearly all of it, where there are any. */
function progressOf(
  { step, done, total, share }: CaseProgress,
  secondsLeft: number | null,
): [share: number, note: string] {
  const left = secondsLeft === null || step === 'report' ? '' : `, about ${secondsLeft} s left`;
  switch (step) {
    case 'pictures':
      return [0, `pictures of alert ${done + 1} of ${total}`];
    case 'clips':
      return [share, `hiding faces, clip ${done + 1} of ${total}${left}`];
    case 'report':
      return [1, 'writing the report'];
  }
}

function withheldLine({ path }: WithheldFile): string {
  return `withheld: ${path}: not all of its pictures can be decoded, so no faces can be hidden in it (--unblurred shows everybody)\n`;
}

/** What of a search is meant. @throws NightglassError `USAGE` */
function choicesOf({ alert, search, sighting, person }: ExportOptions): SearchChoice[] {
  const isSome = sighting !== undefined || person !== undefined;
  if (isSome !== (search !== undefined) || (alert === undefined && search === undefined)) {
    throw new NightglassError('USAGE', 'Cannot tell what is to be exported', {
      hint: 'Give --alert, or --search with --sighting or --person, or both.',
    });
  }
  if (search === undefined) return [];
  return [
    ...(sighting === undefined ? [] : [{ search, sightings: sighting }]),
    ...(person ?? []).map((id) => ({ search, person: id })),
  ];
}
