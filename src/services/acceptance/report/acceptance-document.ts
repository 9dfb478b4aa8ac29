import { z } from 'zod';
import type { AcceptanceResults } from '../../../domain/acceptance/acceptance-results.ts';
import type { AcceptanceSettings } from '../../../domain/acceptance/acceptance-settings.ts';
import type { AcceptanceTest } from '../../../domain/acceptance/acceptance-test.ts';

const time = z.iso.datetime().describe('Wall time of the machine');
const share = z.number().min(0).max(1);
const count = z.int().min(0);
const interval = z.tuple([share, share]).describe('95 %, exact (Clopper and Pearson)');
const shown = z
  .enum(['shown', 'refuted', 'undecided'])
  .describe('Whether the whole interval says so, none of it does, or only a part');

const walkRate = z.object({
  name: z.string(),
  volunteers: count,
  walks: count,
  found: count.describe('Walks in which the volunteer was reported at least once'),
  tpir: share.nullable().describe('True positive identification rate; null without walks'),
  interval,
  byPerson: z
    .tuple([share, share])
    .nullable()
    .describe('95 %, drawn by volunteer (bootstrap); null for fewer than five volunteers'),
});

const falseRate = z.object({
  faces: count.describe('Of strangers: without the walks of volunteers'),
  falseAlerts: count,
  fpir: z.number().min(0).nullable().describe('False alerts a face; null without faces'),
  interval,
});

const groupRate = z.object({
  group: z.string().describe('What was asked and said, e.g. `age: 18-39`'),
  volunteers: count,
  walks: count,
  missed: count,
  fnir: share,
  fnirInterval: interval,
  mistaken: count.describe("Walks that were reported under another volunteer's name"),
  fpir: share,
  fpirInterval: interval,
});

const groups = z.object({
  groups: z.array(groupRate),
  left: count.describe('Groups of fewer than five volunteers: not shown'),
  worstFnir: z.string().nullable(),
  worstFpir: z.string().nullable(),
  fnirRatio: z.number().nullable().describe('Largest by least rate; null where the least is zero'),
  fpirRatio: z.number().nullable(),
  holds: shown,
});

const results = z.object({
  walksNeeded: count,
  facesNeeded: count,
  openWalks: count.describe('That have not ended: not counted'),
  total: walkRate,
  byCamera: z.array(walkRate),
  byLight: z.array(walkRate),
  repeated: count.describe('Appearances after the first of a walk'),
  outside: count.describe('Confirmed appearances where no walk was written down: not counted'),
  mistaken: count.describe("Appearances of a volunteer under another volunteer's name"),
  strangers: falseRate,
  strangersByCamera: z.array(
    falseRate.extend({
      cameraId: z.string(),
      source: z
        .enum(['people', 'tracks'])
        .nullable()
        .describe('Who counted the faces: people, or the program by tracks of whole hours'),
    }),
  ),
  listSize: count,
  bySize: z
    .array(z.object({ size: count, fpir: share, atMost: share }))
    .describe('For lists of other sizes at the same threshold: computed, not measured'),
  groups: groups.nullable().describe('Null where no volunteer said anything of themselves'),
  rateShown: shown,
  fpirShown: shown,
}) satisfies z.ZodType<AcceptanceResults>;

const settings = z.object({
  version: z.string(),
  models: z.array(z.object({ name: z.string(), task: z.string(), sha256: z.string() })),
  configHashes: z.array(z.string()),
  thresholds: z
    .tuple([z.number(), z.number()])
    .nullable()
    .describe("Least and largest of the test's alerts; null without alerts"),
  listFpir: share,
}) satisfies z.ZodType<AcceptanceSettings>;

/** What a test of a site found, for programs. It names nobody. */
export const acceptanceDocument = z.object({
  format: z.literal('nightglass-acceptance/1'),
  id: z.string(),
  name: z.string(),
  startedAt: time,
  finishedAt: time.nullable().describe('Null while it goes on: figures up to now'),
  madeAt: time,
  plan: z.object({
    rate: share.describe('Least true positive identification rate of a walk'),
    halfWidth: share.describe('Half the width of the interval of that rate'),
    fpir: share.describe("Most false alerts a stranger's face"),
  }),
  results,
  settings,
  records: z
    .array(z.object({ at: time, what: z.string(), by: z.string(), hash: z.string() }))
    .describe('Start and end in the audit log, each with its hash'),
});
export type AcceptanceDocument = z.infer<typeof acceptanceDocument>;

/** The document of a test; figures and settings are those given. */
export function documentOf(
  { finishedAt, id, name, plan, startedAt }: AcceptanceTest,
  found: {
    readonly results: AcceptanceResults;
    readonly settings: AcceptanceSettings;
    readonly records: AcceptanceDocument['records'];
    /** Wall milliseconds. */
    readonly madeAt: number;
  },
): AcceptanceDocument {
  const isoTime = (at: number) => new Date(at).toISOString();
  return acceptanceDocument.parse({
    ...{ format: 'nightglass-acceptance/1', id, name, plan, ...found },
    startedAt: isoTime(startedAt),
    finishedAt: finishedAt === null ? null : isoTime(finishedAt),
    madeAt: isoTime(found.madeAt),
  });
}

/** The schema of the document, JSON Schema 2020-12. */
export function acceptanceSchemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(acceptanceDocument), null, 2)}\n`;
}
