import type { Alert, EvidenceKind, Sighting } from '../../domain/alert.ts';
import type { AlertOutcome } from '../../domain/alert-outcome.ts';
import type { AlertRecord } from '../../domain/alert-record.ts';
import type { AuditRecord } from '../../domain/audit-record.ts';
import { isEnhancedKind } from '../alerts/marked-evidence.ts';
import { clipPath } from './case-clips.ts';
import { picturePath } from './case-pictures.ts';
import type { CaseSearch } from './case-search.ts';
import type {
  ReportAppearance,
  ReportContent,
  ReportPicture,
  ReportSection,
} from './report/report-content.ts';
import {
  chinese,
  english,
  hiddenFaces,
  listRows,
  matchRows,
  matchWords,
  modelRows,
  pictureCaptions,
  rows,
  timeText,
  withheldClip,
} from './report/report-words.ts';
import { searchSection } from './report-of-search.ts';

export interface ReportedCase {
  readonly caseId: string;
  readonly exportedAt: string;
  readonly by: string;
  readonly reason: string;
  readonly alerts: readonly AlertRecord<Alert>[];
  readonly searches: readonly CaseSearch[];
}

/** What a report is made of besides the case itself. */
export interface ReportBasis {
  /** Paths of the pictures and clips that the case has. */
  readonly files: ReadonlySet<string>;
  /** Of clips that it has not, as nobody could hide the faces in them. */
  readonly withheld: ReadonlySet<string>;
  /** Those in which faces of others are hidden. */
  readonly blurred: ReadonlySet<string>;
  /** SHA-256 over the public key that signs the case. */
  readonly fingerprint: string;
  /** Records on these alerts and searches before the export, oldest first: the last ones. */
  readonly records: readonly AuditRecord[];
}

/** What the report of a case says. */
export function reportOfCase(
  { caseId, exportedAt, by, reason, alerts, searches }: ReportedCase,
  { files, withheld, blurred, fingerprint, records }: ReportBasis,
): ReportContent {
  const [what, chineseWhat] = mattersOf(alerts.length, searches.length);
  return {
    title: `Case ${caseId}`,
    heading: headingOf(alerts.length, sightingCount(searches)),
    facts: rows([
      ['Case · 案件', caseId],
      ['Exported · 导出时间', exportedAt],
      ['By · 导出人', by],
      ['Reason · 原因', reason],
      ['Signing key, SHA-256 · 签名密钥', fingerprint],
    ]),
    words: [
      english(
        'A match is a claim of a machine, for people to judge. Pictures marked AI-ENHANCED are made by a model and are no evidence on their own. Check this archive with "nightglass evidence verify".',
      ),
      chinese(
        '匹配结果是机器的判断，须由人核实。标有 AI-ENHANCED 的图片由模型生成，不能单独作为证据。请用 nightglass evidence verify 校验本档案。',
      ),
    ],
    sections: [
      ...alerts.map((record) => alertSection(record, { files, withheld, blurred })),
      ...searches.map((search) => searchSection(search, { files, withheld, blurred })),
    ],
    records: {
      heading: 'Audit log · 审计记录',
      words: [
        english(
          `The last ${records.length} records on these ${what} before this export. Each hash is taken over the record and over the hash of the record before it in the log. The record of this export itself is the last line of audit.jsonl, and manifest.json names its hash.`,
        ),
        chinese(
          `本次导出之前关于这些${chineseWhat}的最后 ${records.length} 条记录。每条记录的哈希值由记录内容及日志中上一条记录的哈希值计算得出。本次导出的记录是 audit.jsonl 的最后一行，其哈希值写在 manifest.json 中。`,
        ),
      ],
      rows: rows(
        records.map(({ sequence, at, who, what, target, hash }) => [
          `${sequence} · ${timeText(at)}`,
          `${who} · ${what} · ${target} · ${hash}`,
        ]),
      ),
    },
  };
}

const sightingCount = (searches: readonly CaseSearch[]): number =>
  searches.reduce((sum, { sightings }) => sum + sightings.length, 0);

