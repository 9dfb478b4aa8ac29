import type { Alert } from '../../domain/alert.ts';
import { visibleNotes } from '../../domain/alert-note.ts';
import { evidenceBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import { reviewsBlind, visibleReviews } from '../../domain/review.ts';
import {
  type CaseOptions,
  type CaseRequest,
  type CaseSource,
  type ExportedCase,
  exportCase,
} from './export-case.ts';

export interface EvidenceServiceOptions extends Omit<CaseOptions, 'key'> {
  /** The key that signs; asked for at each use, as a folder may take it later than at the start. */
  readonly key: () => CaseOptions['key'];
}

export interface EvidenceRequest extends CaseRequest {
  /** Whether the one who asks may see all of an alert, each of its sightings included. */
  readonly isWhole: (alert: Alert) => boolean;
}

/** Alerts and sightings in footage as signed cases, for those who may see all of them. */
export function evidenceService({ key, ...options }: EvidenceServiceOptions) {
  const { alerts } = options;
  let running = 0;

  /** Alerts as a case shows them: checked in the very step that reads them. */
  const sourceFor = ({ by, isWhole }: EvidenceRequest): CaseSource => ({
    evidence: (id, kind) => alerts.evidence(id, kind),
    find(id) {
      const record = alerts.find(id);
      if (record === undefined) return undefined;
      if (!isWhole(record.alert)) throw notWhole(id);
      if (reviewsBlind(record.review, by.name)) throw notJudged(id);
      return {
        ...record,
        reviews: visibleReviews(record.reviews, record.review, by.name),
        notes: visibleNotes(record.notes, record.review, by.name),
      };
    },
  });

  return {
    /** The key that cases are verified with, PEM. @throws NightglassError `STORE_UNWRITABLE`, `SECRET_MISSING` */
    publicKey: (): string => key().publicPem,
    /**
     * A case with the reviews that the one who asks may see.
     * @throws NightglassError as {@link exportCase}, `BUSY`, `STORE_UNWRITABLE`, `SECRET_MISSING`
     */
    async export(request: EvidenceRequest): Promise<ExportedCase> {
      if (running >= evidenceBounds.atOnce) {
        throw new NightglassError('BUSY', 'Cannot export evidence: other cases are being made', {
          hint: 'Try again in a moment.',
        });
      }
      running += 1;
      try {
        return await exportCase(request, { ...options, alerts: sourceFor(request), key: key() });
      } finally {
        running -= 1;
      }
    },
  };
}

function notWhole(id: string): NightglassError {
  return new NightglassError(
    'FORBIDDEN',
    `Cannot export the alert ${id}: cameras that are not yours saw the person, too`,
    { hint: 'Ask somebody whose token is for all of its cameras.' },
  );
}

function notJudged(id: string): NightglassError {
  return new NightglassError(
    'FORBIDDEN',
    `Cannot export the alert ${id}, which you are to judge without the machine's view`,
    { hint: 'Give your verdict on the alert first.' },
  );
}

export type EvidenceService = ReturnType<typeof evidenceService>;
