import { useState } from 'preact/hooks';
import type { Candidate, SearchedFace } from '../../../src/client/nightglass-client.ts';
import { ScoreMeter } from '../alerts/score-meter.tsx';
import { t } from '../i18n/t.ts';
import { href } from '../page/route.ts';
import { EnrolledPicture } from '../widgets/enrolled-picture.tsx';
import { ProbeFaces } from './probe-faces.tsx';
import type { Probe } from './search-request.ts';

export interface SearchResultsProps {
  readonly probe: Probe;
  readonly faces: readonly SearchedFace[];
}

/** Who is alike, by face and list: leads for a person to check, best first. */
export function SearchResults({ probe, faces }: SearchResultsProps) {
  const [chosen, setChosen] = useState(0);
  const face = faces[chosen] ?? faces[0];
  const above = faces.flatMap(({ candidates }) => candidates).filter(({ matched }) => matched);
  return (
    <>
      <p class="search-summary" role="status">
        <b>{t('search.foundFaces', { count: faces.length })}</b>{' '}
        {t('search.foundAbove', { count: above.length })}
      </p>
      <p class="search-note">{t('search.note')}</p>
      <ProbeFaces probe={probe} faces={faces} chosen={chosen} onChoose={setChosen} />
      {face !== undefined && face.candidates.length === 0 && (
        <p class="empty">{t('search.noCandidates')}</p>
      )}
      {face !== undefined && face.withheld > 0 && (
        <p class="search-note">{t('search.withheld', { count: face.withheld })}</p>
      )}
      <ol class="candidates">
        {face?.candidates.toSorted(nearestFirst).map((candidate, i) => (
          <CandidateCard
            key={`${candidate.watchlistId}/${candidate.personId}`}
            candidate={candidate}
            rank={i + 1}
          />
        ))}
      </ol>
    </>
  );
}

/** Lists have thresholds of their own: who is above one comes before who is not. */
function nearestFirst(a: Candidate, b: Candidate): number {
  return Number(b.matched) - Number(a.matched) || b.scores.fused - a.scores.fused;
}

interface CandidateCardProps {
  readonly candidate: Candidate;
  readonly rank: number;
}

function CandidateCard({ candidate, rank }: CandidateCardProps) {
  const { personId, personName, templateId, watchlistId, watchlistName, matched } = candidate;
  return (
    <li class="candidate" data-matched={matched}>
      <EnrolledPicture
        personId={personId}
        templateId={templateId}
        alt={t('search.candidateAlt', { name: personName })}
      />
      <div class="candidate-about">
        <div class="enrol-head">
          <h2>
            {rank}.{' '}
            <a href={href('watchlists', watchlistId, { person: personId })}>
              <bdi>{personName}</bdi>
            </a>
          </h2>
          <span class="chip" data-tone={matched ? 'warn' : 'plain'}>
            {t(matched ? 'search.above' : 'search.below')}
          </span>
        </div>
        <p class="muted">
          <bdi>{watchlistName}</bdi>
          {' · '}
          {t('search.listSize', {
            count: candidate.gallerySize,
            rate: Math.round(1 / candidate.fpir),
          })}
        </p>
        <ScoreMeter alert={candidate} />
      </div>
    </li>
  );
}
