import type {
  Session,
  SubjectExport,
  SubjectPreview,
  Watchlist,
} from '../../../src/client/nightglass-client.ts';
import { isUnlimited, mayAs } from '../page/navigation.tsx';

/** Characters of the reason of an export, and of why something is withheld, as the gateway takes them. */
export const reasonLength = [3, 1000] as const;
export const whyLength = [3, 500] as const;

/** Something that is kept back, in the words that the person reads. */
export interface Withheld {
  /** Its place, or one below. */
  readonly what: string;
  readonly why: string;
}

/** What is filled in before a part is made. */
export interface SubjectDraft {
  readonly reason: string;
  readonly law: 'gdpr' | 'led';
  readonly staff: 'numbered' | 'named';
  readonly clips: boolean;
  /** Numbers of templates. */
  readonly templates: boolean;
  /** Alerts and sightings that show the person, as whoever exports says. */
  readonly confirmed: ReadonlySet<string>;
  /** By the place of an alert, a sighting, an enrolment or a text. */
  readonly withheld: ReadonlyMap<string, Withheld>;
}

export const emptyDraft: SubjectDraft = {
  reason: '',
  law: 'gdpr',
  staff: 'numbered',
  clips: true,
  templates: true,
  confirmed: new Set(),
  withheld: new Map(),
};

/** Whether a visitor may ask what is kept of people of a list: who sees it and all its cameras. */
export function mayAskForData(session: Session, { cameras }: Pick<Watchlist, 'cameras'>): boolean {
  if (!mayAs(session, 'reviewer')) return false;
  if (isUnlimited(session) || session.cameras === '*') return true;
  const own = new Set(session.cameras);
  return cameras !== '*' && cameras.every((id) => own.has(id));
}

/** What is kept back and leaves no doubt: not what is below something that is kept back as a whole. */
export function withheldOf({ clips, withheld }: SubjectDraft): readonly Withheld[] {
  const places = new Set([...withheld.values()].map(({ what }) => what));
  return [...withheld.values()]
    .filter(({ what }) => {
      const above = what.split('/').slice(0, 2).join('/');
      if (above !== what && places.has(above)) return false;
      // Without clips there are none to keep back.
      return clips || !what.endsWith('/clips');
    })
    .map(({ what, why }) => ({ what, why: why.trim() }));
}

/** Whether the draft can be sent: a reason for the whole, and one for each thing that is kept back. */
export function isComplete(draft: SubjectDraft): boolean {
  const [least] = reasonLength;
  const [leastWhy] = whyLength;
  return (
    draft.reason.trim().length >= least &&
    withheldOf(draft).every(({ why }) => why.length >= leastWhy)
  );
}

/** What is asked of the gateway for a part. */
export function orderOf(
  personId: string,
  draft: SubjectDraft,
  { number, after }: { readonly number: number; readonly after: string | undefined },
): SubjectExport {
  const { clips, confirmed, law, reason, staff, templates } = draft;
  return {
    people: [personId],
    confirmed: [...confirmed],
    ...{ clips, law, staff, templates, part: number },
    reason: reason.trim(),
    withhold: [...withheldOf(draft)],
    ...(after === undefined ? {} : { after }),
  };
}

type Reason = SubjectPreview['withheld'][number]['reason'];

/** How much is left out of a part for which reason, as far as that is known before it is made. */
export function leftOutOf(
  preview: SubjectPreview,
  draft: SubjectDraft,
  mayTemplates: boolean,
): readonly (readonly [Reason, number])[] {
  const counts = new Map<Reason, number>();
  const add = (reason: Reason, count: number): void => {
    if (count > 0) counts.set(reason, (counts.get(reason) ?? 0) + count);
  };
  for (const { reason } of preview.withheld) add(reason, 1);
  const here = new Set([
    ...preview.people.map(({ id }) => `people/${id}`),
    ...preview.alerts.map(({ id }) => `alerts/${id}`),
    ...preview.sightings.map(({ id }) => `footage/${id}`),
    ...preview.siteAlerts.map(({ id }) => `sites/${id}`),
  ]);
  const byHand = withheldOf(draft).filter(({ what }) =>
    here.has(what.split('/').slice(0, 2).join('/')),
  );
  add('controller', byHand.length);
  if (!mayTemplates || !draft.templates) {
    add(
      'rights',
      preview.people.reduce((sum, { templates }) => sum + templates, 0),
    );
  }
  return [...counts];
}
