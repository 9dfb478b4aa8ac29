import { z } from 'zod';
import { latestTime } from '../../domain/bounds.ts';

/** An id in a path, query or message. */
export const id = z
  .string()
  .regex(/^[0-9A-Za-z][0-9A-Za-z._-]{0,127}$/)
  .describe('Identifier');

/** Wall time, milliseconds since the Unix epoch. */
export const wallTime = z
  .number()
  .min(0)
  .max(latestTime)
  .describe('Milliseconds since the Unix epoch');

/** A moment in a query: milliseconds, or a date and time with its offset as ISO 8601 has them. */
export const moment = z.union([
  z.coerce.number<string | number>().min(0).max(latestTime),
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  z.iso.date().transform((text) => Date.parse(`${text}T00:00:00Z`)),
]);

export const share = z.number().min(0).max(1);
/** A face as it was recorded: of an alert, or of one of its sightings. */
export const recordedFace = z.union([
  z.enum(['face', 'best-1', 'best-2', 'best-3', 'best-4']),
  z.templateLiteral(['sighting-', z.int().min(1).max(999), '-face']),
]);

export const qualityScore = z.number().min(0).max(100).describe('Unified quality, 0 to 100');
export const verdict = z.enum(['accept', 'hold', 'reject']);

export const box = z.object({
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
});
export const point = z.object({ x: z.number(), y: z.number() });

export const matchScores = z.object({
  raw: z.number().describe('Cosine similarity of the recorded face, -1 to 1'),
  enhanced: z.number().nullable().describe('Of the AI-enhanced face; null when none was made'),
  fused: z.number().describe('Of the fused embedding: the one that is held against the threshold'),
  template: z
    .literal('poor-view')
    .optional()
    .describe('Set where a small face was compared with the poor view of the enrolled image'),
});

export const componentReport = z.object({
  name: z
    .string()
    .describe(
      'As OFIQ (ISO/IEC 29794-5) calls it; `FaceWithinImage`, `LocalEntropy`, `Recognisability`, `NoMask`, `NoDarkGlasses` are ours',
    ),
  value: z.number().min(0).max(100),
  raw: z.number().describe('As measured, in `unit`'),
  unit: z.string(),
  ok: z.boolean().describe('False where it is poor or kept the image from being accepted'),
});

export const advisedComponent = componentReport.extend({
  advice: z.string().nullable().describe('What would make it better; null where it is fine'),
});

export const errorBody = z
  .object({
    error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }),
  })
  .describe('A failure');
