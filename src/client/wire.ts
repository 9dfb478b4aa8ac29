// Over 300 lines: one type a shape of the wire, and nothing else.
import type { z } from 'zod';
import type { Topic } from '../domain/topics.ts';
import type {
  invitedSchema,
  linkSchema,
  madeTokenSchema,
  newTokenBody,
  newUserBody,
  openLinkSchema,
  openSessionSchema,
  ownAccountSchema,
  tokenSchema,
  userPatch,
  userSchema,
} from '../gateway/schemas/account.ts';
import type {
  alertQuery,
  alertRecord,
  bulkReviewBody,
  bulkReviewed,
  evidenceKind,
  outcomeBody,
  reviewBody,
  shownAlert,
} from '../gateway/schemas/alert.ts';
import type { healthSchema, reloadSchema } from '../gateway/schemas/answers.ts';
import type { armingBody, armingSchema } from '../gateway/schemas/arming.ts';
import type { assessmentSchema } from '../gateway/schemas/assessment.ts';
import type { auditQuery, auditSchema, auditVerdictSchema } from '../gateway/schemas/audit.ts';
import type { calibrationQuery, calibrationSchema } from '../gateway/schemas/calibration.ts';
import type {
  cameraDetailSchema,
  cameraSchema,
  cameraStatusSchema,
} from '../gateway/schemas/camera.ts';
import type {
  cameraChangeBody,
  cameraSetupSchema,
  cameraTestBody,
  cameraTestSchema,
  newCameraBody,
} from '../gateway/schemas/camera-setup.ts';
import type { clipFacesSchema } from '../gateway/schemas/clip.ts';
import type {
  driftQuery,
  driftReferenceBody,
  driftReportSchema,
} from '../gateway/schemas/drift.ts';
import type { evidenceBody, exportJobSchema } from '../gateway/schemas/evidence.ts';
import type {
  addedFactorSchema,
  confirmTotpBody,
  factorSchema,
  ownFactorsSchema,
  totpEnrolmentSchema,
} from '../gateway/schemas/factor.ts';
import type { federationSchema } from '../gateway/schemas/federation.ts';
import type {
  footageBody,
  footageFolderSchema,
  footageJobDetailSchema,
  footageJobSchema,
  footagePictureKind,
  footageSightingSchema,
  footageSightingsQuery,
  footageSightingsSchema,
} from '../gateway/schemas/footage.ts';
import type { handOverList, handOverSchema, shiftSummary } from '../gateway/schemas/hand-over.ts';
import type { importSchema, importStarted } from '../gateway/schemas/import.ts';
import type {
  learningPeopleSchema,
  learningPersonSchema,
  learningSchema,
} from '../gateway/schemas/learning.ts';
import type { eventSchemas } from '../gateway/schemas/messages.ts';
import type {
  noiseProfileSchema,
  profileReportSchema,
  profileSwitch,
} from '../gateway/schemas/noise-profile.ts';
import type { waysToSignIn } from '../gateway/schemas/oidc.ts';
import type { deviceBody, deviceSchema, foundDeviceSchema } from '../gateway/schemas/onvif.ts';
import type {
  confirmPasskeyBody,
  firstPasskeyBody,
  passkeyCreationSchema,
  passkeyLoginBody,
  passkeyRequestSchema,
} from '../gateway/schemas/passkey.ts';
import type {
  enrolFromAlert,
  enrolOutcome,
  imageGrade,
  lookAlikeSchema,
  personBody,
  personPatch,
  personSchema,
} from '../gateway/schemas/person.ts';
import type {
  pushDeviceBody,
  pushDeviceSchema,
  pushSchema,
  pushTestSchema,
} from '../gateway/schemas/push.ts';
import type {
  deadLetterSchema,
  receiverSchema,
  receiverTestSchema,
} from '../gateway/schemas/receiver.ts';
import type { searchFields, searchSchema } from '../gateway/schemas/search.ts';
import type {
  enrolConfirmBody,
  enrolledSessionSchema,
  loggedOutSchema,
  secondStepBody,
  secondStepSchema,
  sessionSchema,
} from '../gateway/schemas/session.ts';
import type { shadowSchema } from '../gateway/schemas/shadow.ts';
import type {
  siteAlertQuery,
  siteAlertSchema,
  siteAlertsSchema,
} from '../gateway/schemas/site-alert.ts';
import type { statisticsQuery, statisticsSchema } from '../gateway/schemas/statistics.ts';
import type {
  subjectBody,
  subjectPreviewBody,
  subjectPreviewSchema,
} from '../gateway/schemas/subject.ts';
import type { systemSchema } from '../gateway/schemas/system.ts';
import type {
  listConfirmationBody,
  watchlistBody,
  watchlistPatch,
  watchlistSchema,
} from '../gateway/schemas/watchlist.ts';

