import type { Alert, EvidenceKind, Sighting } from '../../domain/alert.ts';
import type { AlertRecord } from '../../domain/alert-record.ts';
import type { AuditRecord } from '../../domain/audit-record.ts';
import { isEnhancedKind } from '../alerts/marked-evidence.ts';
import { clipPath } from './case-clips.ts';
import { picturePath } from './case-pictures.ts';
import type {
  ReportAlert,
  ReportAppearance,
  ReportContent,
  ReportPicture,
  ReportRow,
  ReportWords,
} from './report/report-content.ts';

export interface ReportedCase {
  readonly caseId: string;
  readonly exportedAt: string;
  readonly by: string;
  readonly reason: string;
  readonly alerts: readonly AlertRecord<Alert>[];
}

/** What a report is made of besides the case itself. */
export interface ReportBasis {
  /** Paths of the pictures and clips that the case has. */
  readonly files: ReadonlySet<string>;
  /** Those in which faces of others are hidden. */
  readonly blurred: ReadonlySet<string>;
  /** SHA-256 over the public key that signs the case. */
  readonly fingerprint: string;
  /** Records on these alerts before the export, oldest first: the last ones. */
  readonly records: readonly AuditRecord[];
}

/** What the report of a case says. */
export function reportOfCase(
  { caseId, exportedAt, by, reason, alerts }: ReportedCase,
  { files, blurred, fingerprint, records }: ReportBasis,
): ReportContent {
  return {
    title: `Case ${caseId}`,
    heading: `Evidence of ${alerts.length} alert${alerts.length === 1 ? '' : 's'} · 证据：${alerts.length} 条警报`,
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
    alerts: alerts.map((record) => alertSection(record, { files, blurred })),
    records: {
      heading: 'Audit log · 审计记录',
      words: [
        english(
          `The last ${records.length} records on these alerts before this export. Each hash is taken over the record and over the hash of the record before it in the log. The record of this export itself is the last line of audit.jsonl, and manifest.json names its hash.`,
        ),
        chinese(
          `本次导出之前关于这些警报的最后 ${records.length} 条记录。每条记录的哈希值由记录内容及日志中上一条记录的哈希值计算得出。本次导出的记录是 audit.jsonl 的最后一行，其哈希值写在 manifest.json 中。`,
        ),
      ],
      rows: rows(
        records.map(({ sequence, at, who, what, target, hash }) => [
          `${sequence} · ${time(at)}`,
          `${who} · ${what} · ${target} · ${hash}`,
        ]),
      ),
    },
  };
}

function alertSection({ alert, reviews }: AlertRecord<Alert>, basis: Files): ReportAlert {
  return {
    heading: `${alert.personName} · ${alert.watchlistName}`,
    facts: rows([
      ['Alert · 警报', alert.id],
      ['State · 状态', alert.state],
      ['Last seen · 最后出现', time(alert.lastSeenAt)],
      ['FPIR · 误报率', String(alert.fpir)],
      ['List size · 名单人数', String(alert.gallerySize)],
      ...alert.models.map(({ name, task, sha256 }) => [
        `Model · 模型 ${task}`,
        `${name} ${sha256}`,
      ]),
      ['Configuration, SHA-256 · 配置', alert.configHash],
    ]),
    appearances: [
      appearance(alert, { number: 0, ...alert }, basis),
      ...alert.sightings.map((sighting) => appearance(alert, sighting, basis)),
    ],
    reviews: rows(
      reviews.map(({ action, reviewer, reason, at, stateAfter }) => [
        `${time(at)} ${reviewer}`,
        `${action} → ${stateAfter}${reason === '' ? '' : `: ${reason}`}`,
      ]),
    ),
  };
}

type Files = Pick<ReportBasis, 'files' | 'blurred'>;

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
  const { number, cameraId, capturedAt, scores, threshold, quality, interEyeDistance } = seen;
  const clip = clipPath({ alertId: alert.id, appearance: number });
  return {
    heading: `${number === 0 ? 'Alert · 警报' : `${number}.`} ${cameraId} · ${time(capturedAt)}`,
    words: matchWords(alert, seen),
    facts: rows([
      [
        'Similarity · 相似度',
        `${scores.fused.toFixed(3)} (recorded · 原图 ${scores.raw.toFixed(3)}, enhanced · 增强 ${scores.enhanced?.toFixed(3) ?? '–'})`,
      ],
      ['Threshold · 阈值', threshold.toFixed(3)],
      ['Quality · 质量', quality.toFixed(0)],
      ['Between the eyes · 瞳距', `${interEyeDistance.toFixed(1)} px`],
    ]),
    pictures: picturesOf(alert.id, number, basis),
    clip: basis.files.has(clip) ? clip : null,
  };
}

/** What score, threshold and picture mean, for who does not work with them. */
function matchWords(alert: Alert, seen: Seen): ReportWords[] {
  const { scores, threshold, meanGate, quality, interEyeDistance } = seen;
  const match = scores.fused.toFixed(2);
  const from = threshold.toFixed(2);
  const one = Math.round(1 / Math.max(alert.fpir, 1e-9)).toLocaleString('en');
  const eyes = interEyeDistance.toFixed(0);
  const recorded = Math.round(meanGate * 100);
  return [
    english(
      `Match ${match}; this list reports from ${from}. At this threshold about 1 of ${one} searches for a person who is not on the list reports somebody by mistake.`,
      scores.enhanced === null
        ? `The face has quality ${quality.toFixed(0)} of 100 and ${eyes} px between the eyes. Nothing was enhanced: the match rests on the recorded picture.`
        : `The face has quality ${quality.toFixed(0)} of 100 and ${eyes} px between the eyes. The match rests by ${recorded} % on the recorded picture and by ${100 - recorded} % on the enhanced one.`,
    ),
    chinese(
      `匹配度 ${match}，此名单从 ${from} 起报警。在此阈值下，对不在名单上的人约每 ${one} 次检索有 1 次误报。`,
      scores.enhanced === null
        ? `人脸质量 ${quality.toFixed(0)}（满分 100），两眼间距 ${eyes} 像素。未做增强，匹配仅依据原图。`
        : `人脸质量 ${quality.toFixed(0)}（满分 100），两眼间距 ${eyes} 像素。匹配依据：原图 ${recorded} %，增强图 ${100 - recorded} %。`,
    ),
  ];
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

const hiddenFaces = '; faces of others hidden · 已遮盖他人面部';

const captions: Readonly<Record<string, string>> = {
  face: 'As recorded · 原图',
  enhanced: 'AI-enhanced, no evidence on its own · AI 增强，不能单独作为证据',
  enrolled: 'Enrolled picture · 登记照片',
  best: 'As recorded, further picture · 原图，其他画面',
  frame: 'Whole picture · 完整画面',
};

function captionOf(kind: EvidenceKind): string {
  const name = kind.replace(/^sighting-\d+-/, '').replace(/^best-\d+$/, 'best');
  return captions[name] ?? kind;
}

function rows(pairs: readonly (readonly string[])[]): ReportRow[] {
  return pairs.map(([label = '', value = '']) => ({ label, value }));
}

const english = (...sentences: string[]): ReportWords => ({ language: 'en', sentences });
const chinese = (...sentences: string[]): ReportWords => ({ language: 'zh', sentences });

const time = (at: number): string => new Date(at).toISOString();
