import { randomUUID } from 'node:crypto';
import type { Alert, EvidenceKind } from '../../domain/alert.ts';
import type { AlertRecord } from '../../domain/alert-record.ts';
import type { Actor } from '../../domain/audit-entry.ts';
import type { AuditRecord } from '../../domain/audit-record.ts';
import { evidenceBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { ImageCodec } from '../../domain/frame/image-codec.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { EvidenceKey } from '../../store/evidence-key.ts';
import type { ClipStore } from '../alerts/clip-store.ts';
import type { FaceBlur } from './blur/face-blur.ts';
import { type CaseMatter, contentsOfCase, footageOf } from './case-contents.ts';
import { type CaseWatch, tellProgress } from './case-progress.ts';
import { type CaseFootage, type SearchChoice, searchesOfCase } from './case-search.ts';
import type { ExportPlace } from './export-room.ts';
import { htmlReport } from './report/html-report.ts';
import { pdfReport } from './report/pdf-report.ts';
import { reportOfCase } from './report-of-case.ts';
import { type ExportedCase, sealCase } from './seal-case.ts';
import type { TimeStampServer } from './time-stamp/time-stamp-server.ts';

/** What exporting needs of the alerts. */
export interface CaseSource {
  find(id: string): AlertRecord<Alert> | undefined;
  evidence(id: string, kind: EvidenceKind): Uint8Array | null;
}

export interface CaseOptions extends CaseWatch {
  readonly alerts: CaseSource;
  readonly audit: Pick<AuditLog, 'require' | 'listSlowly'>;
  readonly clips: Pick<ClipStore, 'open' | 'faces'>;
  /** What was found in recorded footage; needed where a case is to hold some of it. */
  readonly footage?: CaseFootage;
  readonly codec: ImageCodec;
  readonly key: EvidenceKey;
  /** Hides faces of others; needed wherever they are not shown. */
  readonly blur?: FaceBlur;
  /** What the case takes up beside others; without it, it is alone. */
  readonly place?: Pick<ExportPlace, 'hold'>;
  /** Where the font of the PDF report lies. */
  readonly fontFolder: string;
  /** Who says when a case was signed; without it cases carry no time stamp. */
  readonly timeStamps?: TimeStampServer | undefined;
  readonly now: () => number;
}

/** Faces of people whom a case is not about. */
export type CaseFaces = 'blurred' | 'shown';

export interface CaseRequest {
  /** May be none where footage is named. */
  readonly alertIds: readonly string[];
  /** Sightings in recorded footage. */
  readonly footage?: readonly SearchChoice[];
  readonly reason: string;
  readonly by: Actor;
  /** The seconds around each appearance, too. */
  readonly withClips?: boolean;
  /** Whether faces of people whom the case is not about are shown; default `blurred`. */
  readonly faces?: CaseFaces;
}

/**
 * Alerts, and sightings in recorded footage, with all that they rest on as one signed archive. The
 * reason is in the audit log, with the hash of the contents, before a byte leaves.
 * @throws NightglassError `BAD_REQUEST`, `NOT_FOUND`, `FORBIDDEN`, `CONFLICT`, `STREAM_UNREACHABLE`,
 * `STREAM_UNSUPPORTED`, `AUDIT_UNAVAILABLE`, `IMAGE_INVALID`, `TIMESTAMP_FAILED`
 */
export async function exportCase(
  { reason: given, by, withClips = false, faces = 'blurred', ...chosen }: CaseRequest,
  options: CaseOptions,
): Promise<ExportedCase> {
  const { key, now, audit } = options;
  const reason = checkedReason(given);
  const matter = matterOf(chosen, options);
  const { records } = matter;
  const caseId = randomUUID();
  const exportedAt = new Date(now()).toISOString();
  const blur = blurOf(faces, options);
  const contained = await contentsOfCase(matter, { withClips, blur }, options);
  const { entries, searches, shown, withheld } = contained;
  tellProgress(options, 'report', 0, 1);
  const left = withheld.length === 0 ? {} : { withheld };
  const head = { format: 'nightglass-case/1', caseId, exportedAt, by: by.name, reason, faces };
  const said = {
    ...head,
    ...left,
    alerts: records,
    ...(searches.length === 0 ? {} : { searches }),
  };
  const targets = targetsOf(matter);
  const report = reportOfCase(
    { ...head, alerts: records, searches },
    {
      files: new Set(entries.map(({ file }) => file.path)),
      withheld: new Set(withheld.map(({ path }) => path)),
      blurred: new Set(entries.flatMap(({ file }) => (file.original ? [file.path] : []))),
      fingerprint: key.fingerprint,
      records: await recordsBefore(targets, audit),
    },
  );
  const pdf = await pdfReport({
    content: report,
    pictures: shown,
    fontFolder: options.fontFolder,
    writtenAt: new Date(now()),
  });
  const texts = new Map<string, Buffer>([
    ['case.json', Buffer.from(`${JSON.stringify(said, null, 2)}\n`)],
    ['report.html', Buffer.from(htmlReport(report))],
    ['report.pdf', Buffer.from(pdf)],
  ]);
  return await sealCase(
    {
      ...{ caseId, exportedAt, by, action: 'evidence.exported', texts, entries, targets, withheld },
      detail: (files) => ({ reason, ...exportedIds(matter), files, faces, ...left }),
    },
    options,
  );
}

function blurOf(faces: CaseFaces, { blur }: CaseOptions): FaceBlur | undefined {
  if (faces === 'shown') return undefined;
  if (blur === undefined) throw new TypeError('Cannot export evidence: nothing hides faces');
  return blur;
}

/** The reason of an export as it is recorded. @throws NightglassError `BAD_REQUEST` */
export function checkedReason(given: string): string {
  const reason = given.trim();
  const [least, most] = evidenceBounds.reason;
  if (reason.length >= least && reason.length <= most) return reason;
  throw new NightglassError(
    'BAD_REQUEST',
    `Cannot export evidence: the reason must have ${least} to ${most} characters`,
    { hint: 'Say for whom and for what it is exported; it stands in the audit log.' },
  );
}

/** The alerts and sightings that are meant. @throws NightglassError */
function matterOf(
  { alertIds, footage: choices = [] }: Pick<CaseRequest, 'alertIds' | 'footage'>,
  options: CaseOptions,
): CaseMatter {
  const searches = choices.length === 0 ? [] : searchesOfCase(choices, footageOf(options));
  const isFootageAlone = alertIds.length === 0 && searches.length > 0;
  return { records: isFootageAlone ? [] : recordsOf(alertIds, options.alerts), searches };
}

/** What the records of the audit log that belong to a case are about. */
function targetsOf({ records, searches }: CaseMatter): string[] {
  return [...records.map(({ alert }) => alert.id), ...searches.map(({ id }) => id)];
}

/** What the record of the export names. */
function exportedIds({ records, searches }: CaseMatter) {
  const alerts = records.map(({ alert }) => alert.id);
  if (searches.length === 0) return { alerts };
  return {
    ...(alerts.length === 0 ? {} : { alerts }),
    searches: searches.map(({ id }) => id),
    sightings: searches.flatMap(({ sightings }) => sightings.map(({ id }) => id)),
  };
}

function recordsOf(ids: readonly string[], alerts: CaseSource): AlertRecord<Alert>[] {
  const unique = [...new Set(ids)];
  if (unique.length === 0 || unique.length > evidenceBounds.alerts) {
    throw new NightglassError(
      'BAD_REQUEST',
      `Cannot export ${unique.length} alerts as one case: it takes 1 to ${evidenceBounds.alerts}`,
    );
  }
  return unique.map((id) => {
    const record = alerts.find(id);
    if (record === undefined) {
      throw new NightglassError('NOT_FOUND', `Cannot export the alert ${id}: there is none`);
    }
    return record;
  });
}

/** The last records on these alerts and searches, oldest first: as many as a report shows. */
async function recordsBefore(
  targets: readonly string[],
  audit: CaseOptions['audit'],
): Promise<AuditRecord[]> {
  const limit = evidenceBounds.shownRecords;
  const found: AuditRecord[] = [];
  for (const target of targets) {
    found.push(...(await audit.listSlowly({ target, order: 'newest', limit })));
  }
  return found.sort((a, b) => a.sequence - b.sequence).slice(-limit);
}
