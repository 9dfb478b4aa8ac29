import type { Alert } from '../../domain/alert.ts';
import { visibleNotes } from '../../domain/alert-note.ts';
import type { Clock } from '../../domain/clock.ts';
import { NightglassError } from '../../domain/errors.ts';
import { reviewsBlind, visibleReviews } from '../../domain/review.ts';
import type { CaseWatch } from './case-progress.ts';
import { type CaseOptions, type CaseRequest, type CaseSource, exportCase } from './export-case.ts';
import { type ExportedArchive, ExportJobs, type ExportOrder } from './export-jobs.ts';
import { type ExportPlace, ExportRoom } from './export-room.ts';
import type { ExportedCase } from './seal-case.ts';

export interface EvidenceServiceOptions<Other>
  extends Omit<CaseOptions, 'key' | 'place' | keyof CaseWatch> {
  readonly clock: Pick<Clock, 'after' | 'monotonic'>;
  /** Makes what is ordered that is no case of alerts. */
  readonly others: (order: Other, given: OrderedWith) => Promise<ExportedArchive>;
  /** Told of a watched export that failed for no reason of its owner's. */
  readonly onFault?: (error: unknown) => void;
  /** The key that signs; asked for at each use, as a folder may take it later than at the start. */
  readonly key: () => CaseOptions['key'];
}

/** An order that is no case of alerts. */
export interface OtherOrder extends ExportOrder {
  readonly isWhole?: never;
}

/** What an order is made with that is no case of alerts. */
export interface OrderedWith extends CaseWatch {
  readonly place: ExportPlace;
  readonly key: CaseOptions['key'];
}

export interface EvidenceRequest extends CaseRequest {
  /** Whether the one who asks may see all of an alert, each of its sightings included. */
  readonly isWhole: (alert: Alert) => boolean;
}

/** Alerts and sightings in footage as signed cases, for those who may see all of them. */
export function evidenceService<Other extends OtherOrder>({
  key,
  clock,
  onFault = () => undefined,
  others,
  ...options
}: EvidenceServiceOptions<Other>) {
  const { alerts } = options;
  const room = new ExportRoom(clock);

  /** Alerts as a case shows them: checked in the very step that reads them. */
  const sourceFor = ({ by, isWhole }: Pick<EvidenceRequest, 'by' | 'isWhole'>): CaseSource => ({
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

  /**
   * A case with the reviews that the one who asks may see. It takes up its place until its bytes
   * have been taken, or nobody takes them any more.
   * @throws NightglassError as {@link exportCase}, `BUSY`, `STORE_UNWRITABLE`, `SECRET_MISSING`
   */
  async function make(
    request: EvidenceRequest,
    begin: 'at-once' | 'when-taken',
    watch: CaseWatch = {},
  ): Promise<ExportedCase> {
    const place = room.enter();
    try {
      const source = { ...options, ...watch, place, alerts: sourceFor(request), key: key() };
      const { manifest, bytes } = await exportCase(request, source);
      return { manifest, bytes: place.untilTaken(bytes, begin) };
    } catch (error) {
      place.leave();
      throw error;
    }
  }

  /** The same for what is no case of alerts. */
  async function makeOther(order: Other, watch: CaseWatch): Promise<ExportedArchive> {
    const place = room.enter();
    try {
      const { bytes, ...made } = await others(order, { ...watch, place, key: key() });
      return { ...made, bytes: place.untilTaken(bytes, 'when-taken') };
    } catch (error) {
      place.leave();
      throw error;
    }
  }

  return {
    /** The key that cases are verified with, PEM. @throws NightglassError `STORE_UNWRITABLE`, `SECRET_MISSING` */
    publicKey: (): string => key().publicPem,
    /** Where all alerts may leave for the one who asks. @throws NightglassError `FORBIDDEN` */
    assertWhole(request: Pick<EvidenceRequest, 'alertIds' | 'by' | 'isWhole'>): void {
      const source = sourceFor(request);
      for (const id of request.alertIds) source.find(id);
    },
    /** In one go. @throws NightglassError as {@link make} does */
    export: (request: EvidenceRequest): Promise<ExportedCase> => make(request, 'at-once'),
    /** Those that are made while somebody looks on. */
    jobs: new ExportJobs<EvidenceRequest | Other>(
      (request, watch) =>
        isCase(request) ? make(request, 'when-taken', watch) : makeOther(request, watch),
      clock,
      onFault,
    ),
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

export type EvidenceService<Other extends OtherOrder> = ReturnType<typeof evidenceService<Other>>;

function isCase<Other extends OtherOrder>(
  order: EvidenceRequest | Other,
): order is EvidenceRequest {
  return order.isWhole !== undefined;
}
