import type { ListMatch, Probe } from '../../domain/match.ts';
import type { Candidate, IndexedList, ListIndex } from './list-index.ts';

/**
 * What a search says of the person nearest to a probe.
 * @param threshold of the list; a look-alike of the person may raise it
 */
export function toMatch(
  index: ListIndex<IndexedList>,
  probe: Probe,
  candidate: Candidate,
  threshold: number,
): ListMatch {
  const { list, people } = index;
  const raised = index.thresholdOf(candidate, probe, threshold);
  return {
    watchlistId: list.id,
    watchlistName: list.name,
    personId: candidate.personId,
    personName: candidate.personName,
    templateId: candidate.templateId,
    scores: {
      raw: candidate.compare(probe.raw),
      enhanced: probe.enhanced === null ? null : candidate.compare(probe.enhanced),
      fused: candidate.score,
      ...(candidate.isPoorView && { template: 'poor-view' as const }),
    },
    ...(probe.latest === undefined || probe.best === undefined
      ? {}
      : {
          pictureScores: {
            latest: candidate.compare(probe.latest.fused),
            best: candidate.compare(probe.best.fused),
          },
        }),
    threshold: raised,
    fpir: list.fpir,
    gallerySize: people,
    matched: candidate.score >= raised,
  };
}