// What goes over the wire, by the schemas that the gateway itself checks with. Types alone.

/** An account of a person. @useDeclaredType */
export type User = z.infer<typeof userSchema>;
/** Somebody to be invited. @useDeclaredType */
export type NewUser = z.input<typeof newUserBody>;
/** What of an account is to change. @useDeclaredType */
export type UserChanges = z.input<typeof userPatch>;
/** An account with its first link. @useDeclaredType */
export type InvitedUser = z.infer<typeof invitedSchema>;
/** A one-time link to choose a password with. @useDeclaredType */
export type AccountLink = z.infer<typeof linkSchema>;
/** What a one-time link is for. @useDeclaredType */
export type OpenLink = z.infer<typeof openLinkSchema>;
/** One's own account. @useDeclaredType */
export type OwnAccount = z.infer<typeof ownAccountSchema>;
/** A second factor of an account. @useDeclaredType */
export type Factor = z.infer<typeof factorSchema>;
/** Second factors of one's own account. @useDeclaredType */
export type OwnFactors = z.infer<typeof ownFactorsSchema>;
/** An authenticator app that is being added. @useDeclaredType */
export type TotpEnrolment = z.infer<typeof totpEnrolmentSchema>;
/** What shows that the app has it. @useDeclaredType */
export type TotpConfirmation = z.input<typeof confirmTotpBody>;
/** What a browser makes a passkey by. @useDeclaredType */
export type PasskeyCreation = z.infer<typeof passkeyCreationSchema>;
/** What a browser shows a passkey for. @useDeclaredType */
export type PasskeyRequest = z.infer<typeof passkeyRequestSchema>;
/** A passkey that a browser made. @useDeclaredType */
export type PasskeyConfirmation = z.input<typeof confirmPasskeyBody>;
/** One that is added before a session begins. @useDeclaredType */
export type FirstPasskeyConfirmation = z.input<typeof firstPasskeyBody>;
/** A passkey that a browser shows. @useDeclaredType */
export type PasskeyAnswer = z.input<typeof passkeyLoginBody>['passkey'];
/** A second factor that was added. @useDeclaredType */
export type AddedFactor = z.infer<typeof addedFactorSchema>;
/** A sign-in that waits for its second factor. @useDeclaredType */
export type SecondStep = z.infer<typeof secondStepSchema>;
/** What somebody shows in the second step. @useDeclaredType */
export type SecondStepAnswer = z.input<typeof secondStepBody>;
/** An authenticator that is added before a session begins. @useDeclaredType */
export type FirstTotpConfirmation = z.input<typeof enrolConfirmBody>;
/** A session that began with it. @useDeclaredType */
export type EnrolledSession = z.infer<typeof enrolledSessionSchema>;
/** An open session of a browser. @useDeclaredType */
export type OpenSession = z.infer<typeof openSessionSchema>;
/** A token of a program, without its secret. @useDeclaredType */
export type Token = z.infer<typeof tokenSchema>;
/** A token to be made. @useDeclaredType */
export type NewToken = z.input<typeof newTokenBody>;
/** A token that was made, with its secret. @useDeclaredType */
export type MadeToken = z.infer<typeof madeTokenSchema>;
/** Whether a camera or a watchlist is armed. @useDeclaredType */
export type Arming = z.infer<typeof armingSchema>;
/** What somebody wants of it: for some minutes, until a time, or until its schedule changes. @useDeclaredType */
export type ArmingOrder = z.input<typeof armingBody>;
/** What a reload of the configuration came to. @useDeclaredType */
export type ReloadAnswer = z.infer<typeof reloadSchema>;
/** A receiver outside and how it fares. @useDeclaredType */
export type Receiver = z.infer<typeof receiverSchema>;
/** What a test came to. @useDeclaredType */
export type ReceiverTest = z.infer<typeof receiverTestSchema>;
/** A delivery that was given up. @useDeclaredType */
export type DeadLetter = z.infer<typeof deadLetterSchema>;
/** Alerts on the caller's own devices. @useDeclaredType */
export type Push = z.infer<typeof pushSchema>;
/** A browser that gets alerts. @useDeclaredType */
export type PushDevice = z.infer<typeof pushDeviceSchema>;
/** A browser that is to get alerts. @useDeclaredType */
export type NewPushDevice = z.input<typeof pushDeviceBody>;
/** What a test of a device came to. @useDeclaredType */
export type PushTest = z.infer<typeof pushTestSchema>;
/** An alert as the caller may see it. @useDeclaredType */
export type Alert = z.infer<typeof shownAlert>;
/** An alert with its reviews. @useDeclaredType */
export type AlertRecord = z.infer<typeof alertRecord>;
/** Which alerts are asked for. @useDeclaredType */
export type AlertQuery = Omit<z.input<typeof alertQuery>, 'state'> & {
  readonly state?: Alert['state'] | readonly Alert['state'][];
};
/** What an installation is to others: a site, a centre, or neither. @useDeclaredType */
export type Federation = z.infer<typeof federationSchema>;
/** An alert of a site of this centre. @useDeclaredType */
export type SiteAlert = z.infer<typeof siteAlertSchema>;
/** A page of alerts of sites. @useDeclaredType */
export type SiteAlertPage = z.infer<typeof siteAlertsSchema>;
/** Which alerts of sites are asked for. @useDeclaredType */
export type SiteAlertQuery = Omit<z.input<typeof siteAlertQuery>, 'state'> & {
  readonly state?: SiteAlert['state'] | readonly SiteAlert['state'][];
};
/** The hand-over of a shift. @useDeclaredType */
export type HandOver = z.infer<typeof handOverSchema>;
/** A page of hand-overs. @useDeclaredType */
export type HandOverPage = z.infer<typeof handOverList>;
/** What a shift hands on. @useDeclaredType */
export type ShiftSummary = z.infer<typeof shiftSummary>;
/** A face of a dismissed alert that is not the person whom it matched. @useDeclaredType */
export type LookAlike = z.infer<typeof lookAlikeSchema>;
/** Pictures that an alert may have. @useDeclaredType */
export type EvidenceKind = z.infer<typeof evidenceKind>;
/** An export that is made while somebody looks on. @useDeclaredType */
export type ExportJob = z.infer<typeof exportJobSchema>;
export type SubjectPreview = z.infer<typeof subjectPreviewSchema>;
/** Faces that may be taken for training. @useDeclaredType */
export type Learning = z.infer<typeof learningSchema>;
/** Whose faces these are, a page of them. @useDeclaredType */
export type LearningPeople = z.infer<typeof learningPeopleSchema>;
/** Which faces of somebody may be taken for training. @useDeclaredType */
export type LearningPerson = z.infer<typeof learningPersonSchema>;
/** Whose data an export would hold, and which part of it. */
export type ChosenSubject = z.input<typeof subjectPreviewBody>;
export type SubjectExport = z.input<typeof subjectBody>;
/** What was seen in a clip of an alert. @useDeclaredType */
export type ClipFaces = z.infer<typeof clipFacesSchema>;
/** Where the person of an alert was seen again. @useDeclaredType */
export type Sighting = Alert['sightings'][number];
/** A verdict on an alert. @useDeclaredType */
export type Review = z.input<typeof reviewBody>;
/** The same step on several alerts. @useDeclaredType */
export type BulkReview = z.input<typeof bulkReviewBody>;
/** Which alerts took the step, and which refused it. @useDeclaredType */
export type BulkReviewed = z.infer<typeof bulkReviewed>;
/** What somebody says came of a confirmed alert. @useDeclaredType */
export type NewOutcome = z.input<typeof outcomeBody>;
/** Verdicts that there are. @useDeclaredType */
export type ReviewAction = Review['action'];
/** Settings of a camera, without credentials. @useDeclaredType */
export type CameraSetup = z.infer<typeof cameraSetupSchema>;
/** A camera to be added. @useDeclaredType */
export type NewCamera = z.input<typeof newCameraBody>;
/** What is to change of a camera. @useDeclaredType */
export type CameraChanges = z.input<typeof cameraChangeBody>;
/** A camera to be tested before it is added or changed. @useDeclaredType */
export type CameraToTest = z.input<typeof cameraTestBody>;
/** What came of a test. @useDeclaredType */
export type CameraTest = z.infer<typeof cameraTestSchema>;
/** A device that a search of the network found. @useDeclaredType */
export type FoundDevice = z.infer<typeof foundDeviceSchema>;
/** A device that is to be asked. @useDeclaredType */
export type DeviceToDescribe = z.input<typeof deviceBody>;
/** What a device says of itself and its streams. @useDeclaredType */
export type Device = z.infer<typeof deviceSchema>;
/** A camera in the list of all. @useDeclaredType */
export type Camera = z.infer<typeof cameraSchema>;
/** A camera with its recent figures. @useDeclaredType */
export type CameraDetail = z.infer<typeof cameraDetailSchema>;
/** A camera's connection. @useDeclaredType */
export type CameraStatus = z.infer<typeof cameraStatusSchema>;
/** A watchlist with its settings and counts. @useDeclaredType */
export type Watchlist = z.infer<typeof watchlistSchema>;
/** A watchlist to be made. @useDeclaredType */
export type NewWatchlist = z.input<typeof watchlistBody>;
/** What a reviewer says who puts a watchlist in force. @useDeclaredType */
export type ListConfirmation = z.input<typeof listConfirmationBody>;
/** Settings of a watchlist to be changed. @useDeclaredType */
export type WatchlistChanges = z.input<typeof watchlistPatch>;
/** A person on a watchlist. @useDeclaredType */
export type Person = z.infer<typeof personSchema>;
/** A person to be put on a watchlist. @useDeclaredType */
export type NewPerson = z.input<typeof personBody>;
/** A picture by which a person is found. @useDeclaredType */
export type EnrolledImage = Person['images'][number];
/** Fields of a person to be changed. @useDeclaredType */
export type PersonChanges = z.input<typeof personPatch>;
/** A picture of an alert to be enrolled. @useDeclaredType */
export type EnrolFromAlert = z.input<typeof enrolFromAlert>;
/** A recorded face of an alert that can be enrolled or searched. @useDeclaredType */
export type FaceKind = NonNullable<EnrolFromAlert['kind']>;
/** What became of an image sent for enrolment. @useDeclaredType */
export type EnrolOutcome = z.infer<typeof enrolOutcome>;
/** Why a person should look again at a picture that was taken. @useDeclaredType */
export type EnrolWarning = Extract<EnrolOutcome, { status: 'enrolled' }>['warnings'][number];
/** What a picture is worth that nobody stored. @useDeclaredType */
export type ImageGrade = z.infer<typeof imageGrade>;
/** A search of recorded footage. @useDeclaredType */
export type FootageJob = z.infer<typeof footageJobSchema>;
/** A search of recorded footage with its files. @useDeclaredType */
export type FootageJobDetail = z.infer<typeof footageJobDetailSchema>;
/** A search of recorded footage to be asked for. @useDeclaredType */
export type NewFootageJob = z.input<typeof footageBody>;
/** What may be done with a search of recorded footage. */
export type FootageAction = 'authorise' | 'refuse' | 'pause' | 'resume' | 'cancel';
/** Folders and video files that may be searched. @useDeclaredType */
export type FootageFolder = z.infer<typeof footageFolderSchema>;
/** Somebody whom a search of recorded footage found. @useDeclaredType */
export type FootageSighting = z.infer<typeof footageSightingSchema>;
/** Which sightings are asked for. @useDeclaredType */
export type FootageSightingsQuery = z.input<typeof footageSightingsQuery>;
/** A page of sightings. @useDeclaredType */
export type FootageSightings = z.infer<typeof footageSightingsSchema>;
/** What a case is to hold: alerts by their ids, and sightings in footage. @useDeclaredType */
export type ChosenEvidence = Pick<z.input<typeof evidenceBody>, 'alerts' | 'footage'>;
/** Pictures that a sighting in footage may have. @useDeclaredType */
export type FootagePictureKind = z.infer<typeof footagePictureKind>;
/** Where and why a picture is searched. @useDeclaredType */
export type SearchFields = z.input<typeof searchFields>;
/** A face of the searched picture with its candidates. @useDeclaredType */
export type SearchedFace = z.infer<typeof searchSchema>['faces'][number];
/** A person whom a searched face resembles. @useDeclaredType */
export type Candidate = SearchedFace['candidates'][number];
/** An import that was accepted. @useDeclaredType */
export type ImportStarted = z.infer<typeof importStarted>;
/** Progress and report of an import. @useDeclaredType */
export type ImportJob = z.infer<typeof importSchema>;
/** What became of one file of an import. @useDeclaredType */
export type ImportLine = ImportJob['report'][number];
/** Which statistics are asked for. @useDeclaredType */
export type StatisticsQuery = z.input<typeof statisticsQuery>;
/** What people decided, and thresholds that follow. @useDeclaredType */
export type Statistics = z.infer<typeof statisticsSchema>;
/** Verdicts, counted. @useDeclaredType */
export type VerdictCounts = Statistics['total'];
/** A threshold that the reviews of a list speak for. @useDeclaredType */
export type Suggestion = Statistics['suggestions'][number];
/** Models, devices and load of the running program. @useDeclaredType */
/** Models of another version beside those in use. */
export type ModelShadow = NonNullable<z.infer<typeof shadowSchema>['shadow']>;

