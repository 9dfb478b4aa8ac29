import type { Alert } from '../../../domain/alert.ts';
import type { AlertRecord } from '../../../domain/alert-record.ts';
import { evidenceBounds, subjectBounds } from '../../../domain/bounds.ts';
import { NightglassError } from '../../../domain/errors.ts';
import { inTurns, othersFirst } from '../../in-turns.ts';
import { appearances as appearancesOf } from '../case-clips.ts';
import { siteAlertKey } from './site-alert-entry.ts';
import type { SubjectAlert, SubjectPlan } from './subject-parts.ts';
import type { SubjectRequest, SubjectSources } from './subject-sources.ts';

/** Who says that an alert's pictures show the person whom it names. */
export type ShownBy = 'verdict' | 'confirmed' | 'nobody';

type Planned = Pick<SubjectRequest, 'confirmed' | 'may' | 'people' | 'withClips'>;
type Sources = Pick<SubjectSources, 'alerts' | 'footage' | 'kept' | 'sites' | 'watchlists'>;

/**
 * Whom an alert's pictures show: a machine's claim is no word for it. A person whom somebody has
 * dismissed it for, or whom it turned out not to be, is somebody else.
 */
export function shownBy(
  { alert, outcomes }: Pick<AlertRecord<Alert>, 'alert' | 'outcomes'>,
  confirmed: ReadonlySet<string>,
): ShownBy {
  if (confirmed.has(alert.id)) return 'confirmed';
  if (alert.state !== 'confirmed' || isOtherPerson(outcomes)) return 'nobody';
  return 'verdict';
}

/** Whether somebody said that it is not the person. */
export function isOfAnother({
  alert,
  outcomes,
}: Pick<AlertRecord<Alert>, 'alert' | 'outcomes'>): boolean {
  return alert.state === 'dismissed' || isOtherPerson(outcomes);
}

const isOtherPerson = (outcomes: AlertRecord<Alert>['outcomes']): boolean =>
  outcomes.at(-1)?.outcome === 'other_person';

/**
 * All that is kept of somebody, oldest first: alerts on their enrolments, what else is confirmed to
 * show them, sightings in recorded footage, alerts of sites.
 * @throws NightglassError `NOT_FOUND` for a person, alert or sighting that is not there, `FORBIDDEN`
 * where whoever asks may not see all of it, `BAD_REQUEST` for more than may be asked for
 */
export async function planSubject(
  { confirmed, may, people, withClips }: Planned,
  sources: Sources,
): Promise<SubjectPlan> {
  if (people.length > subjectBounds.people || confirmed.length > subjectBounds.confirmed) {
    throw new NightglassError(
      'BAD_REQUEST',
      `Cannot export so much of one person: ${subjectBounds.people} enrolments and ${subjectBounds.confirmed} alerts may be named`,
    );
  }
  const shown = new Set(confirmed);
  const alerts = new Map<string, SubjectAlert>();
  const footage = new Set<string>();
  const sites = new Set<string>();
  const take = (alert: Alert): void => {
    if (!may.alert(alert)) throw people.includes(alert.personId) ? notAll() : unknown(alert.id);
    alerts.set(alert.id, planned(alert, { shown, withClips }, sources));
  };
  const takeSighting = (id: string): void => {
    const kept = sources.footage.found.find(id);
    if (kept === undefined) throw unknown(id);
    const lists = sources.footage.jobs.find(kept.jobId)?.watchlistIds ?? [kept.alert.watchlistId];
    if (!may.search(lists)) throw people.includes(kept.alert.personId) ? notAll() : unknown(id);
    footage.add(id);
  };
  for (const id of new Set(people)) {
    const person = sources.watchlists.findPerson(id);
    let isKnown = person !== undefined;
    for await (const alert of alertsOn(id, sources)) {
      take(alert);
      // Alerts outlive an enrolment that was removed.
      isKnown = true;
    }
    for (const told of sources.sites.ofPerson(id)) {
      if (!may.site(told.site, told.watchlistId)) throw notAll();
      sites.add(siteAlertKey(told));
      isKnown = true;
    }
    if (!isKnown) throw missing(`person ${id}`);
    if (person === undefined) continue;
    for (const sighting of sources.kept.footageOf(person)) takeSighting(sighting);
  }
  for (const id of shown) {
    const record = sources.alerts.find(id);
    if (record !== undefined) take(record.alert);
    else takeSighting(id);
  }
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  return {
    alerts: [...alerts.values()].sort(byId),
    footage: [...footage].sort(),
    sites: [...sites].sort(),
  };
}

async function* alertsOn(personId: string, { alerts }: Sources): AsyncGenerator<Alert> {
  let before: string | undefined;
  do {
    const filter = { personId, limit: 100, ...(before === undefined ? {} : { before }) };
    const page = await inTurns(alerts.pageInSteps(filter));
    yield* page.alerts;
    before = page.next ?? undefined;
    await othersFirst();
  } while (before !== undefined);
}

function planned(
  alert: Alert,
  { shown, withClips }: { readonly shown: ReadonlySet<string>; readonly withClips: boolean },
  { alerts }: Sources,
): SubjectAlert {
  const { id, sightings } = alert;
  const plain = { id, appearances: 1 + sightings.length, clips: [] };
  if (!withClips || (alert.state !== 'confirmed' && !shown.has(id))) return plain;
  const record = alerts.find(id);
  if (record === undefined || shownBy(record, shown) === 'nobody') return plain;
  const clips = appearancesOf(alert).flatMap(({ appearance, clip }) =>
    clip.state === 'ready' && clip.bytes <= evidenceBounds.blurredClipBytes
      ? [{ appearance, bytes: clip.bytes }]
      : [],
  );
  return { ...plain, clips };
}

const unknown = (id: string): NightglassError => missing(`alert or sighting ${id}`);

function missing(what: string): NightglassError {
  return new NightglassError('NOT_FOUND', `Cannot export personal data: there is no ${what}`);
}

function notAll(): NightglassError {
  return new NightglassError(
    'FORBIDDEN',
    'Cannot export personal data: there is more than you may see',
    { hint: 'Ask somebody who may see all lists and cameras concerned.' },
  );
}
