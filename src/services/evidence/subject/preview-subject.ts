import type { AlertState } from '../../../domain/alert.ts';
import { camerasOf } from '../../../domain/alert-filter.ts';
import { reviewsBlind } from '../../../domain/review.ts';
import { othersFirst } from '../../in-turns.ts';
import { textsThatLeave } from './free-texts.ts';
import { isOfAnother, planSubject, type ShownBy, shownBy } from './plan-subject.ts';
import { siteAlertKey, withholdOfSite } from './site-alert-entry.ts';
import { StaffNames } from './staff-names.ts';
import { clipsToHide } from './subject-clips.ts';
import { isoTime } from './subject-context.ts';
import type { WithheldItem } from './subject-document.ts';
import { matterOf, type PartMatter, textsOf, withheldOf } from './subject-matter.ts';
import { subjectParts } from './subject-parts.ts';
import { picturesOfAlert, picturesOfSighting } from './subject-pictures.ts';
import type { SubjectRequest, SubjectSources } from './subject-sources.ts';
import { WithheldItems } from './withheld-items.ts';

/** What a part would hold, for whoever is about to export it. */
export interface SubjectPreview {
  readonly totals: {
    readonly people: number;
    readonly alerts: number;
    readonly sightings: number;
    readonly siteAlerts: number;
  };
  /** Parts that are left, this one included. */
  readonly parts: number;
  /** Where the next part goes on; null: this is the last one. */
  readonly next: string | null;
  readonly people: readonly {
    readonly id: string;
    readonly name: string;
    readonly list: string;
    readonly templates: number;
    readonly lookAlikes: number;
  }[];
  readonly alerts: readonly {
    readonly id: string;
    readonly at: string;
    readonly cameras: readonly string[];
    /** Null while whoever asks is to judge it. */
    readonly state: AlertState | null;
    /** Who says that it shows the person; its pictures leave where somebody does. */
    readonly shownBy: ShownBy;
    /** Somebody said that it is somebody else. */
    readonly isOfAnother: boolean;
    /** Of this part; what is found to be undecodable as it is made is not in it. */
    readonly pictures: number;
    readonly clips: number;
  }[];
  readonly sightings: readonly {
    readonly id: string;
    readonly search: string;
    readonly secondsInFile: number;
    readonly shownBy: 'confirmed' | 'nobody';
    readonly pictures: number;
  }[];
  /** Of sites of this centre; their pictures the sites give. */
  readonly siteAlerts: readonly {
    /** `SITE.ID` */
    readonly id: string;
    readonly at: string;
    readonly state: AlertState;
  }[];
  /** What people wrote, each by the place that withholding it names. */
  readonly texts: readonly { readonly what: string; readonly text: string }[];
  /** What is left out of this part, as far as that is known before it is made. */
  readonly withheld: readonly Pick<WithheldItem, 'reason' | 'what'>[];
}

type Sources = Pick<
  SubjectSources,
  'alerts' | 'clips' | 'footage' | 'kept' | 'sites' | 'staff' | 'watchlists'
>;

/**
 * What {@link exportSubject} would put into a part; nothing is recorded, as nothing leaves.
 * @throws NightglassError `BAD_REQUEST`, `NOT_FOUND`, `FORBIDDEN`
 */
export async function previewSubject(
  request: SubjectRequest,
  sources: Sources,
): Promise<SubjectPreview> {
  const plan = await planSubject(request, sources);
  const [part, ...later] = subjectParts(plan, request.after);
  if (part === undefined) throw new Error('There is no part of the export');
  const isFirst = request.after === undefined;
  withheldOf(request, plan, part, isFirst);
  const matter = matterOf(part, isFirst, request, new WithheldItems([]), sources);
  const { lookAlikes, find, templates } = namedIn(sources);
  const { confirmed, pictures, texts, withheld } = await leftOf(matter, request, sources);
  return {
    totals: {
      people: request.people.length,
      alerts: plan.alerts.length,
      sightings: plan.footage.length,
      siteAlerts: plan.sites.length,
    },
    parts: 1 + later.length,
    next: later.length === 0 ? null : part.end,
    people: matter.people.map(({ id, name, watchlistId }) => ({
      ...{ id, name, list: find(watchlistId) },
      ...{ templates: templates(id), lookAlikes: lookAlikes(id) },
    })),
    alerts: matter.alerts.map(({ clips, record }) => {
      const { alert, review } = record;
      const isBlind = reviewsBlind(review, request.by.name);
      return {
        id: alert.id,
        at: isoTime(alert.capturedAt),
        cameras: [...new Set(camerasOf(alert))],
        state: isBlind ? null : alert.state,
        shownBy: shownBy(record, confirmed),
        isOfAnother: isOfAnother(record),
        pictures: pictures.get(alert.id) ?? 0,
        clips: clips.length,
      };
    }),
    sightings: matter.footage.map(({ alert, at, jobId }) => ({
      id: alert.id,
      search: jobId,
      secondsInFile: at,
      shownBy: confirmed.has(alert.id) ? 'confirmed' : 'nobody',
      pictures: pictures.get(alert.id) ?? 0,
    })),
    siteAlerts: matter.sites.map((alert) => ({
      ...{ id: siteAlertKey(alert), at: isoTime(alert.capturedAt), state: alert.state },
    })),
    texts: texts
      .filter(({ isAnothers, text }) => text !== '' && !isAnothers)
      .map(({ text, what }) => ({ what, text })),
    withheld,
  };
}

/** What leaves of a part, and what does not, found as the export finds it. */
async function leftOf(matter: PartMatter, request: SubjectRequest, sources: Sources) {
  const [own, confirmed] = [new Set(request.people), new Set(request.confirmed)];
  const withheld = new WithheldItems([]);
  const context = { confirmed, own, sources, withheld };
  const pictures = new Map<string, number>();
  const count = async (id: string, stored: ReturnType<typeof picturesOfAlert>): Promise<void> => {
    pictures.set(id, stored.filter(({ jpeg }) => (jpeg?.byteLength ?? 0) > 0).length);
    await othersFirst();
  };
  for (const each of matter.alerts) {
    await count(each.record.alert.id, picturesOfAlert(each, context));
    const { alert, review } = each.record;
    if (reviewsBlind(review, request.by.name)) {
      withheld.add(`alerts/${alert.id}/scores`, 'under_review');
    }
  }
  for (const each of matter.footage) await count(each.alert.id, picturesOfSighting(each, context));
  clipsToHide(matter.alerts, request.withClips, context);
  for (const alert of matter.sites) withholdOfSite(alert, withheld);
  const texts = textsOf(matter, own);
  const ownNames = matter.people.map(({ name }) => name);
  // By whom names of staff are replaced is no matter of what is left out.
  const names = new StaffNames('named');
  await textsThatLeave(texts, { withheld, names, own, ownNames }, sources);
  const items = withheld.items.map(({ reason, what }) => ({ reason, what }));
  return { confirmed, pictures, texts, withheld: items };
}

function namedIn({ watchlists }: Pick<SubjectSources, 'watchlists'>) {
  return {
    find: (id: string) => watchlists.find(id)?.name ?? id,
    templates: (id: string) => watchlists.templates(id).length,
    lookAlikes: (id: string) => watchlists.lookAlikes.factsOf([id]).length,
  };
}
