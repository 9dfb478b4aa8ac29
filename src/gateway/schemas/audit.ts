import { z } from 'zod';
import { moment, wallTime } from './values.ts';

const text = z.string().trim().min(1).max(200);

/** What both the list and the export filter by. */
const filters = {
  who: text.optional().describe('Name of a token, `system`, `anonymous`'),
  what: text.optional().describe('An action, `alert.viewed`, or its group, `alert`'),
  target: text.optional().describe('Id of an alert, list, person, camera or token'),
  from: moment.optional().describe('At or after: milliseconds or ISO 8601'),
  to: moment.optional().describe('Before: milliseconds or ISO 8601'),
};

export const auditFilterQuery = z.strictObject(filters);

export const auditQuery = z.strictObject({
  ...filters,
  after: z.coerce.number().int().min(0).optional().describe('Only records above this sequence'),
  before: z.coerce.number().int().min(0).optional().describe('Only records below this sequence'),
  order: z.enum(['oldest', 'newest']).default('oldest').describe('Which come first'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export const auditRecordSchema = z.object({
  sequence: z.int(),
  at: wallTime,
  who: z.string(),
  what: z.string(),
  target: z.string(),
  detail: z.unknown(),
  previous: z.string(),
  hash: z.string(),
});

const names = z.record(z.string(), z.string());

export const auditSchema = z.object({
  records: z.array(auditRecordSchema),
  names: z
    .object({ people: names, watchlists: names, cameras: names })
    .describe('What ids in these records stand for now, by id; nothing of it is in the log'),
  next: z
    .int()
    .nullable()
    .describe('`after` (oldest first) or `before` (newest first) of the next page'),
});

export const auditVerdictSchema = z.object({
  ok: z.boolean(),
  records: z.int().min(0).describe('Sound records'),
  prunedThrough: z.int().optional().describe('Last record that was pruned by policy; 0 for none'),
  head: z.string().optional().describe('Hash of the last record: keep it elsewhere'),
  problem: z.object({ sequence: z.int(), message: z.string() }).optional(),
});
