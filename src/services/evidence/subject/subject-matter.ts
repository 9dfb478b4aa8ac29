import type { Alert } from '../../../domain/alert.ts';
import type { AlertRecord } from '../../../domain/alert-record.ts';
import { NightglassError } from '../../../domain/errors.ts';
import type { KeptSiteAlert } from '../../../domain/site-alert.ts';
import type { Person, Template } from '../../../domain/watchlist.ts';
import type { KeptSighting } from '../../../store/footage-sighting-table.ts';
import { visibleRecord } from './alert-entry.ts';
import type { FreeText } from './free-texts.ts';
import type { SubjectPart, SubjectPlan } from './subject-parts.ts';
import type { SubjectRequest, SubjectSources } from './subject-sources.ts';
import { checkedWithholding, WithheldItems } from './withheld-items.ts';

/** An alert of a part. */
export interface MatterAlert {
  readonly record: AlertRecord<Alert>;
  /** False where an earlier part has all of it but these clips. */
  readonly isWhole: boolean;
  /** Numbers of the appearances whose clips come along. */
  readonly clips: readonly number[];
}

/** What a part is made of, without what is kept back as a whole. */
export interface PartMatter {
  readonly people: readonly Person[];
  readonly templates: readonly Template[];
  readonly alerts: readonly MatterAlert[];
  readonly footage: readonly KeptSighting[];
  readonly sites: readonly KeptSiteAlert[];
}

/**
 * What is to be kept back by hand, as far as it is in this part.
 * @throws NightglassError `BAD_REQUEST` for what is in no part
 */
export function withheldOf(
  { people, withhold }: Pick<SubjectRequest, 'people' | 'withhold'>,
  plan: SubjectPlan,
  part: SubjectPart,
  isFirst: boolean,
): WithheldItems {
  const inAll: Readonly<Record<string, ReadonlySet<string>>> = {
    people: new Set(people),
    alerts: new Set(plan.alerts.map(({ id }) => id)),
    footage: new Set(plan.footage),
    sites: new Set(plan.sites),
  };
  const checked = checkedWithholding(withhold, (kind, id) => inAll[kind]?.has(id) ?? false);
  const here = new Set([
    ...(isFirst ? people.map((id) => `people/${id}`) : []),
    ...part.alerts.map(({ id }) => `alerts/${id}`),
    ...part.footage.map((id) => `footage/${id}`),
    ...part.sites.map((key) => `sites/${key}`),
  ]);
  return new WithheldItems(
    checked.filter(({ what }) => here.has(what.split('/').slice(0, 2).join('/'))),
  );
}

/** @throws NightglassError `BAD_REQUEST` where something was to be kept back that is not there */
export function assertAllMet(withheld: WithheldItems, alerts: readonly MatterAlert[]): void {
  // Of these the part holds some clips: what else is kept back was met in an earlier one.
  const later = new Set(
    alerts.flatMap(({ isWhole, record }) => (isWhole ? [] : [`alerts/${record.alert.id}`])),
  );
  const [what] = withheld.unused.filter(
    (each) => !later.has(each.split('/').slice(0, 2).join('/')),
  );
  if (what === undefined) return;
  throw new NightglassError('BAD_REQUEST', `Cannot withhold ${what}: there is no such thing`, {
    hint: 'Look at what is in it without withholding, and name what stands there.',
  });
}

/** Reads what a part is made of. What went away since it was planned is not in it any more. */
export function matterOf(
  part: SubjectPart,
  isFirst: boolean,
  { by, people: ids }: Pick<SubjectRequest, 'by' | 'people'>,
  withheld: WithheldItems,
  {
    alerts,
    footage,
    sites,
    watchlists,
  }: Pick<SubjectSources, 'alerts' | 'footage' | 'sites' | 'watchlists'>,
): PartMatter {
  const people = (isFirst ? ids : []).flatMap((id) => {
    const person = withheld.isByHand(`people/${id}`) ? undefined : watchlists.findPerson(id);
    return person === undefined ? [] : [person];
  });
  return {
    people,
    templates: people.flatMap(({ id }) => watchlists.templates(id)),
    alerts: part.alerts.flatMap(({ id, clips, isWhole }): MatterAlert[] => {
      const record = withheld.isByHand(`alerts/${id}`) ? undefined : alerts.find(id);
      if (record === undefined) return [];
      return [{ record: visibleRecord(record, by.name), clips, isWhole }];
    }),
    footage: part.footage.flatMap((id) => {
      const kept = withheld.isByHand(`footage/${id}`) ? undefined : footage.found.find(id);
      return kept === undefined ? [] : [kept];
    }),
    sites: part.sites.flatMap((key) => {
      const dot = key.indexOf('.');
      const kept = withheld.isByHand(`sites/${key}`)
        ? undefined
        : sites.find(key.slice(0, dot), key.slice(dot + 1));
      return kept === undefined ? [] : [kept];
    }),
  };
}

/** What people wrote, each with its place in the document. */
export function textsOf(
  { alerts, people }: PartMatter,
  own: ReadonlySet<string>,
): readonly FreeText[] {
  const notes = people.map(({ id, note }) => ({
    ...{ what: `people/${id}/note`, text: note, isAnothers: false },
  }));
  return [...notes, ...alerts.flatMap(({ record }) => textsOfAlert(record, own))];
}

function textsOfAlert(
  { alert, notes, outcomes, reviews }: AlertRecord<Alert>,
  own: ReadonlySet<string>,
): FreeText[] {
  const { id, personId } = alert;
  const isAnothers = !own.has(personId);
  const placed = (kind: string, texts: readonly string[]): FreeText[] =>
    texts.map((text, at) => ({ what: `alerts/${id}/${kind}/${at + 1}`, text, isAnothers }));
  return [
    ...placed(
      'reviews',
      reviews.map(({ reason }) => reason),
    ),
    ...placed(
      'notes',
      notes.map(({ text }) => text),
    ),
    ...placed(
      'outcomes',
      outcomes.map(({ note }) => note),
    ),
  ];
}
