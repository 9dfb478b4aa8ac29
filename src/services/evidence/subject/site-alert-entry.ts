import { camerasOfSite } from '../../../domain/principal.ts';
import type { KeptSiteAlert } from '../../../domain/site-alert.ts';
import type { ReportSection } from '../report/report-content.ts';
import { rows } from '../report/report-words.ts';
import {
  isoTime,
  keptUntil,
  listEntry,
  recordEntry,
  type SubjectContext,
  type SubjectTraces,
} from './subject-context.ts';
import type { SubjectSiteAlertEntry } from './subject-document.ts';
import { termOf } from './subject-terms.ts';
import type { WithheldItems } from './withheld-items.ts';

/** Names an alert of a site among those of all sites. */
export function siteAlertKey({ id, site }: Pick<KeptSiteAlert, 'id' | 'site'>): string {
  return `${site}.${id}`;
}

/**
 * Notes what the site alone gives of its alert: pictures, which its people judge, and what they
 * wrote.
 */
export function withholdOfSite(alert: KeptSiteAlert, withheld: WithheldItems): void {
  const place = `sites/${siteAlertKey(alert)}`;
  if (alert.pictures.length > 0) withheld.add(`${place}/pictures`, 'at_site');
  if (alert.reviews.some(({ reason }) => reason !== '')) {
    withheld.add(`${place}/reasons`, 'at_site');
  }
  if (alert.scores === null) withheld.add(`${place}/scores`, 'under_review');
}

/** What a case says of an alert that a site told this centre of. */
export function siteAlertEntry(
  alert: KeptSiteAlert,
  traces: Pick<SubjectTraces, 'records'>,
  { names, sources, withheld }: SubjectContext,
): SubjectSiteAlertEntry {
  withholdOfSite(alert, withheld);
  const { createdAt, id, quality, reviews, scores, site, state, threshold, watchlistId } = alert;
  return {
    id,
    site,
    list: listEntry(watchlistId, sources, alert.watchlistName),
    state,
    camera: `${camerasOfSite(site)}/${alert.cameraId}`,
    seenAt: isoTime(alert.capturedAt),
    raisedAt: isoTime(createdAt),
    receivedAt: isoTime(alert.receivedAt),
    keptUntil: isoTime(keptUntil(createdAt, watchlistId, sources)),
    scores: scores && { raw: scores.raw, enhanced: scores.enhanced, fused: scores.fused },
    ...{ threshold, quality },
    sightings: alert.sightings.map((seen) => ({
      camera: `${camerasOfSite(site)}/${seen.cameraId}`,
      seenAt: isoTime(seen.capturedAt),
      score: seen.score,
      quality: seen.quality,
    })),
    reviews: reviews.map(({ action, at, reviewer }) => ({
      ...{ at: isoTime(at), by: names.of(reviewer), action },
    })),
    picturesKept: alert.pictures.length,
    records: (traces.records.get(id) ?? []).map((each) => recordEntry(each, names)),
  };
}

/** The same, to read. */
export function siteAlertSection(alert: SubjectSiteAlertEntry): ReportSection {
  const { camera, id, list, receivedAt, scores, seenAt, sightings, site, threshold } = alert;
  const ofSite = 'given by the site · 由站点提供';
  return {
    heading: `Alert of a site · 站点警报 ${site} ${id}`,
    facts: rows([
      ['List · 名单', list.name ?? list.id],
      ['State · 状态', termOf(alert.state)],
      ['Seen · 出现', `${camera} · ${seenAt}`],
      ...sightings.map((seen) => ['Seen again · 再次出现', `${seen.camera} · ${seen.seenAt}`]),
      ['Came here · 到达此处', receivedAt],
      ['Kept until, at the latest · 最迟保存至', alert.keptUntil],
      [
        'Similarity · 相似度',
        scores === null ? ofSite : `${scores.fused.toFixed(3)} / ${threshold?.toFixed(3) ?? '–'}`,
      ],
      ['Pictures kept here · 此处保存的图片', `${alert.picturesKept}; ${ofSite}`],
    ]),
    appearances: [],
    reviews: rows(alert.reviews.map(({ action, at, by }) => [`${at} ${by}`, termOf(action)])),
  };
}