export type SystemReport = z.infer<typeof systemSchema>;
/** A model in use. @useDeclaredType */
export type SystemModel = SystemReport['models'][number];
/** An execution provider in use. @useDeclaredType */
export type SystemProvider = SystemReport['providers'][number];
/** Who is logged in, with what rights. @useDeclaredType */
export type Session = z.infer<typeof sessionSchema>;
/** How people sign in beside a token. @useDeclaredType */
export type WaysToSignIn = z.infer<typeof waysToSignIn>;
/** Where a browser goes on that has logged out here. @useDeclaredType */
export type LoggedOut = z.infer<typeof loggedOutSchema>;
/** What a token may do. @useDeclaredType */
export type Role = Session['role'];
/** The state of the whole and of its parts. @useDeclaredType */
export type Health = z.infer<typeof healthSchema>;
/** Which audit records are asked for. @useDeclaredType */
export type AuditQuery = z.input<typeof auditQuery>;
/** Which records are exported: all pages of them. */
export type AuditExportQuery = Omit<AuditQuery, 'limit' | 'order' | 'before' | 'after'>;
/** A page of audit records. @useDeclaredType */
export type AuditPage = z.infer<typeof auditSchema>;
/** A record of the audit log. @useDeclaredType */
export type AuditRecord = AuditPage['records'][number];
export type { AuditAction } from '../domain/audit-actions.ts';
/** Whether the chain of hashes holds. @useDeclaredType */
export type AuditVerdict = z.infer<typeof auditVerdictSchema>;
/** What events are about. @useDeclaredType */
export type { Topic };
/** The data of an event, by topic. */
export type EventData<T extends Topic = Topic> = z.infer<(typeof eventSchemas)[T]>['data'];
/** What came of an alert of a site. @useDeclaredType */
export type SiteAlertEvent = EventData<'site-alerts'>;
/** The faces of one analysed frame. @useDeclaredType */
export type Detection = EventData<'detections'>;
/** A face of an analysed frame. @useDeclaredType */
export type Face = Detection['faces'][number];
/** Thresholds that follow from a camera's strangers. @useDeclaredType */
export type Calibration = z.infer<typeof calibrationSchema>;
export type CalibrationQuery = z.input<typeof calibrationQuery>;
/** Whether a camera's pictures are good enough for faces. @useDeclaredType */
export type CameraAssessment = z.infer<typeof assessmentSchema>;
/** What a camera's pictures were like over weeks, and what changed. @useDeclaredType */
export type CameraDrift = z.infer<typeof driftReportSchema>;
export type DriftQuery = z.input<typeof driftQuery>;
export type DriftReferenceOrder = z.input<typeof driftReferenceBody>;
export type CameraProfile = z.infer<typeof noiseProfileSchema>;
export type CameraProfiles = z.infer<typeof profileReportSchema>;
export type ProfileOrder = Omit<z.input<typeof profileSwitch>, 'running'>;
