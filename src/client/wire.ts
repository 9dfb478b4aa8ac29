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
export type Camera = z.infer<typeof cameraSchema>;
export type CameraDetail = z.infer<typeof cameraDetailSchema>;
export type CameraStatus = z.infer<typeof cameraStatusSchema>;
export type Watchlist = z.infer<typeof watchlistSchema>;
export type NewWatchlist = z.input<typeof watchlistBody>;
export type WatchlistChanges = z.input<typeof watchlistPatch>;
export type Person = z.infer<typeof personSchema>;
export type NewPerson = z.input<typeof personBody>;
export type PersonChanges = z.input<typeof personPatch>;
export type EnrolFromAlert = z.input<typeof enrolFromAlert>;
export type EnrolOutcome = z.infer<typeof enrolOutcome>;
export type ImageGrade = z.infer<typeof imageGrade>;
export type SearchFields = z.input<typeof searchFields>;
export type SearchedFace = z.infer<typeof searchSchema>['faces'][number];
export type ImportStarted = z.infer<typeof importStarted>;
export type ImportJob = z.infer<typeof importSchema>;
export type StatisticsQuery = z.input<typeof statisticsQuery>;
export type Statistics = z.infer<typeof statisticsSchema>;
export type SystemReport = z.infer<typeof systemSchema>;
export type Session = z.infer<typeof sessionSchema>;
export type Health = z.infer<typeof healthSchema>;
export type AuditQuery = z.input<typeof auditQuery>;
export type AuditPage = z.infer<typeof auditSchema>;
export type AuditVerdict = z.infer<typeof auditVerdictSchema>;
export type Topic = (typeof topics)[number];
/** The data of an event, by topic. */
export type EventData<T extends Topic = Topic> = z.infer<(typeof eventSchemas)[T]>['data'];
