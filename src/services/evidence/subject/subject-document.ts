import { z } from 'zod';
import { lightKinds } from '../../../domain/acceptance/walk.ts';
import { alertStates } from '../../../domain/alert.ts';
import { alertOutcomes } from '../../../domain/alert-outcome.ts';
import { reviewActions } from '../../../domain/review.ts';
import { subjectLaws, subjectWithheldReasons } from '../../../domain/subject-access.ts';

const time = z.iso.datetime().describe('Wall time of the machine');
const path = z.string().nullable().describe('File of the archive; null where it is withheld');
const by = z.string().describe('A person is "reviewer 1" and so on, unless they are to be named');
const said = (what: string) => z.string().nullable().describe(`${what}; null where it is withheld`);
const ofGrounds = z
  .string()
  .nullable()
  .describe('Null where nobody stated it, or the list is gone');

const scores = z.object({
  raw: z.number(),
  enhanced: z.number().nullable(),
  fused: z.number().describe('Compared with the threshold; cosine, -1 to 1'),
});

const model = z.object({ task: z.string(), name: z.string(), sha256: z.string() });

const appearance = z.object({
  number: z.int().min(0).describe('0: the alert itself; from 1 on its later sightings'),
  camera: z.string(),
  seenAt: time,
  lastSeenAt: time,
  scores: scores.nullable().describe('Null while the alert is judged without them'),
  threshold: z.number().nullable(),
  quality: z.number().nullable().describe('0 to 100'),
  pixelsBetweenEyes: z.number(),
  enhancedShare: z.number().nullable().describe('How far the match rests on an enhanced picture'),
  pictures: z.array(z.string()).describe('Files of the archive'),
  clip: z.string().nullable().describe('File of the archive; null for none in this part'),
});

const list = z.object({
  id: z.string(),
  name: z.string().nullable(),
  purpose: ofGrounds,
  legalBasis: ofGrounds,
  authorisation: ofGrounds,
  owner: ofGrounds,
  expiresAt: time.nullable(),
  alertsKeptDays: z.number().nullable(),
});

const template = z.object({
  id: z.string(),
  model: z.string(),
  dimension: z.int(),
  sha256: z.string().describe('Over the numbers as little-endian float32'),
  numbers: z.array(z.number()).nullable().describe('L2-normalised; null where they are withheld'),
  poorView: z
    .object({ sha256: z.string(), numbers: z.array(z.number()).nullable() })
    .nullable()
    .describe('A second template for small faces, made of the same picture'),
  quality: z.number(),
  flags: z.array(z.string()),
  pictureSha256: z.string().describe('Of the picture as it was handed in'),
  createdAt: time,
  picture: path,
});

const lookAlike = z.object({
  id: z.string(),
  alert: z.string(),
  createdAt: time,
  createdBy: by,
  raisedTo: z.number().describe('Score from which on a face like it is still taken for the person'),
});

const volunteer = z.object({
  test: z.string(),
  number: z.int().min(1).describe('What stands for the name in the test'),
  consentGivenAt: time,
  consentText: z.string().describe('Version of the text'),
  consentTextSha256: z.string(),
  consentUntil: time,
  groups: z.record(z.string(), z.string()).describe('What the person said of themselves'),
  walks: z.array(
    z.object({
      camera: z.string(),
      light: z.enum(lightKinds),
      from: time,
      to: time.nullable().describe('Null while it goes on'),
    }),
  ),
});

const person = z.object({
  id: z.string(),
  name: z.string(),
  note: said('What was noted on enrolment'),
  list,
  createdAt: time,
  createdBy: by.nullable().describe('Null where the audit log does not go back so far'),
  updatedAt: time,
  keptUntil: time
    .nullable()
    .describe('When the list ends; null: until somebody removes the person'),
  templates: z.array(template),
  lookAlikes: z.array(lookAlike).describe('Faces that somebody said are not this person'),
  volunteer: volunteer
    .nullable()
    .describe('Consent to an acceptance test and walks in it; null for everybody else'),
});

const record = z.object({
  at: time,
  by,
  what: z.string(),
  target: z.string(),
  detail: z.record(z.string(), z.unknown()),
});

const alert = z.object({
  id: z.string(),
  ownEnrolment: z.boolean().describe('False: it is on somebody else, whose data is not here'),
  list,
  state: z.enum(alertStates).nullable(),
  createdAt: time,
  keptUntil: time,
  shownBy: z
    .enum(['verdict', 'confirmed', 'nobody'])
    .describe('Who says that the pictures show this person: a verdict, whoever exported, nobody'),
  fpir: z.number().nullable(),
  peopleOnList: z.number().nullable(),
  models: z.array(model),
  configuration: z.string(),
  appearances: z.array(appearance),
  enrolledPicture: path,
  reviews: z.array(z.object({ at: time, by, action: z.enum(reviewActions), reason: said('Why') })),
  notes: z.array(z.object({ at: time, by, text: said('What was noted') })),
  outcomes: z.array(
    z.object({ at: time, by, outcome: z.enum(alertOutcomes), note: said('What was noted') }),
  ),
  deliveries: z
    .array(z.object({ to: z.string(), state: z.enum(['waiting', 'given up']), at: time }))
    .describe('Those that are on their way; what was delivered is not kept one by one'),
  exportedAt: z.array(time).describe('Cases of evidence that this alert went into'),
  learntAt: z
    .array(time)
    .describe(
      'When its poor pictures, with an enrolled one, were exported to train the recogniser',
    ),
  trials: z
    .array(z.object({ model: z.string(), score: z.number().nullable(), reported: z.boolean() }))
    .describe(
      'What models on trial beside those in use said: their best score, and whether they would have reported it',
    ),
  records: z.array(record),
});

