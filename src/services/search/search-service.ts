import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import type { Box } from '../../domain/geometry/box.ts';
import type { ListMatch } from '../../domain/match.ts';
import type { AdvisedComponent } from '../../domain/quality/component-report.ts';
import type { QualityVerdict } from '../../domain/quality/quality.ts';
import type { UploadedImage } from '../../domain/uploaded-image.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { BlindJudgement } from '../alerts/blind-judgement.ts';
import { sha256InTurns } from '../sha256-in-turns.ts';

export interface SearchRequest {
  readonly image: UploadedImage;
  /** Lists to search. */
  readonly watchlistIds: readonly string[];
  /** Candidates a face and list, 1..50. */
  readonly limit: number;
  readonly by: Actor;
  /** Why. */
  readonly reason: string;
  /** The one list that was asked for, where it was one. */
  readonly target?: string;
  /** Where the picture comes from, where it is not an upload. */
  readonly source?: { readonly alert: string; readonly picture: string };
}

export interface SearchedFace {
  readonly box: Box;
  readonly quality: number;
  readonly verdict: QualityVerdict;
  readonly components: readonly AdvisedComponent[];
  readonly candidates: readonly ListMatch[];
}

/** What a search gives to one who asks. */
export interface AnsweredFace extends SearchedFace {
  /** Candidates kept back: alerts on them wait for a verdict of whoever asks. */
  readonly withheld: number;
}

/** Searches by people: recorded before they are run, and blind where the list asks for two. */
export function searchService(options: {
  readonly audit: Pick<AuditLog, 'require'>;
  readonly blind: BlindJudgement;
  readonly search: (
    request: Pick<SearchRequest, 'image' | 'watchlistIds' | 'limit'>,
  ) => Promise<readonly SearchedFace[]>;
}) {
  const { audit, blind, search } = options;
  return {
    /** @throws NightglassError `AUDIT_UNAVAILABLE`, `FORBIDDEN`, `IMAGE_*`, `NO_FACE`, `INFERENCE_*` */
    async run(request: SearchRequest): Promise<readonly AnsweredFace[]> {
      const { image, watchlistIds, limit, by, reason, source, target = '' } = request;
      blind.assertMayMeasure([image], by.name);
      const imageSha256 = await sha256InTurns(image.bytes);
      audit.require(
        auditEntry(by, 'search.run', target, {
          reason,
          lists: watchlistIds.join(','),
          ...source,
          imageSha256,
          bytes: image.bytes.byteLength,
        }),
      );
      const faces = await search({ image, watchlistIds, limit });
      const found = faces.flatMap(({ candidates }) => candidates.map(({ personId }) => personId));
      const kept = await blind.peopleToJudge(by.name, found);
      return faces.map((face) => {
        const candidates = face.candidates.filter(({ personId }) => !kept.has(personId));
        return { ...face, candidates, withheld: face.candidates.length - candidates.length };
      });
    },
  };
}

export type SearchService = ReturnType<typeof searchService>;
