import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fontFolder } from '../app/package-root.ts';
import { subjectDeployment } from '../app/subject-deployment.ts';
import { loadConfig } from '../config/load-config.ts';
import { subjectBounds } from '../domain/bounds.ts';
import { systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import type { SubjectLaw, Withholding } from '../domain/subject-access.ts';
import { SqliteAlertStore } from '../services/alerts/alert-store.ts';
import { ClipStore } from '../services/alerts/clip-store.ts';
import { ExportRoom } from '../services/evidence/export-room.ts';
import {
  type ExportedSubject,
  exportSubject,
} from '../services/evidence/subject/export-subject.ts';
import { previewSubject } from '../services/evidence/subject/preview-subject.ts';
import {
  type SubjectSearch,
  searchForSubject,
} from '../services/evidence/subject/search-for-subject.ts';
import type {
  SubjectRequest,
  SubjectSources,
} from '../services/evidence/subject/subject-sources.ts';
import { WatchlistStore } from '../services/watchlists/watchlist-store.ts';
import { AcceptanceTable } from '../store/acceptance-table.ts';
import { AccountTable } from '../store/account-table.ts';
import { AuditLog } from '../store/audit-log.ts';
import { evidenceKeyIn } from '../store/evidence-key.ts';
import { FootageJobTable } from '../store/footage-job-table.ts';
import { FootageSightingTable } from '../store/footage-sighting-table.ts';
import { SiteAlertTable } from '../store/site-alert-table.ts';
import type { Store } from '../store/store.ts';
import { SubjectTable } from '../store/subject-table.ts';
import { TokenTable } from '../store/token-table.ts';
import { createImageCodec } from '../streams/image-codec.ts';
import { openBlur, reserve, timeStampsOf } from './case-output.ts';
import { commandActor } from './command-actor.ts';
import { type DataFolderOptions, dataFolderOf } from './data-folder.ts';
import { openStoreOf } from './open-store-of.ts';
import { showProgress } from './progress.ts';
import { readPicture } from './read-picture.ts';
import { chosenLists, searchPicture } from './search-lists.ts';
import { storeKeysOf } from './store-keys.ts';
import { previewText, searchText } from './subject-text.ts';

export interface SubjectOptions extends DataFolderOptions {
  /** A picture of who asks. */
  readonly picture?: string;
  /** Lists that it is searched on. */
  readonly list?: readonly string[];
  /** Alerts and sightings of which somebody says that they show the person. */
  readonly confirm?: readonly string[];
  /** Nobody who was found is the person. */
  readonly nothing?: boolean;
  readonly reason?: string;
  readonly out?: string;
  readonly preview?: boolean;
  readonly law: SubjectLaw;
  readonly withhold: readonly string[];
  readonly nameStaff?: boolean;
  readonly clips: boolean;
  readonly templates: boolean;
  readonly manifest?: string;
  readonly json?: boolean;
}

/** What a command works with. */
type Opened = Omit<SubjectSources, 'blur' | 'key' | 'place' | 'watchlists'> & {
  readonly watchlists: WatchlistStore;
  readonly audit: AuditLog;
};

/** Writes all that is kept of one person to a file, or several, on record. @throws NightglassError */
export async function exportSubjectData(
  people: readonly string[],
  options: SubjectOptions,
): Promise<void> {
  const withhold = options.withhold.map(withholding);
  assertMeant(people, options);
  await using resources = new AsyncDisposableStack();
  const dataDir = dataFolderOf(options);
  const store = openStoreOf(options, storeKeysOf(options));
  resources.defer(() => store.close());
  const health = store.health();
  // What cannot be recorded does not leave.
  if (!health.durable) {
    throw new NightglassError('STORE_UNWRITABLE', `Cannot write the data folder: ${health.reason}`);
  }
  const opened = openSources(store, options, resources);
  const search = await searched(options, opened, resources);
  const request: SubjectRequest = {
    people,
    confirmed: options.confirm ?? [],
    reason: options.reason ?? '',
    by: commandActor(),
    may: { alert: () => true, search: () => true, site: () => true },
    law: options.law,
    withClips: options.clips,
    templates: options.templates ? 'numbers' : 'hash',
    staff: options.nameStaff === true ? 'named' : 'numbered',
    withhold,
    part: 1,
    search: search?.summary,
  };
  if (options.preview === true) {
    const preview = await previewSubject(request, opened);
    process.stdout.write(
      options.json === true ? `${JSON.stringify(preview)}\n` : previewText(preview),
    );
    return;
  }
  const { out } = options;
  if (out === undefined) {
    if (search === undefined) throw usage('nothing says where to write', 'Give --out FILE.');
    process.stdout.write(
      options.json === true ? `${JSON.stringify(search)}\n` : searchText(search),
    );
    return;
  }
  const blur = await openBlur(options, opened.codec, resources);
  const sources = { ...opened, blur, key: evidenceKeyIn(dataDir) };
  await writeParts(request, out, options, sources);
}

/** @throws NightglassError `USAGE` */
function assertMeant(people: readonly string[], options: SubjectOptions): void {
  const { confirm = [], nothing = false, out, picture, preview = false, reason } = options;
  const isNamed = people.length + confirm.length > 0;
  if (!isNamed && picture === undefined) {
    throw usage('nobody is named', 'Give the id of the person, or --picture with one of who asks.');
  }
  if (reason === undefined && !preview) throw usage('no reason is given', 'Give --reason.');
  if (isNamed && nothing) throw usage('--nothing says that nobody is meant', 'Leave it out.');
  if (!isNamed && out !== undefined && !nothing) {
    throw usage(
      'nobody said which of those who look like the picture are meant',
      'Look at them first (without --out); then give --confirm with the alerts, the person, or --nothing.',
    );
  }
}

function openSources(
  store: Store,
  options: SubjectOptions,
  resources: AsyncDisposableStack,
): Opened {
  const now = () => systemClock.now();
  const audit = new AuditLog({ store, now });
  const config = options.config === undefined ? undefined : loadConfig(options.config).config;
  return {
    alerts: resources.use(new SqliteAlertStore({ store, audit, now, policy: () => undefined })),
    audit,
    // For reading alone: nothing is kept here.
    clips: new ClipStore({ store, quota: 0, leftFree: 0, freeBytes: () => undefined }),
    watchlists: new WatchlistStore({ store, audit, now }),
    kept: new SubjectTable(store),
    sites: new SiteAlertTable(store),
    volunteers: new AcceptanceTable(store),
    footage: { jobs: new FootageJobTable(store), found: new FootageSightingTable(store) },
    codec: createImageCodec(),
    fontFolder,
    timeStamps: timeStampsOf(options),
    deployment: config === undefined ? null : subjectDeployment(config),
    staff: () => [
      ...new AccountTable(store).list().map(({ name }) => name),
      ...new TokenTable(store).list().map(({ name }) => name),
    ],
    now,
  };
}

async function searched(
  { list, picture, reason = '', ...choice }: SubjectOptions,
  opened: Opened,
  resources: AsyncDisposableStack,
): Promise<SubjectSearch | undefined> {
  if (picture === undefined) return undefined;
  if (reason.trim().length < 3) throw usage('no reason is given', 'Give --reason.');
  const { audit, watchlists } = opened;
  const watchlistIds = chosenLists(watchlists, list, opened.now());
  const image = { name: basename(picture), bytes: await readPicture(picture) };
  const faces = await searchPicture(
    { image, watchlistIds, limit: subjectBounds.candidates, reason: reason.trim() },
    { audit, watchlists, resources, choice },
  );
  return searchForSubject(faces, watchlistIds, opened);
}

/** Part after part, each into a file of its own. */
async function writeParts(
  first: SubjectRequest,
  out: string,
  { json }: SubjectOptions,
  sources: Omit<SubjectSources, 'place'>,
): Promise<void> {
  const written: { file: string; caseId: string; files: number }[] = [];
  let made: ExportedSubject | undefined;
  let request = first;
  do {
    const file = fileOfPart(out, request.part);
    made = await writePart(request, file, sources);
    const { caseId, files } = made.manifest;
    written.push({ file, caseId, files: files.length });
    const { next } = made.document.part;
    request = { ...request, after: next ?? undefined, part: request.part + 1 };
  } while (made.document.part.next !== null);
  const { answer, withheld } = made.document;
  const key = made.manifest.key;
  if (json === true) {
    process.stdout.write(`${JSON.stringify({ answer, key, parts: written, withheld })}\n`);
    return;
  }
  const lines = written.map(
    ({ caseId, file, files }) => `case ${caseId}: ${files} files in ${file}\n`,
  );
  process.stdout.write(
    `${lines.join('')}signed with key ${key}\nwithheld: ${withheld.length} (in subject.json and the report, each with its reason)\n`,
  );
}

async function writePart(
  request: SubjectRequest,
  file: string,
  sources: Omit<SubjectSources, 'place'>,
): Promise<ExportedSubject> {
  await reserve(file);
  const progress = showProgress(`Making part ${request.part}`);
  const place = new ExportRoom(systemClock).enter();
  try {
    const made = await exportSubject(request, {
      ...sources,
      place,
      onProgress: ({ done, share, step, total }) =>
        progress.update(
          share,
          step === 'report' ? 'writing the report' : `${step} ${done + 1} of ${total}`,
        ),
    });
    progress.done();
    await pipeline(Readable.from(made.bytes), createWriteStream(file, { flags: 'r+' }));
    return made;
  } catch (error) {
    progress.done();
    await rm(file, { force: true });
    throw error;
  } finally {
    place.leave();
  }
}

/** `case.zip`, then `case-2.zip` and so on. */
function fileOfPart(out: string, part: number): string {
  if (part === 1) return out;
  const extension = extname(out);
  return `${out.slice(0, out.length - extension.length)}-${part}${extension}`;
}

/** `WHAT=WHY`. @throws NightglassError `USAGE` */
function withholding(text: string): Withholding {
  const at = text.indexOf('=');
  if (at > 0) return { what: text.slice(0, at).trim(), why: text.slice(at + 1) };
  throw usage(
    `"${text}" is not WHAT=WHY`,
    'For example: --withhold "alerts/01J…=under investigation".',
  );
}

function usage(what: string, hint: string): NightglassError {
  return new NightglassError('USAGE', `Cannot export personal data: ${what}`, { hint });
}
