import type { z } from 'zod';
import type {
  alertQuery,
  alertRecord,
  evidenceKinds,
  reviewBody,
  shownAlert,
} from '../gateway/schemas/alert.ts';
import type { healthSchema } from '../gateway/schemas/answers.ts';
import type { auditQuery, auditSchema, auditVerdictSchema } from '../gateway/schemas/audit.ts';
import type {
  cameraDetailSchema,
  cameraSchema,
  cameraStatusSchema,
} from '../gateway/schemas/camera.ts';
import type { importSchema, importStarted } from '../gateway/schemas/import.ts';
import type { eventSchemas, topics } from '../gateway/schemas/messages.ts';
import type {
  enrolFromAlert,
  enrolOutcome,
  imageGrade,
  personBody,
  personPatch,
  personSchema,
} from '../gateway/schemas/person.ts';
import type { searchFields, searchSchema } from '../gateway/schemas/search.ts';
import type { sessionSchema } from '../gateway/schemas/session.ts';
import type { statisticsQuery, statisticsSchema } from '../gateway/schemas/statistics.ts';
import type { systemSchema } from '../gateway/schemas/system.ts';
import type {
  watchlistBody,
  watchlistPatch,
  watchlistSchema,
} from '../gateway/schemas/watchlist.ts';

// What goes over the wire, by the schemas that the gateway itself checks with. Types alone.

export type Alert = z.infer<typeof shownAlert>;
export type AlertRecord = z.infer<typeof alertRecord>;
export type AlertQuery = Omit<z.input<typeof alertQuery>, 'state'> & {
  readonly state?: Alert['state'] | readonly Alert['state'][];
};
export type EvidenceKind = (typeof evidenceKinds)[number];
export type Review = z.input<typeof reviewBody>;
export type ReviewAction = Review['action'];
export type Camera = z.infer<typeof cameraSchema>;
export type CameraDetail = z.infer<typeof cameraDetailSchema>;
export type CameraStatus = z.infer<typeof cameraStatusSchema>;
export type Watchlist = z.infer<typeof watchlistSchema>;
export type NewWatchlist = z.input<typeof watchlistBody>;
export type WatchlistChanges = z.input<typeof watchlistPatch>;
export type Person = z.infer<typeof personSchema>;
export type NewPerson = z.input<typeof personBody>;
/** A picture by which a person is found. */
export type EnrolledImage = Person['images'][number];
export type PersonChanges = z.input<typeof personPatch>;
export type EnrolFromAlert = z.input<typeof enrolFromAlert>;
/** A recorded face of an alert that can be enrolled or searched. */
export type FaceKind = NonNullable<EnrolFromAlert['kind']>;
export type EnrolOutcome = z.infer<typeof enrolOutcome>;
/** Why a person should look again at a picture that was taken. */
export type EnrolWarning = Extract<EnrolOutcome, { status: 'enrolled' }>['warnings'][number];
/** What a picture is worth that nobody stored. */
export type ImageGrade = z.infer<typeof imageGrade>;
export type SearchFields = z.input<typeof searchFields>;
export type SearchedFace = z.infer<typeof searchSchema>['faces'][number];
export type Candidate = SearchedFace['candidates'][number];
export type ImportStarted = z.infer<typeof importStarted>;
export type ImportJob = z.infer<typeof importSchema>;
/** What became of one file of an import. */
export type ImportLine = ImportJob['report'][number];
export type StatisticsQuery = z.input<typeof statisticsQuery>;
export type Statistics = z.infer<typeof statisticsSchema>;
export type VerdictCounts = Statistics['total'];
/** A threshold that the reviews of a list speak for. */
export type Suggestion = Statistics['suggestions'][number];
export type SystemReport = z.infer<typeof systemSchema>;
export type SystemModel = SystemReport['models'][number];
export type SystemProvider = SystemReport['providers'][number];
export type Session = z.infer<typeof sessionSchema>;
export type Role = Session['role'];
export type Health = z.infer<typeof healthSchema>;
export type AuditQuery = z.input<typeof auditQuery>;
export type AuditPage = z.infer<typeof auditSchema>;
export type AuditRecord = AuditPage['records'][number];
export type { AuditAction } from '../domain/audit-actions.ts';
/** Whether the chain of hashes holds. */
export type AuditVerdict = z.infer<typeof auditVerdictSchema>;
export type Topic = (typeof topics)[number];
/** The data of an event, by topic. */
export type EventData<T extends Topic = Topic> = z.infer<(typeof eventSchemas)[T]>['data'];
/** The faces of one analysed frame. */
export type Detection = EventData<'detections'>;
export type Face = Detection['faces'][number];
