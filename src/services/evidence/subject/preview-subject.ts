import type { AlertState } from '../../../domain/alert.ts';
import { camerasOf } from '../../../domain/alert-filter.ts';
import { reviewsBlind } from '../../../domain/review.ts';
import { isOfAnother, planSubject, type ShownBy, shownBy } from './plan-subject.ts';
import { isoTime } from './subject-context.ts';
import { matterOf, textsOf, withheldOf } from './subject-matter.ts';
import { subjectParts } from './subject-parts.ts';
import type { SubjectRequest, SubjectSources } from './subject-sources.ts';
import { WithheldItems } from './withheld-items.ts';

/** What a part would hold, for whoever is about to export it. */
export interface SubjectPreview {
  readonly totals: { readonly people: number; readonly alerts: number; readonly sightings: number };
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
    readonly clips: number;
  }[];
  readonly sightings: readonly {
    readonly id: string;
    readonly search: string;
    readonly secondsInFile: number;
    readonly shownBy: 'confirmed' | 'nobody';
  }[];
  /** What people wrote, each by the place that withholding it names. */
  readonly texts: readonly { readonly what: string; readonly text: string }[];
}

/**
 * What {@link exportSubject} would put into a part; nothing is recorded, as nothing leaves.
 * @throws NightglassError `BAD_REQUEST`, `NOT_FOUND`, `FORBIDDEN`
 */
export async function previewSubject(
  request: SubjectRequest,
  sources: Pick<SubjectSources, 'alerts' | 'footage' | 'kept' | 'watchlists'>,
): Promise<SubjectPreview> {
  const plan = await planSubject(request, sources);
  const [part, ...later] = subjectParts(plan, request.after);
  if (part === undefined) throw new Error('There is no part of the export');
  const isFirst = request.after === undefined;
  withheldOf(request, plan, part, isFirst);
  const matter = matterOf(part, isFirst, request, new WithheldItems([]), sources);
  const { lookAlikes, find, templates } = namedIn(sources);
  return {
    totals: {
      people: request.people.length,
      alerts: plan.alerts.length,
      sightings: plan.footage.length,
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
        shownBy: shownBy(record, new Set(request.confirmed)),
        isOfAnother: isOfAnother(record),
        clips: clips.length,
      };
    }),
    sightings: matter.footage.map(({ alert, at, jobId }) => ({
      id: alert.id,
      search: jobId,
      secondsInFile: at,
      shownBy: request.confirmed.includes(alert.id) ? 'confirmed' : 'nobody',
    })),
    texts: textsOf(matter, new Set(request.people))
      .filter(({ isAnothers, text }) => text !== '' && !isAnothers)
      .map(({ text, what }) => ({ what, text })),
  };
}

function namedIn({ watchlists }: Pick<SubjectSources, 'watchlists'>) {
  return {
    find: (id: string) => watchlists.find(id)?.name ?? id,
    templates: (id: string) => watchlists.templates(id).length,
    lookAlikes: (id: string) => watchlists.lookAlikes.factsOf([id]).length,
  };
}
