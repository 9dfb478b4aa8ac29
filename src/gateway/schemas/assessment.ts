import { z } from 'zod';
import { changes, uses } from '../../domain/assessment/assessment.ts';
import { type Measure, measureNames } from '../../domain/assessment/measures.ts';
import { assessmentMinutes } from '../../domain/bounds.ts';

export const assessmentSwitch = z.strictObject({
  running: z
    .boolean()
    .describe('true: from nothing, what was gathered is deleted; false: stop, and keep it'),
  minutes: z
    .int()
    .min(assessmentMinutes.least)
    .max(assessmentMinutes.most)
    .optional()
    .describe(`How long it gathers; default ${assessmentMinutes.default}`),
});

const measured = z.object({
  value: z.number().describe('Share, 0 to 1'),
  low: z.number().describe('95 % interval'),
  high: z.number(),
});

const level = z.object({
  level: z.string(),
  eyes: z.number().describe('Median pixels between the eyes'),
  meanRecognisability: z.number(),
  probes: z.int(),
  rank1: measured,
  tpir: measured,
});

const advice = z.object({
  change: z.enum(changes),
  share: z.number().describe('Of tracks that suffer from what it would undo'),
  gain: z.number().describe('Share of all people who would be found in addition'),
  factor: z
    .object({
      alerts: z
        .number()
        .nullable()
        .describe('To 14 px between the eyes; null where they are there'),
      good: z.number().describe('To 24 px'),
    })
    .nullable()
    .describe('Of `nearer`: how many times larger faces have to be'),
});

const measure = z.object({
  measure: z.enum(measureNames as readonly [Measure, ...Measure[]]),
  unit: z.string(),
  edges: z.array(z.number()).readonly().describe('Borders of the bins, one more than bins'),
  counts: z.array(z.int()).readonly(),
  count: z.int(),
  median: z.number().nullable(),
  low: z.number().nullable().describe('A tenth lies below'),
  high: z.number().nullable().describe('A tenth lies above'),
  good: z
    .object({ from: z.number().nullable(), to: z.number().nullable() })
    .describe('Values that are no cause of missed people; null where a side has no border'),
});

const assessment = z.object({
  use: z.enum(uses),
  preliminary: z.boolean().describe('Fewer than 20 people passed'),
  seconds: z.number(),
  frames: z.int(),
  faces: z.int(),
  tracks: z.int(),
  usable: z.int().describe('Tracks with a picture that passed gate and recogniser'),
  pooled: z.int().describe('Usable ones of several pictures'),
  unusable: z.record(z.string(), z.int()).describe('Other tracks by what spoke against them'),
  medianDistance: z.number().nullable().describe('Pixels between the eyes of half of the people'),
  expected: z
    .object({ rank1: measured, tpir: measured })
    .nullable()
    .describe('Of people on a list, by the evaluation; null where nobody was seen'),
  advice: z.array(advice).readonly().describe('Largest gain first'),
  measures: z.array(measure).readonly(),
  figures: z
    .object({
      date: z.string(),
      fpir: z.number(),
      enrolled: z.int(),
      recogniser: z.string(),
      tracks: z.array(level).readonly(),
      singles: z.array(level).readonly(),
    })
    .describe('Of the evaluation, on the development protocol'),
  evaluated: z
    .boolean()
    .describe('False where another recogniser is in use than the evaluated one'),
});

export const assessmentSchema = z
  .object({
    cameraId: z.string(),
    running: z.boolean(),
    startedAt: z.number().nullable().describe('Milliseconds; null where none was ever started'),
    endsAt: z.number().nullable(),
    stoppedAt: z.number().nullable(),
    assessment: assessment.nullable().describe('Of what was gathered so far'),
  })
  .describe('Whether the pictures of a camera are good enough for faces: counts, nothing else');
