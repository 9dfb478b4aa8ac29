import type {
  FootageJobDetail,
  FootagePictureKind,
  FootageSighting,
} from '../../../src/client/nightglass-client.ts';
import { ExportEvidence } from '../alerts/export-evidence.tsx';
import { formatDateTime, formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Check } from '../kit/check.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';
import { clockText } from '../widgets/clock-text.ts';
import { FootagePicture } from './footage-picture.tsx';
import { nameOf } from './footage-text.ts';
import { SightingClip } from './sighting-clip.tsx';

export interface PeopleFoundProps {
  readonly job: FootageJobDetail;
  readonly sightings: readonly FootageSighting[];
  /** Ids of those that are chosen. */
  readonly chosen: ReadonlySet<string>;
  readonly onChosen: (id: string, isChosen: boolean) => void;
}

/** Who was found, each with a time line over all files and the sightings on it. */
export function PeopleFound({ job, sightings, ...choice }: PeopleFoundProps) {
  const groups = [...Map.groupBy(sightings, (each) => `${each.watchlistId} ${each.personId}`)];
  const best = (group: readonly FootageSighting[]) =>
    Math.max(...group.map(({ scores }) => scores.fused));
  groups.sort(([, a], [, b]) => best(b) - best(a));
  const starts = fileStarts(job);
  return (
    <>
      {groups.map(([key, group]) => (
        <Person key={key} job={job} group={group} starts={starts} {...choice} />
      ))}
    </>
  );
}

interface PersonProps extends Omit<PeopleFoundProps, 'sightings'> {
  readonly group: readonly FootageSighting[];
  readonly starts: readonly number[];
}

function Person({ job, group, starts, ...choice }: PersonProps) {
  const { session } = useDashboard();
  const [first] = group;
  if (first === undefined) return null;
  const { personId, personName: name, watchlistName } = first;
  const end = Math.max(starts.at(-1) ?? 0, ...group.map((each) => placeOf(each, starts)), 1);
  return (
    <section class="panel footage-person" aria-label={name}>
      <header>
        <h3 dir="auto">{name}</h3>
        <p>
          <bdi>{watchlistName}</bdi> · {t('footage.sightings', { count: group.length })}
        </p>
        {mayAs(session, 'reviewer') && group.some(isForGood) && (
          <ExportEvidence
            alertIds={[]}
            footage={[{ search: job.id, person: personId }]}
            label={t('footage.exportPerson', { name })}
          />
        )}
      </header>
      <nav class="footage-line-room" aria-label={t('footage.timeLine', { name })}>
        {starts.slice(1, -1).map((start) => (
          <i key={start} style={{ left: `${(start / end) * 100}%` }} />
        ))}
        {group.map((each) => (
          <button
            key={each.id}
            type="button"
            style={{ left: `${(placeOf(each, starts) / end) * 100}%` }}
            aria-label={t('footage.seenAt', { time: timeText(each) })}
            title={timeText(each)}
            onClick={() => {
              const card = document.getElementById(`sighting-${each.id}`);
              card?.scrollIntoView({ block: 'center' });
              card?.focus();
            }}
          />
        ))}
      </nav>
      <p class="footage-line-ends" aria-hidden="true">
        <span>{clockText(0)}</span>
        <span>{clockText(end)}</span>
      </p>
      <ul class="footage-cards">
        {group.map((each) => (
          <SightingCard key={each.id} job={job} sighting={each} {...choice} />
        ))}
      </ul>
    </section>
  );
}

interface SightingCardProps extends Omit<PeopleFoundProps, 'sightings'> {
  readonly sighting: FootageSighting;
}

function SightingCard({ job, sighting, chosen, onChosen }: SightingCardProps) {
  const { session } = useDashboard();
  const { id, at, until, scores, threshold, interEyeDistance, file, personName } = sighting;
  const path = job.fileList[file]?.path ?? '';
  return (
    <li id={`sighting-${id}`} class="footage-card" tabIndex={-1} data-id={id}>
      <div class="footage-pictures">
        {kindsOf(sighting).map((kind) => (
          <FootagePicture key={kind} sightingId={id} kind={kind} name={personName} />
        ))}
      </div>
      <p class="footage-when">
        {sighting.time !== null && <strong>{formatDateTime(Date.parse(sighting.time))}</strong>}
        <span>
          <code dir="auto" title={path}>
            {nameOf(path)}
          </code>{' '}
          {t('footage.span', { from: clockText(at), until: clockText(Math.max(at, until)) })}
        </span>
      </p>
      <p class="footage-note">
        {t('footage.match', {
          score: formatNumber(scores.fused, 2),
          threshold: formatNumber(threshold, 2),
        })}
        {' · '}
        {t('footage.size', { count: Math.round(interEyeDistance) })}
      </p>
      {sighting.preliminary === true && (
        <p class="footage-note footage-preliminary">{t('footage.preliminary')}</p>
      )}
      {mayAs(session, 'reviewer') && isForGood(sighting) && (
        <Check
          checked={chosen.has(id)}
          aria-label={t('footage.chooseAt', { name: personName, time: timeText(sighting) })}
          onChecked={(isChosen) => onChosen(id, isChosen)}
        >
          {t('footage.choose')}
        </Check>
      )}
      <SightingClip sightingId={id} />
    </li>
  );
}

/** A case holds nothing that only the quick look found. */
function isForGood({ preliminary }: FootageSighting): boolean {
  return preliminary !== true;
}

/** One that needed no enhancement has no such picture. */
function kindsOf({ enhancement }: FootageSighting): readonly FootagePictureKind[] {
  return enhancement === 'made' ? ['face', 'enhanced', 'enrolled'] : ['face', 'enrolled'];
}

function timeText({ at, time }: FootageSighting): string {
  return time === null ? clockText(at) : formatDateTime(Date.parse(time));
}

/** Where each file begins on the line of all, seconds, and where the last one ends. */
function fileStarts({ fileList }: FootageJobDetail): readonly number[] {
  const starts = [0];
  for (const { seconds, position } of fileList) {
    starts.push((starts.at(-1) ?? 0) + (seconds ?? position.seconds));
  }
  return starts;
}

function placeOf({ file, at }: FootageSighting, starts: readonly number[]): number {
  return (starts[file] ?? 0) + at;
}
