import type { Alert, EvidenceKind } from '../../domain/alert.ts';
import type { AlertRecord } from '../../domain/alert-record.ts';
import { isEnhancedKind } from '../alerts/marked-evidence.ts';
import { clipPath } from './case-clips.ts';
import { kindsOf, picturePath } from './case-pictures.ts';

export interface ReportedCase {
  readonly caseId: string;
  readonly exportedAt: string;
  readonly by: string;
  readonly reason: string;
  readonly alerts: readonly AlertRecord<Alert>[];
}

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{border-top:2px solid;padding-top:1rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.2rem .6rem .2rem 0;vertical-align:top;overflow-wrap:anywhere}
tr{border-bottom:1px solid #8884}figure{display:inline-block;margin:.4rem .8rem .4rem 0;vertical-align:top}
img{max-width:20rem;max-height:16rem;min-height:6rem}figcaption{max-width:20rem}`;

/**
 * A case to read, in English and Chinese: one page without scripts, whose pictures lie beside it in
 * the archive and which asks no other place for anything.
 * @param pictures paths of the pictures that the case has
 */
export function caseReport(
  { caseId, exportedAt, by, reason, alerts }: ReportedCase,
  pictures: ReadonlySet<string>,
  fingerprint: string,
): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><title>Case ${escaped(caseId)}</title>
<style>${style}</style></head><body>
<h1>Evidence of ${alerts.length} alert${alerts.length === 1 ? '' : 's'} · 证据：${alerts.length} 条警报</h1>
${table([
  ['Case · 案件', caseId],
  ['Exported · 导出时间', exportedAt],
  ['By · 导出人', by],
  ['Reason · 原因', reason],
  ['Signing key, SHA-256 · 签名密钥', fingerprint],
])}
<p>A match is a claim of a machine, for people to judge. Pictures marked AI-ENHANCED are made by a model and are no evidence on their own. Check this archive with <code>nightglass evidence verify</code>.</p>
<p lang="zh">匹配结果是机器的判断，须由人核实。标有 AI-ENHANCED 的图片由模型生成，不能单独作为证据。请用 <code>nightglass evidence verify</code> 校验本档案。</p>
${alerts.map((record) => section(record, pictures)).join('\n')}
</body></html>
`;
}

function section({ alert, reviews }: AlertRecord<Alert>, pictures: ReadonlySet<string>): string {
  const scores = ({ raw, enhanced, fused }: Alert['scores']) =>
    `${fused.toFixed(3)} (recorded · 原图 ${raw.toFixed(3)}, enhanced · 增强 ${enhanced?.toFixed(3) ?? '–'})`;
  const kinds = kindsOf(alert).filter((kind) => pictures.has(picturePath(alert.id, kind)));
  return `<h2>${escaped(alert.personName)} · ${escaped(alert.watchlistName)}</h2>
${table([
  ['Alert · 警报', alert.id],
  ['State · 状态', alert.state],
  ['Camera · 摄像机', alert.cameraId],
  ['Recorded · 拍摄时间', time(alert.capturedAt)],
  ['Last seen · 最后出现', time(alert.lastSeenAt)],
  ['Similarity · 相似度', scores(alert.scores)],
  ['Threshold · 阈值', alert.threshold.toFixed(3)],
  ['FPIR · 误报率', String(alert.fpir)],
  ['List size · 名单人数', String(alert.gallerySize)],
  ['Quality · 质量', alert.quality.toFixed(0)],
  ['Between the eyes · 瞳距', `${alert.interEyeDistance.toFixed(1)} px`],
  ...alert.models.map(({ name, task, sha256 }) => [`Model · 模型 ${task}`, `${name} ${sha256}`]),
  ['Configuration, SHA-256 · 配置', alert.configHash],
])}
<h3>Sightings · 出现记录</h3>
${table(
  alert.sightings.map((each) => [
    `${each.number}. ${each.cameraId}`,
    `${time(each.capturedAt)}; ${scores(each.scores)}; threshold · 阈值 ${each.threshold.toFixed(3)}; quality · 质量 ${each.quality.toFixed(0)}`,
  ]),
)}
<h3>Reviews · 复核</h3>
${table(
  reviews.map(({ action, reviewer, reason, at, stateAfter }) => [
    `${time(at)} ${reviewer}`,
    `${action} → ${stateAfter}${reason === '' ? '' : `: ${reason}`}`,
  ]),
)}
<h3>Pictures · 图片</h3>
${kinds.map((kind) => figure(alert.id, kind)).join('')}
${clipLinks(alert, pictures)}`;
}

function clipLinks(alert: Alert, files: ReadonlySet<string>): string {
  const paths = [0, ...alert.sightings.map(({ number }) => number)]
    .map((appearance) => clipPath({ alertId: alert.id, appearance }))
    .filter((path) => files.has(path));
  if (paths.length === 0) return '';
  const links = paths.map((path) => `<a href="${escaped(path)}">${escaped(path)}</a>`);
  return `<h3>Clips · 视频</h3><p>${links.join('<br>')}</p>`;
}

function figure(alertId: string, kind: EvidenceKind): string {
  const what = isEnhancedKind(kind) ? `${kind}: AI-enhanced · AI 增强` : kind;
  return `<figure><img src="${escaped(picturePath(alertId, kind))}" alt="${escaped(what)}"><figcaption>${escaped(what)}</figcaption></figure>`;
}

function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map(
    ([name = '', value = '']) =>
      `<tr><th scope="row">${escaped(name)}</th><td>${escaped(value)}</td></tr>`,
  );
  return cells.length === 0 ? '<p>–</p>' : `<table>${cells.join('')}</table>`;
}

const time = (at: number): string => new Date(at).toISOString();

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
  return text.replaceAll(/[&<>"']/g, (found) => entities[found] ?? `&#${found.charCodeAt(0)};`);
}