/** How much a case holds. */
function headingOf(alerts: number, sightings: number): string {
  const many = (count: number): string => (count === 1 ? '' : 's');
  const parts = [
    { count: alerts, said: `${alerts} alert${many(alerts)}`, chinese: `${alerts} 条警报` },
    {
      count: sightings,
      said: `${sightings} sighting${many(sightings)} in recorded footage`,
      chinese: `录像中 ${sightings} 次出现`,
    },
  ].filter(({ count }) => count > 0);
  const said = parts.map((each) => each.said).join(' and ');
  return `Evidence of ${said} · 证据：${parts.map((each) => each.chinese).join('，')}`;
}

/** What the records of the audit log are on. */
function mattersOf(alerts: number, searches: number): readonly [string, string] {
  if (searches === 0) return ['alerts', '警报'];
  return alerts === 0 ? ['searches', '检索'] : ['alerts and searches', '警报和检索'];
}

function alertSection(
  { alert, outcomes, reviews }: AlertRecord<Alert>,
  basis: Files,
): ReportSection {
  return {
    heading: `${alert.personName} · ${alert.watchlistName}`,
    facts: [
      ...rows([
        ['Alert · 警报', alert.id],
        ['State · 状态', alert.state],
        ['Last seen · 最后出现', timeText(alert.lastSeenAt)],
      ]),
      ...listRows(alert),
      ...modelRows(alert),
    ],
    appearances: [
      appearance(alert, { number: 0, ...alert }, basis),
      ...alert.sightings.map((sighting) => appearance(alert, sighting, basis)),
    ],
    reviews: rows([
      ...reviews.map(({ action, reviewer, reason, at, stateAfter }) => [
        `${timeText(at)} ${reviewer}`,
        `${action} → ${stateAfter}${reason === '' ? '' : `: ${reason}`}`,
      ]),
      ...outcomes.map(({ author, outcome, note, at }) => [
        `${timeText(at)} ${author}`,
        `Outcome · 处置结果: ${outcomeWords[outcome]}${note === '' ? '' : `: ${note}`}`,
      ]),
    ]),
  };
}

const outcomeWords: Readonly<Record<AlertOutcome, string>> = {
  stopped: 'stopped or spoken to · 已拦停或问话',
  identified: 'identified by a document · 已凭证件确认身份',
  same_person: 'was the person · 是本人',
  other_person: 'was another person · 是他人',
  not_found: 'not found · 未找到',
  no_action: 'no action · 未采取行动',
};

type Files = Pick<ReportBasis, 'files' | 'withheld' | 'blurred'>;

type Seen = Pick<
  Sighting,
  | 'number'
  | 'cameraId'
  | 'capturedAt'
  | 'scores'
  | 'threshold'
  | 'meanGate'
  | 'quality'
  | 'interEyeDistance'
>;

function appearance(alert: Alert, seen: Seen, basis: Files): ReportAppearance {
  const { number, cameraId, capturedAt } = seen;
  const clip = clipPath({ alertId: alert.id, appearance: number });
  return {
    heading: `${number === 0 ? 'Alert · 警报' : `${number}.`} ${cameraId} · ${timeText(capturedAt)}`,
    words: matchWords({ ...seen, fpir: alert.fpir }),
    facts: [...matchRows(seen), ...(basis.withheld.has(clip) ? rows([withheldClip]) : [])],
    pictures: picturesOf(alert.id, number, basis),
    clip: basis.files.has(clip) ? clip : null,
  };
}

/** Recorded and enhanced face and the enrolled one side by side, then whole frames and best faces. */
function picturesOf(alertId: string, number: number, { files, blurred }: Files): ReportPicture[] {
  const kinds: EvidenceKind[] =
    number === 0
      ? ['face', 'enhanced', 'enrolled', 'best-1', 'best-2', 'best-3', 'best-4', 'frame']
      : [`sighting-${number}-face`, `sighting-${number}-enhanced`, `sighting-${number}-frame`];
  return kinds
    .map((kind) => {
      const path = picturePath(alertId, kind);
      return {
        path,
        caption: `${captionOf(kind)}${blurred.has(path) ? hiddenFaces : ''}`,
        isEnhanced: isEnhancedKind(kind),
        isWide: kind.endsWith('frame'),
      };
    })
    .filter(({ path }) => files.has(path));
}

function captionOf(kind: EvidenceKind): string {
  const name = kind.replace(/^sighting-\d+-/, '').replace(/^best-\d+$/, 'best');
  return pictureCaptions[name] ?? kind;
}