const sighting = z.object({
  id: z.string(),
  ownEnrolment: z.boolean(),
  list,
  search: z.string(),
  searchedAt: time,
  askedBy: by,
  seenAt: time.nullable().describe('Null where nobody said when the recording begins'),
  secondsInFile: z.number(),
  fileSha256: z.string().nullable(),
  preliminary: z.boolean(),
  keptUntil: time.nullable(),
  scores,
  threshold: z.number(),
  fpir: z.number(),
  quality: z.number(),
  pixelsBetweenEyes: z.number(),
  models: z.array(model),
  shownBy: z.enum(['confirmed', 'nobody']),
  pictures: z.array(z.string()),
});

const siteAlert = z.object({
  id: z.string(),
  site: z.string().describe('Who owns it: people there judge it, and it is deleted there'),
  list,
  state: z.enum(alertStates).describe('As the site judged it'),
  camera: z.string(),
  seenAt: time.describe('By the clock of the site'),
  raisedAt: time.describe('By the clock of the site'),
  receivedAt: time.describe('When it came here'),
  keptUntil: time.describe('At the latest: it ends with the alert at the site'),
  scores: scores.nullable().describe('Null while the site judges it without them'),
  threshold: z.number().nullable(),
  quality: z.number().nullable(),
  sightings: z.array(
    z.object({
      camera: z.string(),
      seenAt: time,
      score: z.number().nullable(),
      quality: z.number().nullable(),
    }),
  ),
  reviews: z
    .array(z.object({ at: time, by, action: z.enum(reviewActions) }))
    .describe('At the site; what was written with them the site gives'),
  picturesKept: z.int().describe('Pictures that are kept here of it; the site gives them'),
  records: z.array(record),
});

const search = z.object({
  at: time,
  pictureKept: z.literal(false),
  faces: z.int().describe('Faces in the picture'),
  lists: z.array(
    z.object({
      name: z.string(),
      people: z.int(),
      threshold: z.number().nullable().describe('Null for a list with nobody on it'),
      candidates: z.int().describe('People whose alerts were looked at'),
      matches: z.int().describe('Of them, those at or above the threshold'),
    }),
  ),
  notSearched: z.array(z.string()).describe('Lists that match nobody: not in force, or ended'),
  alertsLookedAt: z.int(),
  sightingsLookedAt: z.int(),
});

const withheld = z.object({
  what: z.string().describe('Place in this document or the archive'),
  reason: z.enum(subjectWithheldReasons),
  why: z
    .string()
    .nullable()
    .describe('In the words of whoever exported; null for the known reasons'),
});

const party = z.object({ name: z.string(), contact: z.string() }).nullable();

/**
 * `subject.json` of a case: all that is kept of one person, for programs. Each part of an export has
 * one; what is no alert or sighting is in the first part alone.
 */
export const subjectDocument = z.object({
  format: z.literal('nightglass-subject/1'),
  caseId: z.string(),
  exportedAt: time,
  exportedBy: z.string().describe('As the record of the export in `audit.jsonl` has it'),
  reason: z.string(),
  law: z.enum(subjectLaws),
  answer: z.enum(['data', 'nothing']).describe('`nothing`: nothing was found to be kept'),
  part: z.object({
    number: z.int().min(1),
    of: z.int().min(1).describe('Parts as they were to be at that moment'),
    after: z.string().nullable(),
    next: z.string().nullable().describe('Where the next part goes on; null: this is the last one'),
  }),
  controller: z.object({
    name: z.string().nullable(),
    operator: party,
    dataProtectionOfficer: party,
    place: z.string().nullable(),
    purpose: z.string().nullable(),
    processors: z.array(z.object({ name: z.string(), contact: z.string(), what: z.string() })),
    notice: z.string().nullable(),
    oversight: z.string().nullable(),
  }),
  recipients: z
    .array(
      z.object({
        by: z.string(),
        names: z.boolean(),
        scores: z.boolean(),
        pictures: z.array(z.string()),
      }),
    )
    .nullable()
    .describe('Kinds of receivers that alerts of the lists are sent to; null where nobody said'),
  auditKeptDays: z.number().nullable(),
  search: search.nullable().describe('A search by a picture of who asks'),
  people: z.array(person),
  alerts: z.array(alert),
  footage: z.array(sighting),
  siteAlerts: z.array(siteAlert).describe('Alerts that sites told this control room of'),
  records: z.array(record).describe('Of the audit log, on the person'),
  recordsComplete: z.boolean(),
  earlierExports: z.array(time).describe('Exports like this one, of the same enrolments'),
  totals: z
    .object({ people: z.int(), alerts: z.int(), sightings: z.int(), siteAlerts: z.int() })
    .describe('Of all parts'),
  withheld: z.array(withheld),
});
export type SubjectDocument = z.infer<typeof subjectDocument>;
export type SubjectAlertEntry = SubjectDocument['alerts'][number];
export type SubjectSightingEntry = SubjectDocument['footage'][number];
export type SubjectSiteAlertEntry = SubjectDocument['siteAlerts'][number];
export type SubjectPersonEntry = SubjectDocument['people'][number];
export type WithheldItem = SubjectDocument['withheld'][number];

/** The schema as it lies beside the document, JSON Schema 2020-12. */
export function subjectSchemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(subjectDocument), null, 2)}\n`;
}
