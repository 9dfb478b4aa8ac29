import type { SubjectPreview } from '../services/evidence/subject/preview-subject.ts';
import type { SubjectSearch } from '../services/evidence/subject/search-for-subject.ts';

/** What would be exported, to be read. */
export function previewText({
  alerts,
  parts,
  people,
  siteAlerts,
  sightings,
  texts,
  totals,
  withheld,
}: SubjectPreview): string {
  return [
    `${totals.people} enrolments, ${totals.alerts} alerts, ${totals.sightings} sightings in recordings${totals.siteAlerts > 0 ? `, ${totals.siteAlerts} alerts of sites` : ''}; ${parts} ${parts === 1 ? 'part' : 'parts'}`,
    ...people.map(
      ({ id, list, lookAlikes, name, templates }) =>
        `people/${id}: ${name}, ${list}: ${templates} templates, ${lookAlikes} look-alikes`,
    ),
    ...alerts.map(({ at, cameras, clips, id, shownBy, state }) => {
      const pictures = shownBy === 'nobody' ? 'without pictures' : `pictures, ${clips} clips`;
      return `alerts/${id}: ${at} ${cameras.join(', ')}, ${state ?? 'to be judged'}: ${pictures}`;
    }),
    ...sightings.map(
      ({ id, search, shownBy }) =>
        `footage/${id}: search ${search}: ${shownBy === 'nobody' ? 'without pictures' : 'pictures'}`,
    ),
    ...siteAlerts.map(({ at, id, state }) => `sites/${id}: ${at}, ${state}: without pictures`),
    ...texts.map(({ text, what }) => `${what}: ${text.replaceAll('\n', ' ')}`),
    ...withheld.map(({ reason, what }) => `left out: ${what}: ${reason}`),
    ...(alerts.some(({ shownBy }) => shownBy === 'nobody')
      ? ['Pictures leave of confirmed alerts alone, and of those that --confirm names.']
      : []),
    '',
  ].join('\n');
}

/** Who looks like the picture of who asks, and their alerts, for somebody to look at. */
export function searchText({ candidates, summary }: SubjectSearch): string {
  const lists = summary.lists.map(
    ({ matches, name, people, threshold }) =>
      `searched: ${name}, ${people} people, threshold ${threshold?.toFixed(3) ?? '-'}, ${matches} from it on`,
  );
  const found = candidates.flatMap(
    ({ alerts, further, list, matched, personId, personName, score, sightings }) => [
      `${matched ? 'match    ' : 'candidate'} ${score.toFixed(3)} ${personName}, ${list} (person ${personId})`,
      ...alerts.map(({ at, cameras, id }) => `  alert ${id}: ${at} ${cameras.join(', ')}`),
      ...sightings.map((id) => `  sighting ${id}`),
      ...(further > 0 ? [`  and ${further} older alerts`] : []),
    ],
  );
  return [
    ...lists,
    ...(found.length === 0 ? ['nobody is enrolled'] : found),
    'Look at them. Then export the person, or the alerts that show who asks (--confirm), or that',
    'nothing is kept (--nothing), with --out FILE.',
    '',
  ].join('\n');
}
