import { z } from 'zod';
import { enrolWarning } from './person.ts';
import { qualityScore, wallTime } from './values.ts';

export const importStarted = z.object({
  job: z.string().describe('For `GET /api/imports/{job}`'),
  total: z.int().min(0).describe('Pictures in the archive'),
});

export const importSchema = z.object({
  id: z.string(),
  watchlistId: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  done: z.int().min(0).describe('Pictures dealt with'),
  total: z.int().min(0),
  startedAt: wallTime,
  endedAt: wallTime.nullable(),
  code: z.string().optional().describe('Why it failed as a whole'),
  message: z.string().optional(),
  report: z.array(
    z.object({
      person: z.string(),
      personId: z.string().nullable(),
      file: z.string(),
      status: z
        .enum(['enrolled', 'known', 'refused', 'skipped'])
        .describe('`skipped`: no picture, or not one of a person'),
      code: z.string().optional(),
      message: z.string().optional(),
      quality: qualityScore.nullable(),
      warnings: z.array(enrolWarning).readonly(),
    }),
  ),
});
